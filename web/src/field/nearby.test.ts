import { describe, expect, it } from "vitest";
import type { Surface, Zone } from "../feature";
import { distanceTo, nearest, warned } from "./nearby";

const at = { lon: 113.6, lat: 34.7 };
const metresPerDegree = 111_195;

// place lies so many metres east and north of the phone.
function place(east: number, north: number): [number, number] {
  const lon = at.lon + east / (metresPerDegree * Math.cos((at.lat * Math.PI) / 180));
  return [lon, at.lat + north / metresPerDegree];
}

function square(west: number, south: number, side: number): [number, number][] {
  const [e, n] = [west + side, south + side];
  return [place(west, south), place(e, south), place(e, n), place(west, n), place(west, south)];
}

const polygon = (...rings: [number, number][][]): Surface => ({ type: "Polygon", coordinates: rings });

describe("how far a surface is", () => {
  //   ┌────┐
  //   │ ⊙  │ inside is 0; in a hole it is the distance to the hole's edge
  //   └────┘
  const cases: [string, Surface, number][] = [
    ["around the phone", polygon(square(-50, -50, 100)), 0],
    ["30 m to the east", polygon(square(30, -50, 100)), 30],
    ["beyond a corner", polygon(square(30, 40, 100)), 50],
    ["the phone stands in its hole", polygon(square(-50, -50, 100), square(-10, -10, 20)), 10],
    [
      "the nearer of two parts",
      { type: "MultiPolygon", coordinates: [[square(200, 0, 10)], [square(-80, -5, 10)]] },
      70,
    ],
  ];
  it.each(cases)("%s", (_, surface, metres) => {
    expect(distanceTo(at, surface)).toBeCloseTo(metres, 1);
  });
});

describe("the zone that is told above everything", () => {
  const zone = (id: string, level: string, geometry: Surface) => ({ id, level, geometry }) as Zone;
  const precedence = (level: string) => (level === "sealed" ? 30 : 10);

  it("is none when none is near", () => {
    expect(warned(at, [zone("a", "sealed", polygon(square(100, 0, 10)))], precedence)).toBeNull();
  });
  it("is the nearest ahead", () => {
    const zones = [
      zone("far", "sealed", polygon(square(50, 0, 10))),
      zone("near", "controlled", polygon(square(20, 0, 10))),
    ];
    expect(warned(at, zones, precedence)?.item.id).toBe("near");
  });
  it("is the strictest of those around the phone", () => {
    const zones = [
      zone("mild", "controlled", polygon(square(-5, -5, 10))),
      zone("strict", "sealed", polygon(square(-50, -50, 100))),
    ];
    expect(warned(at, zones, precedence)?.item.id).toBe("strict");
  });
});

it("sorts by distance", () => {
  const far = { geometry: polygon(square(80, 0, 10)) };
  const near = { geometry: polygon(square(20, 0, 10)) };
  expect(nearest(at, [far, near]).map((n) => n.item)).toEqual([near, far]);
});
