import { describe, expect, it } from "vitest";
import { assignees, nameOf } from "./assignee";
import type { Gap } from "./gap";
import { gapOf } from "./gap.fixture";
import { manyRows, ordered, passes, rowsOf } from "./inbox";
import { search } from "./search";
import { empty, type State } from "./state";

const since = (ms: number) => new Date(ms).toISOString();

describe("the inbox", () => {
  const handled = (id: string, more: Record<string, unknown>) => gapOf("ground", id, more);
  const ids = (gaps: readonly Gap[]) => gaps.map((g) => g.id);

  it("puts the most severe first, then the longest unseen, then the largest", () => {
    const got = ordered([
      handled("young", { severity_level: "high", since: since(300), size_m2: 9 }),
      handled("low", { severity_level: "low", since: since(1) }),
      handled("small", { severity_level: "high", since: since(100), size_m2: 1 }),
      handled("large", { severity_level: "high", since: since(100), size_m2: 5 }),
      handled("worst", { severity_level: "critical", since: since(400) }),
    ]);
    expect(ids(got)).toEqual(["worst", "large", "small", "young", "low"]);
  });

  it.each([
    ["all", ["open", "mild", "mine", "given", "theirs"]],
    ["needed", ["open"]],
    ["mine", ["mine", "given"]],
    ["waived", ["waived"]],
  ] as const)("lists of %s", (filter, want) => {
    const gaps = [
      handled("open", { state: "open", severity_level: "critical" }),
      handled("mild", { state: "open", severity_level: "moderate" }),
      handled("mine", { state: "acknowledged", acknowledged_by: "anna" }),
      handled("given", { state: "assigned", acknowledged_by: "boris", assigned_to: "users/anna" }),
      handled("theirs", { state: "assigned", acknowledged_by: "anna", assigned_to: "teams/t" }),
      handled("waived", { state: "waived", acknowledged_by: "anna" }),
    ];
    expect(ids(gaps.filter((g) => passes(g, filter, "anna")))).toEqual(want);
  });

  describe("when there are many", () => {
    const many = Array.from({ length: manyRows + 1 }, (_, i) =>
      handled(String(i), { watch: i < 3 ? "a" : `w${i}` }),
    );
    it("shows one row for those of a watch", () => {
      const rows = rowsOf(many, new Set());
      expect(rows).toHaveLength(manyRows - 1);
      expect(rows[0]).toMatchObject({ others: 2, under: false });
    });
    it("shows them all once the watch is opened", () => {
      const rows = rowsOf(many, new Set(["a"]));
      expect(ids(rows.slice(0, 4).map((r) => r.gap))).toEqual(["0", "1", "2", "3"]);
      expect(rows.slice(0, 4).map((r) => r.under)).toEqual([false, true, true, false]);
    });
    it("shows each by itself when there are few", () =>
      expect(rowsOf(many.slice(0, 3), new Set()).map((r) => r.others)).toEqual([0, 0, 0]));
  });
});

describe("whom a gap can be given to", () => {
  const at = (lon: number) => ({ fix: { lon, lat: 0.5 } });
  const state = {
    ...empty,
    teams: new Map([["t", { id: "t", name: "东苑组" }]]),
    trackers: new Map([
      ["far", { id: "far", name: "巡查 02", kind: "person", ...at(0.9) }],
      ["unseen", { id: "unseen", name: "巡查 03", kind: "person", fix: null }],
      ["near", { id: "near", name: "巡查 01", kind: "person", ...at(0.6) }],
    ]),
  } as unknown as State;
  const found = (query: string) => assignees(state, "anna", gapOf("ground"), query).map((a) => a.to);

  it("is teams, oneself, then who is nearest", () =>
    expect(found("")).toEqual(["teams/t", "users/anna", "trackers/near", "trackers/far", "trackers/unseen"]));
  it("is found by name", () => expect(found(" 巡查 02")).toEqual(["trackers/far"]));
  it("is named", () => {
    expect(nameOf("teams/t", state)).toBe("东苑组");
    expect(nameOf("users/anna", state)).toBe("anna");
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
