import type { Geometry, Position } from "geojson";
import type { Surface } from "./feature";

/** labelPoint returns a point inside the surface where its name has room: the middle of
 * the widest run of its largest part along three lines across it. Holes are left out. */
export function labelPoint(surface: Surface): [number, number] {
  const parts = surface.type === "Polygon" ? [surface.coordinates] : surface.coordinates;
  const part = parts.reduce((a, b) => (boxSize(b[0] ?? []) > boxSize(a[0] ?? []) ? b : a), parts[0] ?? []);
  const box = boxOf(part[0] ?? []);
  let best: [number, number] = [(box.west + box.east) / 2, (box.south + box.north) / 2];
  let width = 0;
  for (const share of [0.5, 0.4, 0.6]) {
    const lat = box.south + (box.north - box.south) * share;
    const crossings = part.flatMap((ring) => crossingsAt(ring, lat)).sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const [from = 0, to = 0] = crossings.slice(i, i + 2);
      if (to - from > width * 1.2) {
        width = to - from;
        best = [(from + to) / 2, lat];
      }
    }
  }
  return best;
}

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** boxOf returns the box around positions; of none, one that holds nothing. */
export function boxOf(positions: readonly Position[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon = 0, lat = 0] of positions) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return { west, south, east, north };
}

/** geometryBox returns the box around a geometry. */
export function geometryBox(geometry: Geometry): Box {
  switch (geometry.type) {
    case "Point":
      return boxOf([geometry.coordinates]);
    case "MultiPoint":
    case "LineString":
      return boxOf(geometry.coordinates);
    case "MultiLineString":
    case "Polygon":
      return boxOf(geometry.coordinates.flat());
    case "MultiPolygon":
      return boxOf(geometry.coordinates.flat(2));
    case "GeometryCollection":
      return geometry.geometries.map(geometryBox).reduce(union, boxOf([]));
  }
}

/** union returns the box around both. */
export function union(a: Box, b: Box): Box {
  return {
    west: Math.min(a.west, b.west),
    south: Math.min(a.south, b.south),
    east: Math.max(a.east, b.east),
    north: Math.max(a.north, b.north),
  };
}

function boxSize(ring: readonly Position[]): number {
  const { west, south, east, north } = boxOf(ring);
  return ring.length === 0 ? 0 : (east - west) * (north - south);
}

function crossingsAt(ring: readonly Position[], lat: number): number[] {
  const found: number[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    const [x2 = 0, y2 = 0] = ring[i + 1] ?? [];
    if (y1 > lat !== y2 > lat) found.push(x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1));
  }
  return found;
}
