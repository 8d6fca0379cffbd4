// Hatches, so that no surface is told by its colour alone. Each is one square tile of
// pixels that repeats without a seam.

export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface Hatch {
  readonly colour: string; // #rrggbb
  readonly size: number; // side of the tile, pixels
  readonly stroke: number; // width of a line, or diameter of a dot, pixels
  readonly groundAlpha: number; // 0 to 1
  readonly strokeAlpha: number;
  readonly pattern: Pattern;
}

export type Pattern = "diagonal" | "counter" | "cross" | "dots" | "none";

export function isPattern(name: string): name is Pattern {
  return name in distances;
}

// How far a pixel is from the nearest stroke's middle. Lines run at 45°, so that one
// tile of side s holds lines s/√2 apart.
const distances: Readonly<Record<Pattern, (x: number, y: number, s: number) => number>> = {
  diagonal: (x, y, s) => nearest(x + y, s) / Math.SQRT2,
  counter: (x, y, s) => nearest(x - y, s) / Math.SQRT2,
  cross: (x, y, s) => Math.min(nearest(x + y, s), nearest(x - y, s)) / Math.SQRT2,
  dots: (x, y, s) => Math.hypot(nearest(x - s / 2, s), nearest(y - s / 2, s)),
  none: () => Number.POSITIVE_INFINITY,
};

function nearest(v: number, period: number): number {
  const r = ((v % period) + period) % period;
  return Math.min(r, period - r);
}

/** hatchTile draws one tile, strokes smoothed over one pixel. */
export function hatchTile({ colour, size, stroke, groundAlpha, strokeAlpha, pattern }: Hatch): Tile {
  const data = new Uint8ClampedArray(4 * size * size);
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const distance = distances[pattern](x + 0.5, y + 0.5, size);
      const inked = Math.min(1, Math.max(0, stroke / 2 - distance + 0.5));
      const alpha = groundAlpha + (strokeAlpha - groundAlpha) * inked;
      data.set([r ?? 0, g ?? 0, b ?? 0, 255 * alpha], 4 * (y * size + x));
    }
  }
  return { width: size, height: size, data };
}
