import { describe, expect, it } from "vitest";
import type { Area } from "./feature";
import type { Gap } from "./gap";
import { gapOf } from "./gap.fixture";
import { apply, empty, type Loaded, type State } from "./state";
import type { Message, Positions } from "./wire";

const square = {
  type: "Polygon" as const,
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
};
const area = (id: string, name: string): Area => ({
  id,
  name,
  kind: "compound",
  parent: null,
  geometry: square,
});
const gap = (id: string): Gap => gapOf("ground", id);
const hello = (epoch: string, resumed: boolean, seq = 10): Message => ({
  type: "hello",
  epoch,
  seq,
  resumed,
  tMs: 5000,
});
const snapshot = (refs: Record<string, number>, gaps: Gap[] = []): Message => ({
  type: "snapshot",
  seq: 10,
  trackers: Object.entries(refs).map(([id, ref]) => ({ ref, id, name: id, kind: "person" })),
  gaps,
});

function frame(...fixes: { ref: number; tMs: number; lon: number }[]): Message {
  const floats = (v: number) => Float32Array.from(fixes, () => v);
  const positions: Positions = {
    count: fixes.length,
    tMs: Float64Array.from(fixes, (f) => f.tMs),
    ref: Uint32Array.from(fixes, (f) => f.ref),
    lon: Float64Array.from(fixes, (f) => f.lon),
    lat: Float64Array.from(fixes, () => 30),
    headingDeg: floats(Number.NaN),
    speedMps: floats(1.5),
    accuracyM: floats(4),
    battery: floats(0.5),
  };
  return { type: "positions", positions };
}

const after = (...messages: (Message | Loaded)[]): State =>
  messages.reduce((s, m) => apply(s, m, 4000), empty);

describe("apply", () => {
  it("learns the server's clock from hello and beat", () => {
    expect(after(hello("a", false)).skewMs).toBe(1000);
    expect(after(hello("a", false), { type: "beat", tMs: 4500, seq: 10 }).skewMs).toBe(500);
  });

  it("can be resumed only once a snapshot of this epoch was taken", () => {
    expect(after(hello("a", false)).resumable).toBe(false);
    expect(after(hello("a", false), snapshot({})).resumable).toBe(true);
    expect(after(hello("a", false), snapshot({}), hello("b", false)).resumable).toBe(false);
    expect(after(hello("a", false), snapshot({}), hello("a", true)).resumable).toBe(true);
  });

  it("moves the tracker that a ref names, and passes over refs that nobody introduced", () => {
    const s = after(
      hello("a", false),
      snapshot({ anna: 1 }),
      frame({ ref: 1, tMs: 1000, lon: 7 }, { ref: 9, tMs: 1000, lon: 8 }),
    );
    expect(s.trackers.get("anna")?.fix).toMatchObject({ tMs: 1000, lon: 7, headingDeg: null, speedMps: 1.5 });
    expect(s.trackers.size).toBe(1);
  });

  it("never moves a tracker backwards in time", () => {
    const s = after(
      hello("a", false),
      snapshot({ anna: 1 }),
      frame({ ref: 1, tMs: 2000, lon: 7 }),
      frame({ ref: 1, tMs: 1000, lon: 8 }),
    );
    expect(s.trackers.get("anna")?.fix?.lon).toBe(7);
  });

  it("draws a trail of what it saw, and learns how often the tracker reports", () => {
    const s = after(
      hello("a", false),
      snapshot({ anna: 1 }),
      frame({ ref: 1, tMs: 1000, lon: 7 }),
      frame({ ref: 1, tMs: 3000, lon: 8 }),
      frame({ ref: 1, tMs: 3000, lon: 8 }),
    );
    expect(s.trackers.get("anna")?.trail.map((f) => f.lon)).toEqual([7, 8]);
    expect(s.trackers.get("anna")?.expectedMs).toBe(2000);
  });

  it("keeps what it learnt of a tracker over a new epoch, and forgets the refs", () => {
    const s = after(
      hello("a", false),
      snapshot({ anna: 1, boris: 2 }),
      frame({ ref: 1, tMs: 1000, lon: 7 }),
      hello("b", false),
      snapshot({ anna: 5 }),
    );
    expect([...s.trackers.keys()]).toEqual(["anna"]);
    expect(s.trackers.get("anna")?.fix?.lon).toBe(7);
    expect([...s.refs]).toEqual([[5, "anna"]]);
  });

  it("holds open gaps only", () => {
    const opened = after(hello("a", false), snapshot({}, [gap("g")]), {
      type: "gap",
      seq: 11,
      event: "opened",
      gap: gap("h"),
    });
    expect([...opened.gaps.keys()]).toEqual(["g", "h"]);
    const closed = apply(opened, { type: "gap", seq: 12, event: "closed", gap: gap("g") }, 0);
    expect([...closed.gaps.keys()]).toEqual(["h"]);
    expect(closed.seq).toBe(12);
  });

  it("lets a change that came first stand over the slower list", () => {
    const told: Message = {
      type: "feature",
      seq: 11,
      collection: "areas",
      id: "x",
      feature: area("x", "new"),
    };
    const gone: Message = { type: "feature", seq: 12, collection: "areas", id: "y", feature: null };
    const loaded: Loaded = {
      type: "loaded",
      collection: "areas",
      features: [area("x", "old"), area("y", "y"), area("z", "z")],
    };
    const s = after(hello("a", false), told, gone, loaded);
    expect([...s.areas.values()].map((a) => a.name).sort()).toEqual(["new", "z"]);
  });

  it("drops what a new list no longer has", () => {
    const s = after(
      hello("a", false),
      { type: "loaded", collection: "areas", features: [area("x", "x")] },
      hello("b", false),
      { type: "loaded", collection: "areas", features: [] },
    );
    expect(s.areas.size).toBe(0);
  });

  it("says since when storage is away, until it is back", () => {
    const away = after({ type: "store", away: true, sinceMs: 77 });
    expect(away.storeAwaySinceMs).toBe(77);
    expect(apply(away, { type: "store", away: false, sinceMs: 99 }, 0).storeAwaySinceMs).toBeNull();
  });

  it("leaves the state it was given as it was", () => {
    const before = after(hello("a", false), snapshot({ anna: 1 }));
    apply(before, frame({ ref: 1, tMs: 1000, lon: 7 }), 0);
    expect(before.trackers.get("anna")?.fix).toBeNull();
  });
});
