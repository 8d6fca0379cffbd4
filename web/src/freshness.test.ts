import { describe, expect, it } from "vitest";
import { freshness, learn } from "./freshness";

const minute = 60_000;

describe("freshness", () => {
  it.each([
    ["a phone at 1 Hz, 10 s", 10_000, 1000, "fresh"],
    ["a phone at 1 Hz, 20 s", 20_000, 1000, "late"],
    ["a phone at 1 Hz, 6 min", 6 * minute, 1000, "silent"],
    ["one that reports each minute, 2 min", 2 * minute, minute, "fresh"],
    ["one that reports each minute, 4 min", 4 * minute, minute, "late"],
    ["one that reports each minute, 11 min", 11 * minute, minute, "silent"],
    ["one seen once, 2 min", 2 * minute, null, "fresh"],
    ["one seen once, 4 min", 4 * minute, null, "late"],
  ] as const)("%s", (_, ageMs, expectedMs, want) => {
    expect(freshness(ageMs, expectedMs)).toBe(want);
  });
});

describe("learn", () => {
  it("takes the first interval as it is", () => expect(learn(null, 5000)).toBe(5000));
  it("is moved little by one long silence", () => expect(learn(5000, 3_600_000)).toBeLessThan(8000));
  it("settles on a new habit", () => {
    let expected: number | null = 60_000;
    for (let i = 0; i < 30; i++) expected = learn(expected, 1000);
    expect(expected).toBeLessThan(1200);
  });
  it("learns nothing from a fix of the same time", () => expect(learn(5000, 0)).toBe(5000));
});
