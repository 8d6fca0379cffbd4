import { type WatchKind, watchKinds } from "./feature";
import { fields, flag, list, number, numberOr, oneOf, text, textOr, timeMs, timeMsOr } from "./parse";

interface Common {
  readonly atMs: number;
  readonly share: number;
}

/** SurfaceCoverage is how much ground is seen. */
export interface SurfaceCoverage extends Common {
  readonly kind: "ground" | "survey";
  readonly images: Images | null; // of a survey
  readonly whatIf: WhatIf | null; // where images show any of it
  readonly subjectM2: number;
  readonly neverM2: number;
  readonly worstIdleS: number;
  readonly nextStaleMs: number | null;
}

/** Images is how often a survey's images show its ground. */
export interface Images {
  readonly shares: readonly number[]; // of the ground: at least 1, 2, … images
  readonly frontOverlap: number | null;
  readonly sideOverlap: number | null;
}

/** WhatIf is what the share would be with every image taken so much lower or higher. */
export interface WhatIf {
  readonly heightM: number;
  readonly shareLow: number;
  readonly shareHigh: number;
  readonly aboveTakeoff: number; // images whose height above ground is only that above take-off
}

/** OutlineCoverage is how much of an outline's length is seen. */
export interface OutlineCoverage extends Common {
  readonly kind: "perimeter";
  readonly subjectM: number;
  readonly neverM: number;
  readonly worstIdleS: number;
  readonly nextStaleMs: number | null;
}

/** PostCoverage is who stands at a checkpoint; share is of the time. */
export interface PostCoverage extends Common {
  readonly kind: "post";
  readonly present: number;
  readonly minStaff: number;
  readonly staffedUntilMs: number | null; // when, if nothing more is heard, too few are left
  readonly proofs: readonly Proof[];
  readonly onDuty: boolean; // within the hours in which the post must be staffed
}

export type Coverage = SurfaceCoverage | OutlineCoverage | PostCoverage;

export const proofKinds = ["fix", "heartbeat", "checkin"] as const;
export type ProofKind = (typeof proofKinds)[number];

/** Proof is what says that somebody is present, and how long that holds. */
export interface Proof {
  readonly tracker: string;
  readonly person: string; // "" where the tracker names none
  readonly kind: ProofKind;
  readonly atMs: number;
  readonly untilMs: number | null;
}

/** parseCoverage reads the answer of /api/watches/{id}/coverage, or throws Foreign. */
export function parseCoverage(v: unknown): Coverage {
  const o = fields(v, "coverage");
  const common = { atMs: timeMs(o, "at"), share: number(o, "share") };
  const kind: WatchKind = oneOf(o, "kind", watchKinds);
  if (kind === "post") {
    return {
      ...common,
      kind,
      present: number(o, "present"),
      minStaff: number(o, "min_staff"),
      staffedUntilMs: timeMsOr(o, "staffed_until", null),
      proofs: list(o, "proofs").map(parseProof),
      onDuty: flag(o, "on_duty_hours"),
    };
  }
  const idle = {
    worstIdleS: number(o, "worst_idle_s"),
    nextStaleMs: timeMsOr(o, "next_stale_at", null),
  };
  if (kind === "perimeter") {
    return { ...common, ...idle, kind, subjectM: number(o, "subject_m"), neverM: numberOr(o, "never_m", 0) };
  }
  return {
    ...common,
    ...idle,
    kind,
    images: o.images === undefined ? null : parseImages(o.images),
    whatIf: o.what_if === undefined ? null : parseWhatIf(o.what_if),
    subjectM2: number(o, "subject_m2"),
    neverM2: numberOr(o, "never_m2", 0),
  };
}

function parseImages(v: unknown): Images {
  const o = fields(v, "images");
  return {
    shares: list(o, "shares").map((share) => number({ share }, "share")),
    frontOverlap: numberOr(o, "front_overlap", null),
    sideOverlap: numberOr(o, "side_overlap", null),
  };
}

function parseWhatIf(v: unknown): WhatIf {
  const o = fields(v, "what_if");
  return {
    heightM: number(o, "height_m"),
    shareLow: number(o, "share_low"),
    shareHigh: number(o, "share_high"),
    aboveTakeoff: numberOr(fields(o.images, "what_if.images"), "takeoff", 0),
  };
}

function parseProof(v: unknown): Proof {
  const o = fields(v, "a proof");
  return {
    tracker: text(o, "tracker"),
    person: textOr(o, "person", ""),
    kind: oneOf(o, "kind", proofKinds),
    atMs: timeMs(o, "at"),
    untilMs: timeMsOr(o, "until", null),
  };
}
