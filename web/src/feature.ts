import type { Geometry, LineString, MultiLineString, MultiPolygon, Polygon } from "geojson";
import {
  type Fields,
  Foreign,
  fields,
  list,
  number,
  numberOr,
  oneOf,
  position,
  text,
  textOr,
  timeMs,
  timeMsOr,
} from "./parse";
import { type Fix, type TrackerKind, trackerKinds } from "./tracker";

// The features that /ogc and /live serve, parsed. Times are Unix milliseconds,
// coordinates lon/lat degrees (WGS84).

export type Surface = Polygon | MultiPolygon;

export const areaKinds = [
  "district",
  "subdistrict",
  "community",
  "grid",
  "compound",
  "building",
  "unit",
] as const;
export type AreaKind = (typeof areaKinds)[number];

export interface Area {
  readonly id: string;
  readonly name: string;
  readonly kind: AreaKind;
  readonly parent: string | null;
  readonly geometry: Surface;
}

export interface Checkpoint {
  readonly id: string;
  readonly name: string;
  readonly radiusM: number;
  readonly minStaff: number;
  readonly at: [number, number];
}

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly level: string;
  readonly orderNo: string;
  readonly authority: string;
  readonly reason: string;
  readonly validFromMs: number | null;
  readonly validToMs: number | null;
  readonly endsAtMs: number | null; // validToMs, or earlier where it is amended or lifted
  readonly reviewAtMs: number | null;
  readonly version: number;
  readonly geometry: Surface;
}

export const watchKinds = ["ground", "perimeter", "post", "survey"] as const;
export type WatchKind = (typeof watchKinds)[number];

export interface Watch {
  readonly id: string;
  readonly name: string;
  readonly kind: WatchKind;
  readonly subject: string; // areas/ID, zones/ID or checkpoints/ID
  readonly revisitS: number;
  readonly sources: readonly TrackerKind[];
  readonly sweepM: Readonly<Record<TrackerKind, number>>; // full width
  readonly minGap: number; // smaller gaps are not recorded; square metres, of a perimeter metres
}

export const streetKinds = ["road", "street", "path"] as const;

export interface Street {
  readonly id: string;
  readonly name: string;
  readonly kind: (typeof streetKinds)[number];
  readonly geometry: LineString | MultiLineString;
}

export interface Team {
  readonly id: string;
  readonly name: string;
}

/** Collections are the features that the page holds, by name. */
export interface Collections {
  readonly areas: Area;
  readonly checkpoints: Checkpoint;
  readonly zones: Zone;
  readonly watches: Watch;
  readonly streets: Street;
  readonly teams: Team;
}
export type CollectionName = keyof Collections;
export const collectionNames = ["areas", "checkpoints", "zones", "watches", "streets", "teams"] as const;

type Parsers = { readonly [C in CollectionName]: (v: unknown) => Collections[C] };

/** parsers turn one GeoJSON feature into what it is, or throw Foreign. */
export const parsers: Parsers = {
  areas: (v) => {
    const { id, p, geometry } = toFeature(v);
    const kind = oneOf(p, "kind", areaKinds);
    return {
      id,
      name: text(p, "name"),
      kind,
      parent: textOr(p, "parent", null),
      geometry: surface(geometry),
    };
  },
  checkpoints: (v) => {
    const { id, p, geometry } = toFeature(v);
    const at = position(geometry?.type === "Point" ? geometry.coordinates : null, "a checkpoint's place");
    return {
      id,
      name: text(p, "name"),
      radiusM: number(p, "radius_m"),
      minStaff: numberOr(p, "min_staff", 1),
      at,
    };
  },
  zones: (v) => {
    const { id, p, geometry } = toFeature(v);
    return {
      id,
      name: text(p, "name"),
      level: text(p, "level"),
      orderNo: textOr(p, "order_no", ""),
      authority: textOr(p, "authority", ""),
      reason: textOr(p, "reason", ""),
      validFromMs: timeMsOr(p, "valid_from", null),
      validToMs: timeMsOr(p, "valid_to", null),
      endsAtMs: timeMsOr(p, "ends_at", null),
      reviewAtMs: timeMsOr(p, "review_at", null),
      version: numberOr(p, "version", 1),
      geometry: surface(geometry),
    };
  },
  watches: (v) => {
    const { id, p } = toFeature(v);
    const kind = oneOf(p, "kind", watchKinds);
    return {
      id,
      name: text(p, "name"),
      kind,
      subject: text(p, "subject"),
      revisitS: numberOr(p, "revisit_s", 0),
      sources: trackerKinds.filter((k) => Array.isArray(p.sources) && p.sources.includes(k)),
      sweepM: perKind(p.sweep_width_m ?? 0, "sweep_width_m"),
      minGap: numberOr(p, kind === "perimeter" ? "min_gap_m" : "min_gap_m2", 0),
    };
  },
  streets: (v) => {
    const { id, p, geometry } = toFeature(v);
    if (geometry?.type !== "LineString" && geometry?.type !== "MultiLineString")
      throw new Foreign("a street is no line");
    return { id, name: textOr(p, "name", ""), kind: oneOf(p, "kind", streetKinds), geometry };
  },
  teams: (v) => {
    const { id, p } = toFeature(v);
    return { id, name: text(p, "name") };
  },
};

/** parseTrack returns the lines of the tracks collection's features. */
export function parseTrack(v: unknown): MultiLineString {
  const lines = list(fields(v, "a feature collection"), "features").flatMap((f) => {
    const { geometry } = toFeature(f);
    return geometry?.type === "MultiLineString" ? geometry.coordinates : [];
  });
  return { type: "MultiLineString", coordinates: lines };
}

/** parseFix reads a feature of the fixes collection. */
export function parseFix(v: unknown): Fix {
  const { p, geometry } = toFeature(v);
  const [lon, lat] = position(geometry?.type === "Point" ? geometry.coordinates : null, "a fix's place");
  return {
    tMs: timeMs(p, "t"),
    lon,
    lat,
    headingDeg: numberOr(p, "heading_deg", null),
    speedMps: numberOr(p, "speed_mps", null),
    accuracyM: numberOr(p, "accuracy_m", null),
    battery: numberOr(p, "battery", null),
  };
}

/** toFeature reads what every feature has; a geometry's coordinates are a list. */
export function toFeature(v: unknown): { id: string; p: Fields; geometry: Geometry | null } {
  const o = fields(v, "a feature");
  const geometry = o.geometry === null ? null : fields(o.geometry, "a geometry");
  if (geometry !== null) list(geometry, "coordinates");
  return {
    id: textOr(o, "id", ""),
    p: fields(o.properties, "a feature's properties"),
    geometry: geometry as unknown as Geometry | null,
  };
}

/** surface returns a geometry that must be a polygon or several. */
export function surface(g: Geometry | null): Surface {
  if (g?.type !== "Polygon" && g?.type !== "MultiPolygon") throw new Foreign("the geometry is no polygon");
  return g;
}

// perKind reads one figure for every kind of tracker, or an object with one for each.
function perKind(v: unknown, name: string): Record<TrackerKind, number> {
  const figure = (k: TrackerKind) =>
    typeof v === "number" ? number({ [name]: v }, name) : number(fields(v, name), k);
  return { person: figure("person"), vehicle: figure("vehicle"), drone: figure("drone") };
}
