import type { Surface } from "../feature";
import { type Box, geometryBox } from "../labelpoint";
import type { Vertex } from "./plane";

/** Pixel is a place on the screen. */
export type Pixel = readonly [number, number];

const vertexPx = 11;
const edgePx = 8;

/** Outlines is what a hand may be led to: boundaries and zones that are there already. */
export class Outlines {
  readonly #items: { readonly box: Box; readonly surface: Surface }[];

  constructor(surfaces: Iterable<Surface>) {
    this.#items = [...surfaces].map((surface) => ({ surface, box: geometryBox(surface) }));
  }

  /** snap returns the vertex near v on the screen, else the nearest place on an edge
   * near it, else null. Adjoining zones drawn so share their vertices to the digit. */
  snap(v: Vertex, toPixel: (v: Vertex) => Pixel, toVertex: (p: Pixel) => Vertex): Vertex | null {
    const at = toPixel(v);
    const [west, north] = toVertex([at[0] - vertexPx, at[1] - vertexPx]);
    const [east, south] = toVertex([at[0] + vertexPx, at[1] + vertexPx]);
    let vertex: Vertex | null = null;
    let edge: Vertex | null = null;
    let [vertexBest, edgeBest] = [vertexPx, edgePx];
    for (const { box, surface } of this.#items) {
      if (box.west > east || box.east < west || box.south > north || box.north < south) continue;
      const parts = surface.type === "Polygon" ? [surface.coordinates] : surface.coordinates;
      for (const ring of parts.flat()) {
        let before: Pixel | null = null;
        for (const [lon = 0, lat = 0] of ring) {
          const p = toPixel([lon, lat]);
          const distance = Math.hypot(p[0] - at[0], p[1] - at[1]);
          if (distance < vertexBest) [vertexBest, vertex] = [distance, [lon, lat]];
          if (before !== null) {
            const foot = footOn(at, before, p);
            const aside = Math.hypot(foot[0] - at[0], foot[1] - at[1]);
            if (aside < edgeBest) [edgeBest, edge] = [aside, toVertex(foot)];
          }
          before = p;
        }
      }
    }
    return vertex ?? edge;
  }
}

function footOn(at: Pixel, a: Pixel, b: Pixel): Pixel {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / length2;
  const kept = Math.min(1, Math.max(0, share));
  return [a[0] + kept * dx, a[1] + kept * dy];
}
