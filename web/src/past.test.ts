import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "./api";
import type { Watch } from "./feature";
import { pictureOf, readPast, recentMs } from "./past";
import { empty, type State } from "./state";

const atMs = Date.UTC(2026, 10, 22, 8);
const at = new Date(atMs).toISOString();
const gap = (size_m2: number) => ({
  type: "Feature",
  id: null,
  geometry: { type: "Polygon", coordinates: [] },
  properties: { kind: "ground", since: at, size_m2, cause: "never", label: [1, 2] },
});
const answers: Record<string, unknown> = {
  "/api/watches/w/coverage": {
    at,
    kind: "ground",
    share: 0.5,
    subject_m2: 100,
    worst_idle_s: 60,
    next_stale_at: null,
    gaps: { type: "FeatureCollection", features: [gap(900), gap(899)] },
  },
  "/ogc/collections/zones/items": { features: [], links: [] },
  "/ogc/collections/fixes/items": {
    features: [1, 2].map((lon) => ({
      id: `f${lon}`,
      geometry: { type: "Point", coordinates: [lon, 0] },
      properties: { t: at, accuracy_m: 5 },
    })),
    links: [],
  },
};
const state = {
  ...empty,
  watches: new Map([["w", { id: "w", minGap: 900 } as Watch]]),
  trackers: new Map([
    ["t", { id: "t", name: "巡查 01", kind: "person", fix: null, expectedMs: null, trail: [] }],
  ]),
} as State;

describe("a past moment", () => {
  let asked: URL[];
  let refuse: string | null;
  beforeEach(() => {
    asked = [];
    refuse = null;
    vi.stubGlobal("location", { origin: "http://x" });
    vi.stubGlobal("fetch", async (path: string) => {
      const url = new URL(path, "http://x");
      asked.push(url);
      if (url.pathname === refuse) return new Response('{"detail":"kept since yesterday"}', { status: 410 });
      return new Response(JSON.stringify(answers[url.pathname]));
    });
  });
  afterEach(() => vi.unstubAllGlobals());
  const read = () => readPast(state, atMs, new AbortController().signal);

  it("is asked for at that moment, and nothing later", async () => {
    await read();
    const times = asked.map((u) => u.searchParams.get("at") ?? u.searchParams.get("datetime"));
    expect(times).toEqual([at, at, `${new Date(atMs - recentMs).toISOString()}/${at}`]);
  });

  it("has the gaps that would be recorded, named by their watch, and the last fix of each tracker", async () => {
    const past = await read();
    expect([...past.gaps.values()].map((g) => [g.id, g.watch, g.handling.level])).toEqual([
      ["w/0", "w", null],
    ]);
    expect(past.coverage.get("w")?.share).toBe(0.5);
    const picture = pictureOf(state, past);
    expect(picture.trackers.get("t")?.fix).toMatchObject({ lon: 2, accuracyM: 5, headingDeg: null });
    expect(picture.gaps).toBe(past.gaps);
    expect(state.trackers.get("t")?.fix).toBeNull();
  });

  it("is refused where it is no longer kept", async () => {
    refuse = "/api/watches/w/coverage";
    const refused = await read().catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).status).toBe(410);
  });
});
