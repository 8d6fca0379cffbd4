import { type CollectionName, type Collections, collectionNames, parsers } from "./feature";
import { type Gap, parseGap } from "./gap";
import { type Fields, Foreign, fields, flag, list, number, numberOr, oneOf, text, timeMs } from "./parse";
import { type TrackerKind, trackerKinds } from "./tracker";

// The messages of /live, as docs/protocol.md states them. docs/golden holds what the
// server writes; the tests of both sides read it.

/** Introduction names a tracker that positions may speak of by ref. */
export interface Introduction {
  readonly ref: number;
  readonly id: string;
  readonly name: string;
  readonly kind: TrackerKind;
}

/** Warning says that a post will be short of people unless somebody is heard of again. */
export interface Warning {
  readonly watch: string;
  readonly checkpoint: string;
  readonly staffedUntilMs: number;
  readonly present: number;
  readonly minStaff: number;
}

/** FeatureMessage carries a feature's new version; null where it was deleted. */
export type FeatureMessage = {
  [C in CollectionName]: {
    readonly type: "feature";
    readonly seq: number;
    readonly collection: C;
    readonly id: string;
    readonly feature: Collections[C] | null;
  };
}[CollectionName];

export type Message =
  | {
      readonly type: "hello";
      readonly epoch: string;
      readonly seq: number;
      readonly resumed: boolean;
      readonly tMs: number;
    }
  | {
      readonly type: "snapshot";
      readonly seq: number;
      readonly trackers: readonly Introduction[];
      readonly gaps: readonly Gap[];
    }
  | { readonly type: "tracker"; readonly tracker: Introduction }
  | FeatureMessage
  | { readonly type: "imported"; readonly seq: number; readonly collection: CollectionName }
  | {
      readonly type: "gap";
      readonly seq: number;
      readonly event: "opened" | "changed" | "closed";
      readonly gap: Gap;
    }
  | { readonly type: "warning"; readonly seq: number; readonly warning: Warning }
  | { readonly type: "store"; readonly away: boolean; readonly sinceMs: number }
  | { readonly type: "beat"; readonly tMs: number; readonly seq: number }
  | { readonly type: "positions"; readonly positions: Positions }
  | { readonly type: "other"; readonly seq: number };

/** Positions is one binary frame: columns of the same length. Unknown figures are NaN. */
export interface Positions {
  readonly count: number;
  readonly tMs: Float64Array;
  readonly ref: Uint32Array;
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  readonly headingDeg: Float32Array;
  readonly speedMps: Float32Array;
  readonly accuracyM: Float32Array;
  readonly battery: Float32Array; // 0 to 1
}

/** parse turns what the socket gave, a text or an ArrayBuffer, into a message. A type
 * that this page does not know is "other"; anything else unexpected throws Foreign. */
export function parse(data: unknown): Message {
  if (data instanceof ArrayBuffer) return { type: "positions", positions: parsePositions(data) };
  if (typeof data !== "string") throw new Foreign("a message is neither text nor bytes");
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new Foreign("a message is no JSON");
  }
  return parseMessage(fields(value, "a message"));
}

function parseMessage(o: Fields): Message {
  switch (text(o, "type")) {
    case "hello":
      return {
        type: "hello",
        epoch: text(o, "epoch"),
        seq: number(o, "seq"),
        resumed: flag(o, "resumed"),
        tMs: timeMs(o, "t"),
      };
    case "snapshot":
      return {
        type: "snapshot",
        seq: number(o, "seq"),
        trackers: list(o, "trackers").map((t) => parseIntroduction(fields(t, "a tracker"))),
        gaps: list(o, "gaps").map((g) => parseGap(g)),
      };
    case "tracker":
      return { type: "tracker", tracker: parseIntroduction(o) };
    case "feature":
      return parseFeature(o);
    case "imported":
      return parseImported(o);
    case "gap":
      return {
        type: "gap",
        seq: number(o, "seq"),
        event: oneOf(o, "event", ["opened", "changed", "closed"]),
        gap: parseGap(o.gap),
      };
    case "warning":
      return {
        type: "warning",
        seq: numberOr(o, "seq", 0),
        warning: {
          watch: text(o, "watch"),
          checkpoint: text(o, "checkpoint"),
          staffedUntilMs: timeMs(o, "staffed_until"),
          present: number(o, "present"),
          minStaff: number(o, "min_staff"),
        },
      };
    case "store":
      return { type: "store", away: flag(o, "away"), sinceMs: timeMs(o, "since") };
    case "beat":
      return { type: "beat", tMs: timeMs(o, "t"), seq: number(o, "seq") };
    default:
      return { type: "other", seq: 0 };
  }
}

function parseIntroduction(o: Fields): Introduction {
  return {
    ref: number(o, "ref"),
    id: text(o, "id"),
    name: text(o, "name"),
    kind: oneOf(o, "kind", trackerKinds),
  };
}

// A collection that the page does not hold only moves seq on.
function parseFeature(o: Fields): Message {
  const seq = number(o, "seq");
  const name = text(o, "collection");
  const collection = collectionNames.find((c) => c === name);
  if (collection === undefined) return { type: "other", seq };
  const deleted = oneOf(o, "event", ["created", "replaced", "deleted"]) === "deleted";
  const feature = deleted ? null : parsers[collection](o.feature);
  return { type: "feature", seq, collection, id: text(o, "id"), feature } as FeatureMessage;
}

function parseImported(o: Fields): Message {
  const seq = number(o, "seq");
  const name = text(o, "collection");
  const collection = collectionNames.find((c) => c === name);
  return collection === undefined ? { type: "other", seq } : { type: "imported", seq, collection };
}

const headBytes = 8;
const bytesPerPosition = 27;

/** parsePositions reads a binary frame of positions, little-endian columns. */
export function parsePositions(buffer: ArrayBuffer): Positions {
  const view = new DataView(buffer);
  if (buffer.byteLength < headBytes || view.getUint8(0) !== 1 || view.getUint8(1) !== 1) {
    throw new Foreign("a frame of a version or kind that this page does not read");
  }
  const count = view.getUint32(4, true);
  if (buffer.byteLength !== headBytes + bytesPerPosition * count) throw new Foreign("a frame is cut short");

  const at = (column: number) => headBytes + column * count;
  const scaled = (
    column: number,
    unknown: number,
    unit: number,
    read: (offset: number) => number,
    width: number,
  ) =>
    Float32Array.from({ length: count }, (_, i) => {
      const v = read(at(column) + width * i);
      return v === unknown ? Number.NaN : v * unit;
    });
  const u16 = (offset: number) => view.getUint16(offset, true);
  const degrees = (column: number) =>
    Float64Array.from({ length: count }, (_, i) => view.getInt32(at(column) + 4 * i, true) / 1e7);
  return {
    count,
    tMs: Float64Array.from({ length: count }, (_, i) => view.getFloat64(at(0) + 8 * i, true)),
    ref: Uint32Array.from({ length: count }, (_, i) => view.getUint32(at(8) + 4 * i, true)),
    lon: degrees(12),
    lat: degrees(16),
    headingDeg: scaled(20, 0xffff, 0.01, u16, 2),
    speedMps: scaled(22, 0xffff, 0.01, u16, 2),
    accuracyM: scaled(24, 0xffff, 0.1, u16, 2),
    battery: scaled(26, 0xff, 0.01, (offset) => view.getUint8(offset), 1),
  };
}
