import { describe, expect, it } from "vitest";
import type { Gap } from "./gap";
import { ordered } from "./inbox";
import { search } from "./search";
import { empty, type State } from "./state";

const gap = (id: string, sinceMs: number, sizeM2: number) => ({ id, sinceMs, sizeM2 }) as Gap;

describe("the inbox", () => {
  it("puts the longest unseen first, then the largest", () => {
    const got = ordered([gap("young", 300, 9), gap("small", 100, 1), gap("large", 100, 5)]);
    expect(got.map((g) => g.id)).toEqual(["large", "small", "young"]);
  });
});

describe("search", () => {
  const named = (...names: string[]) => new Map(names.map((name) => [name, { id: name, name }]));
  const state = {
    ...empty,
    trackers: named("巡查 01", "巡查 12"),
    areas: named("东苑", "新东苑社区"),
  } as unknown as State;
  const found = (query: string) => search(state, query, 8).map((h) => h.name);

  it("puts names that begin so first", () => expect(found("东苑")).toEqual(["东苑", "新东苑社区"]));
  it("finds within names", () => expect(found("12")).toEqual(["巡查 12"]));
  it("finds nothing for nothing", () => expect(found("  ")).toEqual([]));
});
