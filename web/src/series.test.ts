import { describe, expect, it } from "vitest";
import { Foreign } from "./parse";
import { hourly, lineOf, parseSeries, revisedOf, runsOf } from "./series";

const minute = 60_000;
const series = (...samples: [atMin: number, share: number, revisedMin?: number][]) =>
  parseSeries({
    watch: "w",
    step_s: 300,
    samples: samples.map(([atMin, share, revisedMin]) => ({
      at: new Date(atMin * minute).toISOString(),
      share,
      worst_idle_s: 600,
      mean_idle_s: null,
      gaps: 1,
      revised_at: revisedMin === undefined ? null : new Date(revisedMin * minute).toISOString(),
    })),
  });

describe("a series", () => {
  it("is read", () =>
    expect(series([0, 0.5, 7])).toEqual({
      stepMs: 300_000,
      samples: [{ atMs: 0, share: 0.5, worstIdleS: 600, meanIdleS: null, gaps: 1, revisedMs: 7 * minute }],
    }));
  it("is refused when it is none", () => {
    expect(() => parseSeries({ watch: "w" })).toThrow(Foreign);
    expect(() => parseSeries({ step_s: 60, samples: [{ at: "1970-01-01T00:00:00Z" }] })).toThrow(Foreign);
  });

  //  0    5   10        25   30
  //  ·────·────·         ·────·   no line over what nobody sampled
  it("is broken where samples are missing", () => {
    const runs = runsOf(series([0, 1], [5, 0.5], [10, 0], [25, 1], [30, 1]));
    expect(runs.map((r) => r.map((s) => s.atMs / minute))).toEqual([
      [0, 5, 10],
      [25, 30],
    ]);
    expect(
      lineOf(
        runs,
        (ms) => ms / minute,
        (s) => s.share,
      ),
    ).toBe("M0.0 1.0L5.0 0.5L10.0 0.0M25.0 1.0L30.0 1.0");
  });

  it("says which stretches were revised", () =>
    expect(revisedOf(series([0, 1], [5, 1, 60], [10, 1, 61], [15, 1], [20, 1, 60]))).toEqual([
      { fromMs: 5 * minute, toMs: 15 * minute },
      { fromMs: 20 * minute, toMs: 25 * minute },
    ]));

  it("has one line of a table for each hour", () =>
    expect(hourly(series([0, 1], [55, 0.5], [60, 0.25]).samples).map((s) => s.share)).toEqual([0.5, 0.25]));
});
