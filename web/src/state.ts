import type { CollectionName, Collections } from "./feature";
import { learn } from "./freshness";
import type { Gap } from "./gap";
import type { Fix, TrackerKind } from "./tracker";
import type { FeatureMessage, Introduction, Message, Positions, Warning } from "./wire";

// State is everything that the server told, as one immutable value. apply is the one
// way in which it changes.

export interface Tracker {
  readonly id: string;
  readonly name: string;
  readonly kind: TrackerKind;
  readonly fix: Fix | null;
  readonly expectedMs: number | null; // between fixes, learnt; null until two were seen
  readonly trail: readonly Fix[]; // what was seen live, oldest first
}

type Held = { readonly [C in CollectionName]: ReadonlyMap<string, Collections[C]> };

export interface State extends Held {
  readonly epoch: string; // "" before the first hello
  readonly seq: number;
  readonly resumable: boolean; // the snapshot of this epoch was taken: changes after seq suffice
  readonly skewMs: number; // the server's clock minus ours
  readonly trackers: ReadonlyMap<string, Tracker>;
  readonly refs: ReadonlyMap<number, string>; // ref of this epoch → tracker id
  readonly gaps: ReadonlyMap<string, Gap>; // those that are not closed
  readonly warnings: ReadonlyMap<string, Warning>; // the last of each watch
  readonly storeAwaySinceMs: number | null;
  readonly ready: boolean; // a snapshot, of whatever epoch, has been taken
  readonly told: ReadonlySet<string>; // ids that feature messages spoke of since hello
}

/** Loaded is the answer of /ogc for one collection, whole. */
export interface Loaded<C extends CollectionName = CollectionName> {
  readonly type: "loaded";
  readonly collection: C;
  readonly features: readonly Collections[C][];
}

export const empty: State = {
  epoch: "",
  seq: 0,
  resumable: false,
  skewMs: 0,
  trackers: new Map(),
  refs: new Map(),
  gaps: new Map(),
  warnings: new Map(),
  areas: new Map(),
  checkpoints: new Map(),
  zones: new Map(),
  watches: new Map(),
  streets: new Map(),
  teams: new Map(),
  storeAwaySinceMs: null,
  ready: false,
  told: new Set(),
};

const trailMs = 3 * 60_000;
const trailFixes = 180;

/** apply returns the state after one message that arrived at arrivedMs by our clock. */
export function apply(state: State, message: Message | Loaded, arrivedMs: number): State {
  switch (message.type) {
    case "hello":
      return {
        ...state,
        epoch: message.epoch,
        seq: message.resumed ? state.seq : message.seq,
        resumable: message.resumed,
        skewMs: message.tMs - arrivedMs,
        told: message.resumed ? state.told : new Set(),
      };
    case "snapshot":
      return { ...takeSnapshot(state, message.trackers, message.gaps), seq: message.seq, resumable: true };
    case "tracker":
      return introduce(state, [message.tracker]);
    case "positions":
      return move(state, message.positions);
    case "feature":
      return { ...hold(state, message), seq: Math.max(state.seq, message.seq) };
    case "gap": {
      const gaps = new Map(state.gaps);
      if (message.event === "closed") gaps.delete(message.gap.id);
      else gaps.set(message.gap.id, message.gap);
      return { ...state, gaps, seq: Math.max(state.seq, message.seq) };
    }
    case "warning":
      return {
        ...state,
        warnings: new Map(state.warnings).set(message.warning.watch, message.warning),
        seq: Math.max(state.seq, message.seq),
      };
    case "store":
      return { ...state, storeAwaySinceMs: message.away ? message.sinceMs : null };
    case "beat":
      return { ...state, seq: Math.max(state.seq, message.seq), skewMs: message.tMs - arrivedMs };
    case "loaded":
      return load(state, message);
    case "imported":
    case "other":
      return { ...state, seq: Math.max(state.seq, message.seq) };
  }
}

// What was learnt of a tracker survives a new snapshot, refs do not.
function takeSnapshot(state: State, trackers: readonly Introduction[], gaps: readonly Gap[]): State {
  const known = new Set(trackers.map((t) => t.id));
  const kept = new Map([...state.trackers].filter(([id]) => known.has(id)));
  const cleared = {
    ...state,
    refs: new Map(),
    warnings: new Map(),
    trackers: kept,
    ready: true,
    gaps: new Map(gaps.map((g) => [g.id, g])),
  };
  return introduce(cleared, trackers);
}

function introduce(state: State, introductions: readonly Introduction[]): State {
  const trackers = new Map(state.trackers);
  const refs = new Map(state.refs);
  for (const { ref, id, name, kind } of introductions) {
    const known = trackers.get(id) ?? { fix: null, expectedMs: null, trail: [] };
    trackers.set(id, { ...known, id, name, kind });
    refs.set(ref, id);
  }
  return { ...state, trackers, refs };
}

function move(state: State, positions: Positions): State {
  const trackers = new Map(state.trackers);
  for (let i = 0; i < positions.count; i++) {
    const id = state.refs.get(positions.ref[i] ?? 0);
    const tracker = id === undefined ? undefined : trackers.get(id);
    if (tracker === undefined) continue;
    const fix = fixOf(positions, i);
    if (tracker.fix === null || fix.tMs >= tracker.fix.tMs) trackers.set(tracker.id, moved(tracker, fix));
  }
  return { ...state, trackers };
}

function moved(tracker: Tracker, fix: Fix): Tracker {
  const last = tracker.fix;
  if (last !== null && last.tMs === fix.tMs) return { ...tracker, fix };
  const trail = [...tracker.trail, fix].filter((f) => f.tMs > fix.tMs - trailMs).slice(-trailFixes);
  const expectedMs = last === null ? null : learn(tracker.expectedMs, fix.tMs - last.tMs);
  return { ...tracker, fix, trail, expectedMs };
}

function fixOf(p: Positions, i: number): Fix {
  const known = (column: Float32Array) => {
    const v = column[i];
    return v === undefined || Number.isNaN(v) ? null : v;
  };
  return {
    tMs: p.tMs[i] ?? 0,
    lon: p.lon[i] ?? 0,
    lat: p.lat[i] ?? 0,
    headingDeg: known(p.headingDeg),
    speedMps: known(p.speedMps),
    accuracyM: known(p.accuracyM),
    battery: known(p.battery),
  };
}

function hold(state: State, message: FeatureMessage): State {
  const features = new Map<string, unknown>(state[message.collection]);
  if (message.feature === null) features.delete(message.id);
  else features.set(message.id, message.feature);
  return { ...state, [message.collection]: features, told: new Set(state.told).add(message.id) };
}

// What was read is as old as the request, or newer; what a message told since hello is
// newer or about to be told again. So the message stands.
function load(state: State, { collection, features }: Loaded): State {
  const held = new Map<string, unknown>();
  for (const [id, feature] of state[collection]) if (state.told.has(id)) held.set(id, feature);
  for (const feature of features) if (!state.told.has(feature.id)) held.set(feature.id, feature);
  return { ...state, [collection]: held };
}
