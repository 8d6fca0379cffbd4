import { describe, expect, it } from "vitest";
import type { Level } from "./api";
import type { Watch, Zone } from "./feature";
import { checkpointFeatures, outlineFeatures, trackerFeatures, zoneFeatures } from "./features";
import { Format } from "./format";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import type { Post } from "./post";
import type { Tracker } from "./state";

const square = {
  type: "Polygon" as const,
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ],
  ],
};
const levels: Level[] = [
  {
    code: "sealed",
    nameZh: "封控区",
    nameEn: "Sealed",
    colour: "#d55e00",
    hatch: "diagonal",
    precedence: 30,
  },
  {
    code: "controlled",
    nameZh: "管控区",
    nameEn: "Controlled",
    colour: "#e69f00",
    hatch: "counter",
    precedence: 20,
  },
];
const zone: Zone = {
  id: "z",
  name: "东苑",
  level: "sealed",
  orderNo: "1",
  authority: "",
  reason: "",
  validFromMs: 1000,
  validToMs: 2000,
  endsAtMs: 2000,
  reviewAtMs: null,
  version: 1,
  geometry: square,
};
const byId = <T extends { id: string }>(...items: T[]) => new Map(items.map((i) => [i.id, i]));

describe("zones", () => {
  it("are drawn by where they stand in their legal life", () => {
    const at = (ms: number) =>
      zoneFeatures(byId(zone), levels, zhCN, ms).surfaces.features.map((f) => f.properties?.inForce);
    expect(at(500)).toEqual([false]);
    expect(at(1500)).toEqual([true]);
    expect(at(2500)).toEqual([]);
  });

  it("say their level in the page's language", () => {
    const name = (words: typeof en) =>
      zoneFeatures(byId(zone), levels, words, 1500).names.features[0]?.properties?.name;
    expect(name(zhCN)).toBe("东苑 · 封控区");
    expect(name(en)).toBe("东苑 · Sealed");
  });

  it("lie the stricter above the milder", () => {
    const milder = { ...zone, id: "m", level: "controlled" };
    const drawn = zoneFeatures(byId(zone, milder), levels, zhCN, 1500).surfaces.features;
    expect(drawn.map((f) => f.properties?.level)).toEqual(["controlled", "sealed"]);
  });
});

describe("outlines", () => {
  it("are drawn where a perimeter watch looks after them", () => {
    const watch = { id: "w", kind: "perimeter", subject: "zones/z" } as Watch;
    const drawn = (w: Watch) => outlineFeatures(byId(w), new Map(), byId(zone)).features.length;
    expect(drawn(watch)).toBe(1);
    expect(drawn({ ...watch, kind: "ground" })).toBe(0);
    expect(drawn({ ...watch, subject: "zones/lifted" })).toBe(0);
  });
});

describe("checkpoints", () => {
  const at = { id: "c", name: "北门", radiusM: 25, minStaff: 2, at: [0, 0] } as const;
  const drawn = (posts: Map<string, Post>) =>
    checkpointFeatures(byId({ ...at, at: [0, 0] as [number, number] }), posts).features[0]?.properties;
  it("say who must be there where nothing is known", () =>
    expect(drawn(new Map())).toMatchObject({ state: "idle", staff: "2" }));
  it("say who is there", () =>
    expect(drawn(new Map([["c", { state: "short", present: 1, minStaff: 2 }]]))).toMatchObject({
      state: "short",
      staff: "1/2",
    }));
});

describe("trackers", () => {
  const fix = { tMs: 0, lon: 1, lat: 2, headingDeg: 90, speedMps: 1, accuracyM: 5, battery: 1 };
  const tracker: Tracker = { id: "t", name: "巡查 01", kind: "person", fix, expectedMs: 1000, trail: [] };
  const drawn = (t: Tracker, nowMs: number) =>
    trackerFeatures(byId(t), new Format(zhCN, "UTC"), nowMs).features[0]?.properties;

  it("carry an age when they are late", () => {
    expect(drawn(tracker, 5000)).toMatchObject({ freshness: "fresh", age: "", turned: true, heading: 90 });
    expect(drawn(tracker, 4 * 60_000)).toMatchObject({ freshness: "late", age: "4 分" });
  });
  it("point nowhere when they are silent", () => {
    expect(drawn(tracker, 17 * 60_000)).toMatchObject({ freshness: "silent", turned: false, age: "17 分" });
  });
  it("are not drawn before their first fix", () =>
    expect(drawn({ ...tracker, fix: null }, 0)).toBeUndefined());
});
