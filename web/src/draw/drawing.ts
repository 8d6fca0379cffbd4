import type { Feature, FeatureCollection, Position } from "geojson";
import type { Surface } from "../feature";
import type { Ring, Vertex } from "./plane";
import { type Refusal, ringsOf, type Sketch, type Spot } from "./sketch";

/** Drawing is what the map shows of a sketch: sources by name. */
export interface Drawing {
  readonly "sketch-fill": FeatureCollection;
  readonly "sketch-lines": FeatureCollection; // role: outline, open, before, refused
  readonly "sketch-points": FeatureCollection; // role: vertex, picked, middle, first, refused
}

const none: FeatureCollection = { type: "FeatureCollection", features: [] };
export const noDrawing: Drawing = { "sketch-fill": none, "sketch-lines": none, "sketch-points": none };

/** drawingOf turns a sketch, and what was in its place before, into what the map draws. */
export function drawingOf(
  sketch: Sketch,
  spot: Spot | null,
  refusal: Refusal | null,
  before: Surface | null,
): Drawing {
  const lines: Feature[] = [];
  const points: Feature[] = [];
  if (before !== null) lines.push(line(outlinesOf(before), "before"));
  for (const { polygon, ring, vertices } of ringsOf(sketch)) {
    const open = polygon < 0;
    lines.push(line([open ? [...vertices] : closed(vertices)], open ? "open" : "outline"));
    for (const [vertex, at] of vertices.entries()) {
      const picked = spot?.polygon === polygon && spot.ring === ring && spot.vertex === vertex;
      const role = picked ? "picked" : open && vertex === 0 ? "first" : "vertex";
      points.push(point(at, role, { polygon, ring, vertex }));
      const next = vertices[(vertex + 1) % vertices.length];
      if (!open && next !== undefined) {
        const middle: Vertex = [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2];
        points.push(point(middle, "middle", { polygon, ring, vertex }));
      }
    }
  }
  if (refusal !== null) points.push(point(refusal.at, "refused", null));
  const fills = sketch.polygons.map(
    (rings): Feature => ({
      type: "Feature",
      properties: {},
      geometry: { type: "Polygon", coordinates: rings.map(closed) },
    }),
  );
  return {
    "sketch-fill": collection(fills),
    "sketch-lines": collection(lines),
    "sketch-points": collection(points),
  };
}

function closed(ring: Ring): Position[] {
  return [...ring, ...ring.slice(0, 1)].map(([lon, lat]) => [lon, lat]);
}

function outlinesOf(surface: Surface): Position[][] {
  return surface.type === "Polygon" ? surface.coordinates : surface.coordinates.flat();
}

function line(coordinates: readonly (readonly (Position | Vertex)[])[], role: string): Feature {
  const lines = coordinates.map((l) => l.map(([lon = 0, lat = 0]) => [lon, lat]));
  return { type: "Feature", properties: { role }, geometry: { type: "MultiLineString", coordinates: lines } };
}

function point(at: Vertex, role: string, spot: Spot | null): Feature {
  return {
    type: "Feature",
    properties: { role, ...spot },
    geometry: { type: "Point", coordinates: [at[0], at[1]] },
  };
}

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}
