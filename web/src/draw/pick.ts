import type { Area, Surface } from "../feature";
import { inside, type Vertex } from "./plane";

/** areaAt returns the smallest area around a place, null when there is none. */
export function areaAt(areas: Iterable<Area>, at: Vertex): Area | null {
  let found: Area | null = null;
  for (const area of areas) {
    if (holds(area.geometry, at) && (found === null || rank[area.kind] > rank[found.kind])) found = area;
  }
  return found;
}

/** holds reports whether a place lies in a surface. */
export function holds(surface: Surface, at: Vertex): boolean {
  const parts = surface.type === "Polygon" ? [surface.coordinates] : surface.coordinates;
  return parts.some(([outline = [], ...holes]) => within(outline, at) && !holes.some((h) => within(h, at)));
}

const rank: Readonly<Record<Area["kind"], number>> = {
  district: 0,
  subdistrict: 1,
  community: 2,
  grid: 3,
  compound: 4,
  building: 5,
  unit: 6,
};

function within(ring: readonly (readonly number[])[], at: Vertex): boolean {
  return inside(
    at,
    ring.slice(0, -1).map(([lon = 0, lat = 0]): Vertex => [lon, lat]),
  );
}
