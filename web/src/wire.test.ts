import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Foreign } from "./parse";
import { parse, parsePositions } from "./wire";

// The messages that the server's tests write: both sides read the same files.
const golden = (name: string) => readFileSync(new URL(`../../docs/golden/${name}`, import.meta.url));
const message = (name: string) => parse(golden(`${name}.json`).toString());

describe("golden messages", () => {
  it("hello", () => {
    const tMs = Date.UTC(2026, 10, 22, 8, 0, 0, 250);
    expect(message("hello")).toEqual({ type: "hello", epoch: "01938f5a-6b1c", seq: 41, resumed: false, tMs });
  });

  it("snapshot", () => {
    const got = message("snapshot");
    if (got.type !== "snapshot") throw new Error(got.type);
    expect(got.seq).toBe(41);
    expect(got.trackers).toEqual([
      { ref: 7, id: "01938f5a-0000-7000-8000-000000000007", name: "巡查 01", kind: "person" },
    ]);
    expect(got.gaps.map((g) => g.cause)).toEqual(["sparse"]);
  });

  it("tracker", () => {
    expect(message("tracker")).toMatchObject({ type: "tracker", tracker: { ref: 7, name: "巡查 01" } });
  });

  it("feature", () => {
    expect(message("feature")).toMatchObject({
      type: "feature",
      seq: 42,
      collection: "areas",
      feature: {
        id: "01938f5a-0000-7000-8000-000000000031",
        name: "和平小区",
        kind: "compound",
        parent: null,
      },
    });
  });

  it("imported", () => {
    expect(message("imported")).toEqual({ type: "imported", seq: 42, collection: "areas" });
    expect(parse('{"type":"imported","seq":9,"collection":"assignments"}')).toEqual({
      type: "other",
      seq: 9,
    });
  });

  it("gap", () => {
    expect(message("gap")).toMatchObject({
      type: "gap",
      event: "opened",
      gap: {
        watchName: "和平小区巡查",
        sinceMs: Date.UTC(2026, 10, 22, 7, 18, 0, 250),
        sizeM2: 101.6,
        setting: "join_s",
        value: 75,
        limit: 60,
        label: [113.62005, 34.75005],
      },
    });
  });

  it("gap of a perimeter", () => {
    expect(message("gap_perimeter")).toMatchObject({
      gap: { kind: "perimeter", sizeM: 27.5, fromM: 412.75, toM: 14.25, label: [113.62, 34.75004] },
    });
  });

  it("gap of a post", () => {
    expect(message("gap_post")).toMatchObject({
      gap: { kind: "post", present: 1, minStaff: 2, cause: "understaffed", handling: { level: "high" } },
    });
  });

  it("warning", () => {
    expect(message("warning")).toEqual({
      type: "warning",
      seq: 45,
      warning: {
        watch: "01938f5a-0000-7000-8000-000000000021",
        checkpoint: "01938f5a-0000-7000-8000-000000000031",
        staffedUntilMs: Date.UTC(2026, 10, 22, 8, 5, 0, 250),
        present: 2,
        minStaff: 2,
      },
    });
  });

  it("store", () => {
    expect(message("store")).toMatchObject({ type: "store", away: true });
  });

  it("beat", () => {
    expect(message("beat")).toMatchObject({ type: "beat", seq: 43 });
  });
});

interface GoldenPosition {
  t: number;
  ref: number;
  lon: number;
  lat: number;
  heading_deg: number | null;
  speed_mps: number | null;
  accuracy_m: number | null;
  battery: number | null;
}

describe("positions", () => {
  const bytes = new Uint8Array(golden("positions.bin")).buffer;
  const want = JSON.parse(golden("positions.json").toString()) as GoldenPosition[];

  it("reads every column as the server wrote it", () => {
    const got = parsePositions(bytes);
    expect(got.count).toBe(want.length);
    for (const [i, w] of want.entries()) {
      expect(got.tMs[i]).toBe(w.t);
      expect(got.ref[i]).toBe(w.ref);
      expect(got.lon[i]).toBeCloseTo(w.lon, 9);
      expect(got.lat[i]).toBeCloseTo(w.lat, 9);
      const figures = [
        [got.headingDeg[i], w.heading_deg],
        [got.speedMps[i], w.speed_mps],
        [got.accuracyM[i], w.accuracy_m],
        [got.battery[i], w.battery],
      ] as const;
      for (const [figure, figureWanted] of figures) {
        if (figureWanted === null) expect(figure).toBeNaN();
        else expect(figure).toBeCloseTo(figureWanted, 2);
      }
    }
  });

  it("refuses a frame that is cut short", () => {
    expect(() => parsePositions(bytes.slice(0, -1))).toThrow(Foreign);
    expect(() => parsePositions(new ArrayBuffer(0))).toThrow(Foreign);
  });
});

describe("what the protocol does not say", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["neither text nor bytes", 7],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no type", "{}"],
    ["a hello without epoch", '{"type":"hello","seq":1,"resumed":false,"t":"2026-11-22T08:00:00.000Z"}'],
    ["a time that is none", '{"type":"beat","t":"yesterday","seq":1}'],
    ["an unknown cause", golden("gap.json").toString().replace('"sparse"', '"magic"')],
  ];
  it.each(refused)("refuses %s", (_, data) => {
    expect(() => parse(data)).toThrow(Foreign);
  });

  it("passes over types and collections of a later server", () => {
    expect(parse('{"type":"task","seq":9}')).toEqual({ type: "other", seq: 0 });
    expect(parse('{"type":"feature","seq":9,"collection":"tasks","event":"created","id":"x"}')).toEqual({
      type: "other",
      seq: 9,
    });
  });
});
