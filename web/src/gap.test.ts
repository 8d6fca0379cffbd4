import { describe, expect, it } from "vitest";
import { closingOf, nearestTo } from "./closing";
import type { Watch } from "./feature";
import { Format } from "./format";
import { parseGap } from "./gap";
import { gapOf } from "./gap.fixture";
import { gapFeatures } from "./gapfeatures";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import { Foreign } from "./parse";
import type { Tracker } from "./state";
import { closingLine, sizeLine, whyLine } from "./why";

const format = new Format(zhCN, "UTC");
const english = new Format(en, "UTC");
const watch: Watch = {
  id: "w",
  name: "watch",
  kind: "ground",
  subject: "areas/a",
  revisitS: 1800,
  sources: ["person"],
  sweepM: { person: 30, vehicle: 60, drone: 30 },
  minGap: 900,
};

describe("a gap", () => {
  it("of an outline has chainage", () =>
    expect(gapOf("perimeter")).toMatchObject({ kind: "perimeter", sizeM: 214, fromM: 412, toM: 626 }));
  it("of a post has people", () =>
    expect(gapOf("post")).toMatchObject({ kind: "post", present: 1, minStaff: 2 }));
  it("carries what people do about it", () =>
    expect(
      gapOf("ground", "g", {
        state: "assigned",
        severity: 3.2,
        severity_level: "high",
        owner: "东苑组",
        acknowledged_at: "1970-01-01T00:00:01.000Z",
        acknowledged_by: "admin",
        assigned_to: "teams/t",
        note: null,
      }).handling,
    ).toEqual({
      state: "assigned",
      severity: 3.2,
      level: "high",
      owner: "东苑组",
      acknowledgedBy: "admin",
      acknowledgedMs: 1000,
      assignedTo: "teams/t",
      note: "",
      reason: "",
    }));
  it.each([
    ["a kind nobody knows", { kind: "mood" }],
    ["a state nobody knows", { state: "lost" }],
    ["a size that is none", { size_m2: "large" }],
    ["ground that is a line", { kind: "ground" }, { type: "LineString", coordinates: [] }],
  ])("is refused with %s", (_, properties, geometry?: unknown) =>
    expect(() =>
      parseGap({
        id: "g",
        geometry: geometry ?? { type: "Polygon", coordinates: [] },
        properties: {
          kind: "ground",
          since: "1970-01-01T00:00:00Z",
          size_m2: 1,
          cause: "never",
          label: [0, 0],
          ...properties,
        },
      }),
    ).toThrow(Foreign),
  );
});

describe("on the map", () => {
  const gaps = [gapOf("ground", "a"), gapOf("perimeter", "b"), gapOf("post", "c")];
  const drawn = gapFeatures(new Map(gaps.map((g) => [g.id, g])), zhCN, format, 42 * 60_000);
  it("surfaces, stretches and posts are told apart", () => {
    expect(drawn.surfaces.features.map((f) => f.properties?.id)).toEqual(["a"]);
    expect(drawn.stretches.features.map((f) => f.properties?.id)).toEqual(["b"]);
  });
  it("each carries its age", () =>
    expect(drawn.names.features.map((f) => f.properties?.name)).toEqual([
      "未巡 42 分",
      "边界 214 米 · 未巡 42 分",
      "缺员 42 分",
    ]));
});

describe("what would close it", () => {
  // 1,607 m² is a strip of 30 m × 30 m with a half disc at either end: 707 m² are the
  // ends, the rest is 30 m of walking.
  it("over ground is at least its size in strips", () => {
    const closing = closingOf(gapOf("ground"), watch);
    expect(closing).toMatchObject({ way: "walk", sweepM: 30 });
    expect(closing.way === "walk" && closing.metres).toBeCloseTo(30, 0);
    expect(closingLine(closing, en, english)).toBe(
      "At least 30 m of walking sees all of it (30 m wide each pass), about 1 min at 5 km/h",
    );
  });
  it("is never less than nothing", () =>
    expect(closingOf(gapOf("ground", "g", { size_m2: 100 }), watch)).toMatchObject({ metres: 0 }));
  it("is driven where only vehicles count, imaged where only drones do", () => {
    expect(closingOf(gapOf("ground"), { ...watch, sources: ["vehicle"] })).toMatchObject({ way: "drive" });
    expect(closingOf(gapOf("ground"), { ...watch, sources: ["drone"] })).toEqual({ way: "image", m2: 1607 });
  });
  it("of an outline is its length", () =>
    expect(closingOf(gapOf("perimeter"), watch)).toEqual({ way: "along", metres: 214 }));
  it("at a post is people", () =>
    expect(closingOf(gapOf("post"), watch)).toEqual({ way: "staff", people: 1 }));
});

describe("who is nearest", () => {
  const tracker = (id: string, lon: number, tMs = 0, kind: Tracker["kind"] = "person"): [string, Tracker] => [
    id,
    {
      id,
      name: id,
      kind,
      expectedMs: 1000,
      trail: [],
      fix: { tMs, lon, lat: 0.5, headingDeg: null, speedMps: null, accuracyM: null, battery: null },
    },
  ];
  it("is fresh, and counts", () => {
    const trackers = new Map([
      tracker("far", 0.6),
      tracker("near", 0.51),
      tracker("gone quiet", 0.5, -3_600_000),
      tracker("vehicle", 0.5, 0, "vehicle"),
    ]);
    const nearest = nearestTo(gapOf("ground"), watch, trackers, 1000);
    expect(nearest?.tracker.id).toBe("near");
    expect(nearest?.metres).toBeCloseTo(0.01 * 111_195, -1);
  });
  it("may be nobody", () => expect(nearestTo(gapOf("ground"), watch, new Map(), 0)).toBeNull());
});

describe("lines", () => {
  it("say the size of each kind", () => {
    expect(sizeLine(gapOf("ground"), zhCN, format)).toBe("1,610 平方米");
    expect(sizeLine(gapOf("perimeter"), zhCN, format)).toBe("214 米（里程 412–626 米）");
    expect(sizeLine(gapOf("post"), en, english)).toBe("1 present of 2");
  });
  it.each([
    ["understaffed", "", 1, 2, "Too few people: 1 present of 2"],
    ["understaffed", "assignments", 0, 1, "Too few people are assigned here: 0 of 1"],
    ["sparse", "join_s", 75, 60, "Someone was here, fixes too far apart (75 s > 60 s): see join_s"],
    ["inaccurate", "max_speed_mps", 20, 12, "Someone reported from here, but as a jump (20 m/s > 12 m/s)"],
    ["thin", "min_images", 1, 3, "Imaged, but too seldom (in places 1 of 3): see min_images"],
    ["expired", "", 0, 0, "Seen before, longer ago than the revisit time"],
  ])("say why: %s", (cause, setting, value, limit, want) =>
    expect(whyLine(gapOf("ground", "g", { cause, setting, value, limit }), en, english)).toBe(want),
  );
});
