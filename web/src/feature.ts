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

export interface Watch {
  readonly id: string;
  readonly name: string;
  readonly subject: string; // areas/ID or zones/ID
  readonly revisitS: number;
}

export const streetKinds = ["road", "street", "path"] as const;

export interface Street {
  readonly id: string;
  readonly name: string;
  readonly kind: (typeof streetKinds)[number];
  readonly geometry: LineString | MultiLineString;
}

export const causes = ["inaccurate", "sparse", "expired", "never"] as const;
export type Cause = (typeof causes)[number];

export interface Gap {
  readonly id: string;
  readonly watch: string;
  readonly watchName: string;
  readonly sinceMs: number; // when its longest unseen piece was last seen
  readonly sizeM2: number;
  readonly cause: Cause;
  readonly setting: string; // "" where the cause names none
  readonly value: number;
  readonly limit: number;
  readonly label: [number, number];
  readonly geometry: Surface;
}

/** Collections are the features that the page holds, by name. */
export interface Collections {
  readonly areas: Area;
  readonly checkpoints: Checkpoint;
  readonly zones: Zone;
  readonly watches: Watch;
  readonly streets: Street;
}
export type CollectionName = keyof Collections;
export const collectionNames = ["areas", "checkpoints", "zones", "watches", "streets"] as const;

type Parsers = { readonly [C in CollectionName]: (v: unknown) => Collections[C] };

/** parsers turn one GeoJSON feature into what it is, or throw Foreign. */
export const parsers: Parsers = {
  areas: (v) => {
    const { id, p, geometry } = feature(v);
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
    const { id, p, geometry } = feature(v);
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
    const { id, p, geometry } = feature(v);
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
    const { id, p } = feature(v);
    return { id, name: text(p, "name"), subject: text(p, "subject"), revisitS: number(p, "revisit_s") };
  },
  streets: (v) => {
    const { id, p, geometry } = feature(v);
    if (geometry?.type !== "LineString" && geometry?.type !== "MultiLineString")
      throw new Foreign("a street is no line");
    return { id, name: textOr(p, "name", ""), kind: oneOf(p, "kind", streetKinds), geometry };
  },
};

export function parseGap(v: unknown): Gap {
  const { id, p, geometry } = feature(v);
  return {
    id,
    watch: text(p, "watch"),
    watchName: textOr(p, "watch_name", ""),
    sinceMs: timeMs(p, "since"),
    sizeM2: number(p, "size_m2"),
    cause: oneOf(p, "cause", causes),
    setting: textOr(p, "setting", ""),
    value: numberOr(p, "value", 0),
    limit: numberOr(p, "limit", 0),
    label: position(p.label, "a gap's label"),
    geometry: surface(geometry),
  };
}

/** parseTrack returns the lines of the tracks collection's features. */
export function parseTrack(v: unknown): MultiLineString {
  const lines = list(fields(v, "a feature collection"), "features").flatMap((f) => {
    const { geometry } = feature(f);
    return geometry?.type === "MultiLineString" ? geometry.coordinates : [];
  });
  return { type: "MultiLineString", coordinates: lines };
}

function feature(v: unknown): { id: string; p: Fields; geometry: Geometry | null } {
  const o = fields(v, "a feature");
  const geometry = o.geometry === null ? null : fields(o.geometry, "a geometry");
  if (geometry !== null) list(geometry, "coordinates");
  return {
    id: textOr(o, "id", ""),
    p: fields(o.properties, "a feature's properties"),
    geometry: geometry as unknown as Geometry | null,
  };
}

function surface(g: Geometry | null): Surface {
  if (g?.type !== "Polygon" && g?.type !== "MultiPolygon") throw new Foreign("the geometry is no polygon");
  return g;
}
