import { describe, expect, it } from "vitest";
import { labelPoint } from "./labelpoint";

describe("labelPoint", () => {
  it("is the middle of a square", () => {
    expect(
      labelPoint({
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [4, 0],
            [4, 2],
            [0, 2],
            [0, 0],
          ],
        ],
      }),
    ).toEqual([2, 1]);
  });

  //  ┌──┐    ┌──┐   the middle of the box lies
  //  │  │    │  │   outside: the name goes into
  //  │  └────┘  │   one of the arms or the foot
  //  └──────────┘
  it("stays inside a U", () => {
    const u = [
      [0, 0],
      [10, 0],
      [10, 8],
      [8, 8],
      [8, 2],
      [2, 2],
      [2, 8],
      [0, 8],
      [0, 0],
    ];
    const [lon, lat] = labelPoint({ type: "Polygon", coordinates: [u] });
    expect(lat < 2 || lon < 2 || lon > 8).toBe(true);
  });

  it("avoids a hole in the middle", () => {
    const outer = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
      [0, 0],
    ];
    const hole = [
      [3, 3],
      [3, 7],
      [7, 7],
      [7, 3],
      [3, 3],
    ];
    const [lon, lat] = labelPoint({ type: "Polygon", coordinates: [outer, hole] });
    expect(lon > 3 && lon < 7 && lat > 3 && lat < 7).toBe(false);
  });

  it("takes the largest part", () => {
    const small = [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ];
    const large = [
      [
        [10, 10],
        [20, 10],
        [20, 20],
        [10, 20],
        [10, 10],
      ],
    ];
    expect(labelPoint({ type: "MultiPolygon", coordinates: [small, large] })).toEqual([15, 15]);
  });
});
