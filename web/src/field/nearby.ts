import type { Position } from "geojson";
import { metresApart, metresPerDegree } from "../distance";
import type { Surface, Zone } from "../feature";
import type { Gap } from "../gap";

// What lies how far from where the phone is. Flat metres around that place: good to
// 0.5 % within the kilometre that the surroundings reach.

export interface At {
  readonly lon: number;
  readonly lat: number;
}

export interface Near<T> {
  readonly item: T;
  readonly distanceM: number; // 0: the phone is inside
}

const aheadM = 60; // a zone so near is told above everything

/** nearest sorts what has a surface by its distance from a place. */
export function nearest<T extends { readonly geometry: Surface }>(at: At, items: readonly T[]): Near<T>[] {
  return items
    .map((item) => ({ item, distanceM: distanceTo(at, item.geometry) }))
    .sort((a, b) => a.distanceM - b.distanceM);
}

/** warned returns the zone that the phone is in or about to enter, the strictest of
 * those it is in; null when none is that near. */
export function warned(
  at: At,
  zones: readonly Zone[],
  precedence: (level: string) => number,
): Near<Zone> | null {
  const near = nearest(at, zones).filter((z) => z.distanceM <= aheadM);
  const strictest = near
    .filter((z) => z.distanceM === 0)
    .sort((a, b) => precedence(b.item.level) - precedence(a.item.level));
  return strictest[0] ?? near[0] ?? null;
}

/** nearestGaps sorts gaps by their distance. */
export function nearestGaps(at: At, gaps: readonly Gap[]): Near<Gap>[] {
  return gaps
    .map((item) => ({ item, distanceM: metresApart(at, { lon: item.label[0], lat: item.label[1] }) }))
    .sort((a, b) => a.distanceM - b.distanceM);
}

/** distanceTo is 0 inside a surface, else metres to its outline. */
export function distanceTo(at: At, surface: Surface): number {
  const polygons = surface.type === "Polygon" ? [surface.coordinates] : surface.coordinates;
  let best = Number.POSITIVE_INFINITY;
  for (const rings of polygons) {
    let inside = false;
    for (const ring of rings) {
      const flat = ring.map((p) => metresFrom(at, p));
      for (let i = 1; i < flat.length; i++) {
        const [a, b] = [flat[i - 1], flat[i]];
        if (a === undefined || b === undefined) continue;
        best = Math.min(best, toSegment(a, b));
        if (a[1] > 0 !== b[1] > 0 && a[0] + (-a[1] * (b[0] - a[0])) / (b[1] - a[1]) > 0) inside = !inside;
      }
    }
    if (inside) return 0;
  }
  return best;
}

type Flat = readonly [number, number]; // metres east and north of the phone

function metresFrom(at: At, [lon = 0, lat = 0]: Position): Flat {
  const east = (((lon - at.lon + 540) % 360) - 180) * Math.cos((at.lat * Math.PI) / 180);
  return [east * metresPerDegree, (lat - at.lat) * metresPerDegree];
}

// How far the origin is from a segment.
function toSegment([ax, ay]: Flat, [bx, by]: Flat): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
  return Math.hypot(ax + along * dx, ay + along * dy);
}
