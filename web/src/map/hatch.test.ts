import { describe, expect, it } from "vitest";
import { hatchTile, type Pattern } from "./hatch";

const tile = (pattern: Pattern) =>
  hatchTile({ colour: "#e58bbf", size: 20, stroke: 3, groundAlpha: 0.2, strokeAlpha: 0.8, pattern });
const alpha = (t: ReturnType<typeof tile>, x: number, y: number) => t.data[4 * (y * t.width + x) + 3] ?? 0;

describe("hatchTile", () => {
  it("has the colour everywhere", () =>
    expect([...tile("cross").data.slice(0, 3)]).toEqual([0xe5, 0x8b, 0xbf]));

  it.each(["diagonal", "counter", "cross", "dots"] as const)("%s has ground and strokes", (pattern) => {
    const t = tile(pattern);
    const alphas = Array.from({ length: 400 }, (_, i) => alpha(t, i % 20, Math.floor(i / 20)));
    expect(Math.min(...alphas)).toBe(51);
    expect(Math.max(...alphas)).toBeGreaterThan(150);
  });

  //  ╱╱╱   what leaves on one side comes in on the other: the pixel past the edge
  //  ╱╱╱   continues the diagonal of the pixel above it
  it("repeats without a seam", () => {
    const t = tile("diagonal");
    for (let y = 1; y < 20; y++) expect(alpha(t, 0, y)).toBe(alpha(t, 19, (y + 1) % 20));
  });

  it("tells the levels apart without colour", () => {
    const shapes = (["diagonal", "counter", "dots", "none"] as const).map((p) => tile(p).data.join());
    expect(new Set(shapes).size).toBe(4);
  });
});
