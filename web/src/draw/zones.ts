import type { MultiPolygon, Polygon } from "geojson";
import { ask, Refused, refusal } from "../api";
import { type Surface, surface } from "../feature";
import { type Fields, fields, list, number, text, textOr, timeMsOr } from "../parse";

// What planners ask of the zones collection. Every function throws what api's do.

/** Stored is a zone as the server holds it, and the version that it is. */
export interface Stored {
  readonly id: string;
  readonly version: number; // the newest one, which If-Match goes by
  readonly state: string;
  readonly properties: Fields;
  readonly geometry: Surface;
}

/** Version is one of the versions of a zone. */
export interface Version {
  readonly version: number;
  readonly recordedMs: number | null;
  readonly fromMs: number | null;
  readonly endsMs: number | null;
  readonly liftedMs: number | null;
  readonly orderNo: string;
  readonly level: string;
  readonly geometry: Surface;
}

const items = "/ogc/collections/zones/items";

export async function storedZone(id: string): Promise<Stored> {
  return parseStored(await ask("GET", `${items}/${id}`));
}

export async function createZone(geometry: Polygon | MultiPolygon, properties: Fields): Promise<Stored> {
  return parseStored(await write("POST", items, null, { type: "Feature", geometry, properties }));
}

/** replaceZone writes a zone's next version if version is still its newest; Refused with
 * status 412 when somebody was faster. */
export async function replaceZone(
  id: string,
  version: number,
  geometry: Polygon | MultiPolygon,
  properties: Fields,
): Promise<Stored> {
  return parseStored(
    await write("PUT", `${items}/${id}`, version, { type: "Feature", geometry, properties }),
  );
}

/** endZone lifts a zone at a time (null: now), or removes a draft. */
export async function endZone(id: string, version: number, at: string | null): Promise<void> {
  const query = at === null ? "" : `?${new URLSearchParams({ at })}`;
  await write("DELETE", `${items}/${id}${query}`, version, undefined);
}

export async function zoneVersions(id: string): Promise<Version[]> {
  const page = fields(await ask("GET", `${items}/${id}/versions`), "the versions");
  return list(page, "features").map((v) => {
    const f = fields(v, "a version");
    const p = fields(f.properties, "a version's properties");
    return {
      version: number(p, "version"),
      recordedMs: timeMsOr(p, "recorded_at", null),
      fromMs: timeMsOr(p, "valid_from", null),
      endsMs: timeMsOr(p, "ends_at", null),
      liftedMs: timeMsOr(p, "lifted_at", null),
      orderNo: textOr(p, "order_no", ""),
      level: text(p, "level"),
      geometry: surface(f.geometry as Surface | null),
    };
  });
}

function parseStored(v: unknown): Stored {
  const f = fields(v, "a zone");
  const properties = fields(f.properties, "a zone's properties");
  const version = number(properties, "version");
  return {
    id: text(f, "id"),
    version: Math.max(version, typeof properties.newest_version === "number" ? properties.newest_version : 0),
    state: textOr(properties, "state", ""),
    properties,
    geometry: surface(f.geometry as Surface | null),
  };
}

async function write(method: string, path: string, version: number | null, body: unknown): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/geo+json" };
  if (version !== null) headers["If-Match"] = `"${version}"`;
  const init: RequestInit = { method, headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/geo+json";
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(path, init);
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? null : answer.json();
}

/** fasterThanWe reports whether somebody wrote another version meanwhile. */
export function fasterThanWe(error: unknown): boolean {
  return error instanceof Refused && error.status === 412;
}
