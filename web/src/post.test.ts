import { describe, expect, it } from "vitest";
import type { PostCoverage } from "./coverage";
import { parseCoverage } from "./coverage";
import type { Watch } from "./feature";
import { gapOf } from "./gap.fixture";
import { postsOf } from "./post";
import { empty } from "./state";
import { parse } from "./wire";

const watch = { id: "w", kind: "post", subject: "checkpoints/c" } as Watch;
const state = { ...empty, watches: new Map([["w", watch]]) };
const covered = (more: Partial<PostCoverage> = {}) =>
  new Map([
    [
      "w",
      {
        ...(parseCoverage({
          at: "1970-01-01T00:00:00Z",
          kind: "post",
          share: 1,
          present: 2,
          min_staff: 2,
          staffed_until: "1970-01-01T00:15:00Z",
          on_duty_hours: true,
          proofs: [
            {
              tracker: "t",
              person: "李",
              kind: "checkin",
              at: "1970-01-01T00:00:00Z",
              until: "1970-01-01T00:15:00Z",
            },
          ],
        }) as PostCoverage),
        ...more,
      },
    ],
  ]);
const message = parse(
  '{"type":"warning","watch":"w","checkpoint":"c","kind":"post_lapsing","at":"1970-01-01T00:13:00Z","staffed_until":"1970-01-01T00:15:00Z","present":2,"min_staff":2}',
);
const warned = {
  ...state,
  warnings: new Map(message.type === "warning" ? [["w", message.warning]] : []),
};
const minute = 60_000;
const stateAt = (s: typeof state, coverage: ReturnType<typeof covered>, nowMs: number) =>
  postsOf(s, coverage, nowMs).get("c")?.state;

describe("a post", () => {
  it("is unknown until its coverage was read", () => expect(postsOf(state, new Map(), 0).size).toBe(0));
  it("is staffed", () =>
    expect(postsOf(state, covered(), 0).get("c")).toEqual({ state: "staffed", present: 2, minStaff: 2 }));
  it("asks for nobody outside its hours", () =>
    expect(stateAt(state, covered({ onDuty: false, present: 0 }), 0)).toBe("idle"));
  it("is short before its gap is recorded", () =>
    expect(stateAt(state, covered({ present: 1 }), 0)).toBe("short"));
  it("is short while its gap is open, whatever was read before", () =>
    expect(postsOf({ ...state, gaps: new Map([["g", gapOf("post")]]) }, covered(), 0).get("c")).toEqual({
      state: "short",
      present: 1,
      minStaff: 2,
    }));
  it("is about to lapse once that was told", () =>
    expect(stateAt(warned, covered(), 13 * minute)).toBe("lapsing"));
  it("is so no longer when presence was proved anew, or when the time has come", () => {
    expect(stateAt(warned, covered({ staffedUntilMs: 28 * minute }), 13 * minute)).toBe("staffed");
    expect(stateAt(warned, covered(), 16 * minute)).toBe("staffed");
  });
});
