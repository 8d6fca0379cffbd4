import type { Feature, FeatureCollection, Geometry } from "geojson";
import { ask, get, refusal } from "./api";
import { collection, feature, point } from "./geojson";
import { type Fields, Foreign, fields, list, number, numberOr, oneOf, position, text } from "./parse";
import type { Subject } from "./selection";
import type { State } from "./state";

// A drone's flight over an area or a gap, as the server plans it. Functions throw as
// api.ts says.

/** Over is what is flown over. */
export interface Over {
  readonly collection: "areas" | "gaps";
  readonly id: string;
}

/** overOf is what is flown over for something picked: an area, or a gap in ground that
 * images can close. null: no flight helps there. */
export function overOf({ watches }: State, subject: Subject): Over | null {
  if (subject.collection === "areas") return { collection: "areas", id: subject.item.id };
  if (subject.collection !== "gaps") return null;
  const { id, kind, watch } = subject.item;
  const ground = kind === "ground" || kind === "survey";
  return ground && watches.get(watch)?.sources.includes("drone") ? { collection: "gaps", id } : null;
}

/** FlightAsk is what a flight is asked for. */
export interface FlightAsk {
  readonly over: Over;
  readonly camera: string; // a drone's model
  readonly heightM: number; // above ground
  readonly batteryMin: number | null; // null: one sortie, however long
}

/** Flight is a planned flight: what the map draws of it, and what it comes to. */
export interface Flight {
  readonly drawn: FeatureCollection; // kind is takeoff, lane or transit
  readonly lanes: number;
  readonly lengthM: number;
  readonly timeS: number;
  readonly photos: number;
  readonly sorties: number;
  readonly seenShare: number; // of the ground, that images taken to plan show
  readonly gsdCm: number | null;
}

/** fileFormats are what a flight can be kept as; those of perSortie hold one sortie each. */
export const fileFormats = ["plan", "kmz", "gpx", "kml", "geojson"] as const;
export type FileFormat = (typeof fileFormats)[number];
export const perSortie: readonly FileFormat[] = ["plan", "kmz"];

export async function cameras(signal: AbortSignal): Promise<string[]> {
  return list(fields(await get("/api/cameras", signal), "cameras"), "models").map(String);
}

export async function planFlight(asked: FlightAsk, signal: AbortSignal): Promise<Flight> {
  return parseFlight(await ask("POST", path(asked), body(asked), signal));
}

/** flightFile returns the file of one sortie, counted from 1, or of all. */
export async function flightFile(asked: FlightAsk, format: FileFormat, sortie: number): Promise<Blob> {
  const query = new URLSearchParams({ format, sortie: String(sortie) });
  const answer = await fetch(`${path(asked)}?${query}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body(asked)),
  });
  if (!answer.ok) throw await refusal(answer);
  return await answer.blob();
}

function path({ over }: FlightAsk): string {
  return over.collection === "gaps" ? `/api/gaps/${over.id}/plan` : "/api/surveys/plan";
}

function body({ over, camera, heightM, batteryMin }: FlightAsk): object {
  return {
    camera,
    height_m: heightM,
    ...(batteryMin === null ? {} : { battery_min: batteryMin }),
    ...(over.collection === "areas" ? { area: `areas/${over.id}` } : {}),
  };
}

/** parseFlight reads the answer of a plan, or throws Foreign. */
export function parseFlight(v: unknown): Flight {
  const o = fields(v, "a flight");
  const s = fields(o.summary, "its summary");
  return {
    drawn: collection(list(o, "features").map(parseLeg)),
    lanes: number(s, "lanes"),
    lengthM: number(s, "length_m"),
    timeS: number(s, "time_s"),
    photos: number(s, "photos"),
    sorties: number(s, "sorties"),
    seenShare: number(s, "seen_share"),
    gsdCm: numberOr(s, "gsd_cm", null),
  };
}

function parseLeg(v: unknown): Feature {
  const o = fields(v, "a leg");
  const properties = fields(o.properties, "a leg's properties");
  const kind = oneOf(properties, "kind", ["takeoff", "lane", "transit"]);
  return feature(parseLine(fields(o.geometry, "a leg's line")), {
    kind,
    sortie: number(properties, "sortie"),
  });
}

function parseLine(o: Fields): Geometry {
  switch (text(o, "type")) {
    case "Point":
      return point(position(o.coordinates, "a take-off point"));
    case "LineString":
      return {
        type: "LineString",
        coordinates: list(o, "coordinates").map((p) => position(p, "a place of a leg")),
      };
    default:
      throw new Foreign("a leg is neither a point nor a line");
  }
}
