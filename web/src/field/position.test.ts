import { describe, expect, it } from "vitest";
import { metresApart } from "../distance";
import { type Place, worthKeeping } from "./position";

const first: Place = { lon: 113.6, lat: 34.7, accuracyM: 5, headingDeg: null, tMs: 1_000_000 };
const later = (ms: number, east = 0): Place => ({ ...first, tMs: first.tMs + ms, lon: first.lon + east });

describe("a position becomes a fix", () => {
  it("when it is the first", () => expect(worthKeeping(null, first)).toBe(true));
  it("not when it is told again", () => expect(worthKeeping(first, later(0, 0.01))).toBe(false));
  it("not when it is older", () => expect(worthKeeping(first, later(-5000))).toBe(false));
  it("not at once where it was", () => expect(worthKeeping(first, later(1000))).toBe(false));
  it("after four seconds, also where it was", () => expect(worthKeeping(first, later(4000))).toBe(true));
  it("at once some steps further", () => expect(worthKeeping(first, later(1000, 0.0001))).toBe(true));
});

describe("metres apart", () => {
  it("of one degree of latitude", () =>
    expect(metresApart({ lon: 0, lat: 0 }, { lon: 0, lat: 1 })).toBeCloseTo(111_195, 0));
  it("across 180°", () =>
    expect(metresApart({ lon: 179.9995, lat: 0 }, { lon: -179.9995, lat: 0 })).toBeCloseTo(111.2, 1));
});
