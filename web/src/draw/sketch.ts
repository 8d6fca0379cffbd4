import type { MultiPolygon, Polygon, Position } from "geojson";
import { areaM2, type Edge, edgesOf, inside, lengthM, meeting, type Ring, same, type Vertex } from "./plane";

// A zone while it is drawn. Every edit gives a new sketch or says why it is refused and
// where; nothing is dropped in silence, and no sketch has edges that cross.

/** Sketch is polygons, each its outline and then its holes, and a ring not yet closed. */
export interface Sketch {
  readonly polygons: readonly (readonly Ring[])[];
  readonly open: Ring; // empty: none
  readonly holeOf: number | null; // the polygon that the open ring will be a hole of
}

/** Spot names a vertex; openRing as polygon is the ring not yet closed. */
export interface Spot {
  readonly polygon: number;
  readonly ring: number;
  readonly vertex: number;
}

export const openRing = -1;

export type Reason =
  | "crosses" // an edge would meet another
  | "few" // a ring needs three vertices
  | "flat" // its vertices lie on a line
  | "hole" // a hole must lie in its polygon
  | "overlaps" // polygons of one zone must lie apart
  | "range" // not a longitude and latitude
  | "many"; // more vertices than a zone may have

export interface Refusal {
  readonly reason: Reason;
  readonly at: Vertex;
}

export type Edited =
  | { readonly ok: true; readonly sketch: Sketch }
  | { readonly ok: false; readonly refusal: Refusal };

export const blank: Sketch = { polygons: [], open: [], holeOf: null };
const most = 10_000; // vertices of a zone

export function isBlank({ polygons, open }: Sketch): boolean {
  return polygons.length === 0 && open.length === 0;
}

/** isWhole reports whether the sketch can be a zone: something, and nothing left open. */
export function isWhole({ polygons, open }: Sketch): boolean {
  return polygons.length > 0 && open.length === 0;
}

export function ringsOf(sketch: Sketch): { polygon: number; ring: number; vertices: Ring }[] {
  const closed = sketch.polygons.flatMap((rings, polygon) =>
    rings.map((vertices, ring) => ({ polygon, ring, vertices })),
  );
  return sketch.open.length === 0
    ? closed
    : [...closed, { polygon: openRing, ring: 0, vertices: sketch.open }];
}

export function vertexAt(sketch: Sketch, { polygon, ring, vertex }: Spot): Vertex | undefined {
  return polygon === openRing ? sketch.open[vertex] : sketch.polygons[polygon]?.[ring]?.[vertex];
}

export function measure(sketch: Sketch): { areaM2: number; perimeterM: number; vertices: number } {
  let [area, perimeter, vertices] = [0, 0, 0];
  for (const { polygon, ring, vertices: v } of ringsOf(sketch)) {
    const open = polygon === openRing;
    const hole = open ? sketch.holeOf !== null : ring > 0;
    if (v.length > 2) area += (hole ? -1 : 1) * areaM2(v);
    perimeter += v.length > 1 ? lengthM(v, open) : 0;
    vertices += v.length;
  }
  return { areaM2: Math.max(0, area), perimeterM: perimeter, vertices };
}

/** append draws the next vertex of the open ring, or the first of a new one. */
export function append(sketch: Sketch, v: Vertex): Edited {
  const last = sketch.open.at(-1);
  if (last !== undefined && same(last, v)) return { ok: true, sketch };
  const open = [...sketch.open, v];
  const drawn: Edge[] = last === undefined ? [] : [[last, v]];
  return checked({ ...sketch, open }, v, drawn);
}

/** close makes the open ring a polygon, or a hole of the one it was begun in. */
export function close(sketch: Sketch): Edited {
  const { open, holeOf, polygons } = sketch;
  const [first] = open;
  const last = open.at(-1);
  if (first === undefined || last === undefined) return { ok: true, sketch };
  if (open.length < 3) return refused("few", last);
  if (areaM2(open) === 0) return refused("flat", first);
  const closing: Edge = [last, first];
  const met = firstMeeting([closing], edgesBut(sketch, [closing]));
  if (met !== null) return refused("crosses", met);
  const [outline] = holeOf === null ? [] : (polygons[holeOf] ?? []);
  if (holeOf !== null && (outline === undefined || !inside(first, outline))) return refused("hole", first);
  const closed =
    holeOf === null
      ? [...polygons, [open]]
      : polygons.map((rings, i) => (i === holeOf ? [...rings, open] : rings));
  return nested({ polygons: closed, open: [], holeOf: null }, first);
}

/** startHole says that the ring drawn next is a hole of a polygon. */
export function startHole(sketch: Sketch, polygon: number): Sketch {
  return { ...sketch, open: [], holeOf: polygon };
}

/** drop forgets the open ring. */
export function drop(sketch: Sketch): Sketch {
  return { ...sketch, open: [], holeOf: null };
}

/** move puts a vertex elsewhere. */
export function move(sketch: Sketch, spot: Spot, v: Vertex): Edited {
  return redrawn(sketch, spot, (ring) => ring.map((old, i) => (i === spot.vertex ? v : old)), v);
}

/** insert adds a vertex after the one at spot. */
export function insert(sketch: Sketch, spot: Spot, v: Vertex): Edited {
  return redrawn(sketch, spot, (ring) => ring.toSpliced(spot.vertex + 1, 0, v), v);
}

/** remove takes a vertex away; the last three of a ring go together, and with an
 * outline its holes. */
export function remove(sketch: Sketch, spot: Spot): Edited {
  const v = vertexAt(sketch, spot);
  if (v === undefined) return { ok: true, sketch };
  if (spot.polygon !== openRing && (sketch.polygons[spot.polygon]?.[spot.ring]?.length ?? 0) <= 3) {
    return { ok: true, sketch: removeRing(sketch, spot) };
  }
  return redrawn(sketch, spot, (ring) => ring.toSpliced(spot.vertex, 1), v);
}

/** removeRing takes a hole away, or a polygon with its holes. */
export function removeRing(sketch: Sketch, { polygon, ring }: Omit<Spot, "vertex">): Sketch {
  const polygons =
    ring === 0
      ? sketch.polygons.toSpliced(polygon, 1)
      : sketch.polygons.map((rings, i) => (i === polygon ? rings.toSpliced(ring, 1) : rings));
  return { ...sketch, polygons, open: [], holeOf: null };
}

/** take adds a compound's or building's shape as it is. */
export function take(sketch: Sketch, surface: Polygon | MultiPolygon): Edited {
  const added = sketchOf(surface).polygons;
  const at = added[0]?.[0]?.[0] ?? [0, 0];
  const next = { ...drop(sketch), polygons: [...sketch.polygons, ...added] };
  const mine = added.flatMap((rings) => rings.flatMap(edgesOf));
  const met = firstMeeting(
    mine,
    sketch.polygons.flatMap((rings) => rings.flatMap(edgesOf)),
  );
  return met === null ? nested(next, at) : refused("overlaps", met);
}

/** sketchOf is the sketch of what is drawn already. */
export function sketchOf(surface: Polygon | MultiPolygon): Sketch {
  const parts = surface.type === "Polygon" ? [surface.coordinates] : surface.coordinates;
  const vertex = ([lon = 0, lat = 0]: Position): Vertex => [lon, lat];
  return { ...blank, polygons: parts.map((rings) => rings.map((ring) => ring.slice(0, -1).map(vertex))) };
}

/** surfaceOf is what a whole sketch draws. */
export function surfaceOf({ polygons }: Sketch): Polygon | MultiPolygon {
  const closed = polygons.map((rings) =>
    rings.map((ring) => [...ring, ...ring.slice(0, 1)].map(([lon, lat]) => [lon, lat])),
  );
  const [only] = closed;
  return closed.length === 1 && only !== undefined
    ? { type: "Polygon", coordinates: only }
    : { type: "MultiPolygon", coordinates: closed };
}

// One ring drawn anew: its edges that were not there before may meet no other.
function redrawn(sketch: Sketch, spot: Spot, change: (ring: Ring) => Ring, at: Vertex): Edited {
  const before = spot.polygon === openRing ? sketch.open : sketch.polygons[spot.polygon]?.[spot.ring];
  if (before === undefined) return { ok: true, sketch };
  const ring = change(before);
  const next: Sketch =
    spot.polygon === openRing
      ? { ...sketch, open: ring }
      : {
          ...sketch,
          polygons: sketch.polygons.map((rings, i) =>
            i === spot.polygon ? rings.map((r, j) => (j === spot.ring ? ring : r)) : rings,
          ),
        };
  const isOpen = spot.polygon === openRing;
  const all = isOpen ? edgesOf(ring).slice(0, -1) : edgesOf(ring);
  const old = new Set((isOpen ? edgesOf(before).slice(0, -1) : edgesOf(before)).map(String));
  const drawn = all.filter((e) => !old.has(String(e)));
  const result = checked(next, at, drawn);
  return result.ok && !isOpen ? nested(next, at) : result;
}

function checked(next: Sketch, at: Vertex, drawn: readonly Edge[]): Edited {
  if (!(Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90)) return refused("range", at);
  if (measure(next).vertices > most) return refused("many", at);
  for (const [a, b] of drawn) if (same(a, b)) return refused("crosses", a);
  const met = firstMeeting(drawn, edgesBut(next, drawn)) ?? firstMeetingAmong(drawn);
  return met === null ? { ok: true, sketch: next } : refused("crosses", met);
}

// Edges apart are not enough: holes lie in their outline and in no other hole, polygons
// lie beside each other. One vertex of each ring decides, as no edges meet.
function nested(sketch: Sketch, at: Vertex): Edited {
  const starts = (ring: Ring | undefined): Vertex => ring?.[0] ?? at;
  for (const [i, [outline = [], ...holes]] of sketch.polygons.entries()) {
    for (const [j, hole] of holes.entries()) {
      if (!inside(starts(hole), outline)) return refused("hole", starts(hole));
      if (holes.some((other, k) => k !== j && inside(starts(hole), other)))
        return refused("hole", starts(hole));
    }
    for (const [k, [other = [], ...lakes]] of sketch.polygons.entries()) {
      if (k === i || !inside(starts(outline), other)) continue;
      if (!lakes.some((lake) => inside(starts(outline), lake))) return refused("overlaps", starts(outline));
    }
  }
  return { ok: true, sketch };
}

function edgesBut(sketch: Sketch, but: readonly Edge[]): Edge[] {
  const left = new Set(but.map(String));
  const closed = sketch.polygons.flatMap((rings) => rings.flatMap(edgesOf));
  return [...closed, ...edgesOf(sketch.open).slice(0, -1)].filter((e) => !left.has(String(e)));
}

function firstMeeting(edges: readonly Edge[], others: readonly Edge[]): Vertex | null {
  for (const e of edges) {
    for (const o of others) {
      const met = meeting(e, o);
      if (met !== null) return met;
    }
  }
  return null;
}

function firstMeetingAmong(edges: readonly Edge[]): Vertex | null {
  for (const [i, e] of edges.entries()) {
    const met = firstMeeting([e], edges.slice(i + 1));
    if (met !== null) return met;
  }
  return null;
}

function refused(reason: Reason, at: Vertex): Edited {
  return { ok: false, refusal: { reason, at } };
}
