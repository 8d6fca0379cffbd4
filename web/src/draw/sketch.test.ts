import { describe, expect, it } from "vitest";
import { areaM2, lengthM, type Vertex } from "./plane";
import {
  append,
  blank,
  close,
  type Edited,
  insert,
  isWhole,
  measure,
  move,
  remove,
  type Sketch,
  sketchOf,
  startHole,
  surfaceOf,
  take,
} from "./sketch";

// In units of 0.001°, at the equator.
const v = (x: number, y: number): Vertex => [x / 1000, y / 1000];

function done(edited: Edited): Sketch {
  if (!edited.ok) throw new Error(`refused: ${edited.refusal.reason} at ${edited.refusal.at}`);
  return edited.sketch;
}

function refusal(edited: Edited): [string, number, number] {
  if (edited.ok) throw new Error("not refused");
  const [x, y] = edited.refusal.at;
  return [edited.refusal.reason, Math.round(x * 1000), Math.round(y * 1000)];
}

const draw = (from: Sketch, ...path: Vertex[]) => path.reduce((s, p) => done(append(s, p)), from);
const square = (x: number, y: number, side: number) =>
  [v(x, y), v(x + side, y), v(x + side, y + side), v(x, y + side)] as const;
const closed = (from: Sketch, ...path: Vertex[]) => done(close(draw(from, ...path)));

describe("drawing", () => {
  it("closes a square", () => {
    const s = closed(blank, ...square(0, 0, 1));
    expect(isWhole(s)).toBe(true);
    expect(surfaceOf(s)).toEqual({
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [0.001, 0],
          [0.001, 0.001],
          [0, 0.001],
          [0, 0],
        ],
      ],
    });
  });
  it("refuses a vertex whose edge crosses, and says where", () => {
    //   2───1
    //    ╲ ╱
    //     ╳
    //    ╱ ╲
    //   0   ✗
    const bow = draw(blank, v(0, 0), v(2, 2), v(0, 2));
    expect(refusal(append(bow, v(2, 0)))).toEqual(["crosses", 1, 1]);
  });
  it("refuses a closing edge that crosses", () => {
    const hook = draw(blank, v(0, 0), v(3, 0), v(3, 3), v(-1, 1), v(1, 3));
    expect(refusal(close(hook))).toEqual(["crosses", 1, 2]);
  });
  it("refuses to touch itself", () =>
    expect(refusal(append(draw(blank, v(0, 0), v(4, 0), v(4, 4)), v(2, 0)))).toEqual(["crosses", 2, 0]));
  it("refuses to fold back on itself", () =>
    expect(refusal(append(draw(blank, v(0, 0), v(4, 0)), v(2, 0)))[0]).toBe("crosses"));
  it("refuses two vertices as a ring", () =>
    expect(refusal(close(draw(blank, v(0, 0), v(1, 0))))[0]).toBe("few"));
  it("takes a second click on one place for one vertex", () =>
    expect(draw(blank, v(0, 0), v(0, 0)).open).toHaveLength(1));
});

describe("holes and parts", () => {
  const big = closed(blank, ...square(0, 0, 10));
  it("cuts a hole", () => {
    const holed = closed(startHole(big, 0), ...square(2, 2, 2));
    expect(holed.polygons[0]).toHaveLength(2);
    expect(measure(holed).areaM2).toBeCloseTo(measure(big).areaM2 * 0.96, -2);
  });
  it("refuses a hole outside its polygon", () =>
    expect(refusal(close(draw(startHole(big, 0), ...square(20, 2, 2))))[0]).toBe("hole"));
  it("refuses a hole in a hole", () => {
    const holed = closed(startHole(big, 0), ...square(2, 2, 6));
    expect(refusal(close(draw(startHole(holed, 0), ...square(4, 4, 1))))[0]).toBe("hole");
  });
  it("refuses a polygon within another", () =>
    expect(refusal(close(draw(big, ...square(2, 2, 2))))[0]).toBe("overlaps"));
  it("refuses a polygon around another", () =>
    expect(refusal(close(draw(big, ...square(-5, -5, 30))))[0]).toBe("overlaps"));
  it("draws an island in a hole", () => {
    const holed = closed(startHole(big, 0), ...square(2, 2, 6));
    expect(surfaceOf(closed(holed, ...square(4, 4, 1))).type).toBe("MultiPolygon");
  });
  it("takes a building's shape beside it, not over it", () => {
    const building = (x: number) => surfaceOf(closed(blank, ...square(x, 0, 4)));
    expect(done(take(big, building(20))).polygons).toHaveLength(2);
    expect(refusal(take(big, building(8)))[0]).toBe("overlaps");
  });
});

describe("changing what is drawn", () => {
  const s = closed(blank, ...square(0, 0, 4));
  const corner = { polygon: 0, ring: 0, vertex: 2 };
  it("moves a vertex", () => expect(done(move(s, corner, v(5, 5))).polygons[0]?.[0]?.[2]).toEqual(v(5, 5)));
  it("refuses to move one across an edge", () =>
    expect(refusal(move(s, corner, v(2, -1)))[0]).toBe("crosses"));
  it("inserts one on an edge", () =>
    expect(done(insert(s, { ...corner, vertex: 0 }, v(2, 0))).polygons[0]?.[0]).toHaveLength(5));
  it("removes one, and the ring with its last three", () => {
    const triangle = done(remove(s, corner));
    expect(triangle.polygons[0]?.[0]).toHaveLength(3);
    expect(done(remove(triangle, { ...corner, vertex: 0 })).polygons).toHaveLength(0);
  });
  it("refuses to move a polygon off its hole", () => {
    const holed = closed(startHole(s, 0), ...square(1, 1, 1));
    expect(refusal(move(holed, { ...corner, vertex: 0 }, v(1.5, 1.5)))[0]).toBe("crosses");
  });
  it("reads back what it wrote", () => {
    const holed = closed(startHole(s, 0), ...square(1, 1, 1));
    expect(sketchOf(surfaceOf(holed)).polygons).toEqual(holed.polygons);
  });
});

describe("measures", () => {
  // One minute of arc at the equator: 1,855.325 m of longitude, 1,842.905 m of latitude.
  const minute: Vertex[] = [
    [0, 0],
    [1 / 60, 0],
    [1 / 60, 1 / 60],
    [0, 1 / 60],
  ];
  it("area", () => expect(areaM2(minute) / (1855.325 * 1842.905)).toBeCloseTo(1, 5));
  it("perimeter", () => expect(lengthM(minute)).toBeCloseTo(2 * (1855.325 + 1842.905), 0));
  it("is less by an edge while open", () =>
    expect(lengthM(minute, true)).toBeCloseTo(2 * 1855.325 + 1842.905, 0));
});
