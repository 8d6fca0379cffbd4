import type { Geometry } from "geojson";
import { type Surface, surface, toFeature, type WatchKind, watchKinds } from "./feature";
import { Foreign, number, numberOr, oneOf, position, textOr, timeMs, timeMsOr } from "./parse";

// A gap: a stale part of what a watch demands to be seen, why it is there, and what
// people do about it.

export const causes = ["understaffed", "silent", "inaccurate", "sparse", "thin", "expired", "never"] as const;
export type Cause = (typeof causes)[number];

export const gapStates = ["open", "acknowledged", "assigned", "waived", "closed"] as const;
export type GapState = (typeof gapStates)[number];

export const severityLevels = ["critical", "high", "moderate", "low"] as const;
export type SeverityLevel = (typeof severityLevels)[number];

interface Common {
  readonly id: string;
  readonly watch: string;
  readonly watchName: string;
  readonly sinceMs: number; // when its longest unseen piece was last seen; of a post, when it fell short
  readonly cause: Cause;
  readonly setting: string; // "" where the cause names none
  readonly value: number;
  readonly limit: number;
  readonly label: [number, number];
  readonly handling: Handling;
}

/** Handling is what people do about a gap. */
export interface Handling {
  readonly state: GapState;
  readonly severity: number;
  readonly level: SeverityLevel | null; // null of a gap of coverage, which nobody handles
  readonly owner: string; // who answers for it; "" nobody
  readonly acknowledgedBy: string;
  readonly acknowledgedMs: number | null;
  readonly assignedTo: string; // teams/ID, trackers/ID or users/NAME; "" nobody
  readonly note: string;
  readonly reason: string; // of a waiver
}

export interface SurfaceGap extends Common {
  readonly kind: "ground" | "survey";
  readonly sizeM2: number;
  readonly geometry: Surface;
}

/** StretchGap is a stretch of an outline; where toM < fromM it runs over the ring's start. */
export interface StretchGap extends Common {
  readonly kind: "perimeter";
  readonly sizeM: number;
  readonly fromM: number; // chainage along the ring
  readonly toM: number;
  readonly geometry: Geometry;
}

/** PostGap is a checkpoint at which fewer people are present than must be. */
export interface PostGap extends Common {
  readonly kind: "post";
  readonly present: number;
  readonly minStaff: number;
  readonly geometry: Geometry;
}

export type Gap = SurfaceGap | StretchGap | PostGap;

/** parseGap reads a feature of the gaps collection, or one of coverage's, which has no
 * identity and no life: id names it then. Throws Foreign. */
export function parseGap(v: unknown, id?: string): Gap {
  const { id: own, p, geometry } = toFeature(v);
  const common = {
    id: id ?? own,
    watch: textOr(p, "watch", ""),
    watchName: textOr(p, "watch_name", ""),
    sinceMs: timeMs(p, "since"),
    cause: oneOf(p, "cause", causes),
    setting: textOr(p, "setting", ""),
    value: numberOr(p, "value", 0),
    limit: numberOr(p, "limit", 0),
    label: position(p.label, "a gap's label"),
    handling: {
      state: p.state === undefined ? "open" : oneOf(p, "state", gapStates),
      severity: numberOr(p, "severity", 0),
      level: p.severity_level === undefined ? null : oneOf(p, "severity_level", severityLevels),
      owner: textOr(p, "owner", ""),
      acknowledgedBy: textOr(p, "acknowledged_by", ""),
      acknowledgedMs: timeMsOr(p, "acknowledged_at", null),
      assignedTo: textOr(p, "assigned_to", ""),
      note: textOr(p, "note", ""),
      reason: textOr(p, "reason", ""),
    },
  } satisfies Common;
  const kind: WatchKind = oneOf(p, "kind", watchKinds);
  switch (kind) {
    case "ground":
    case "survey":
      return { ...common, kind, sizeM2: number(p, "size_m2"), geometry: surface(geometry) };
    case "perimeter":
      return {
        ...common,
        kind,
        sizeM: number(p, "size_m"),
        fromM: number(p, "from_m"),
        toM: number(p, "to_m"),
        geometry: placed(geometry),
      };
    case "post":
      return {
        ...common,
        kind,
        present: number(p, "present"),
        minStaff: number(p, "min_staff"),
        geometry: placed(geometry),
      };
  }
}

function placed(g: Geometry | null): Geometry {
  if (g === null || g.type === "GeometryCollection") throw new Foreign("a gap has no place");
  return g;
}

/** sizeOf returns square metres, metres or people: comparable within one kind only. */
export function sizeOf(gap: Gap): number {
  switch (gap.kind) {
    case "perimeter":
      return gap.sizeM;
    case "post":
      return gap.minStaff - gap.present;
    default:
      return gap.sizeM2;
  }
}
