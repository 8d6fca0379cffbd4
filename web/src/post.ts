import type { Coverage } from "./coverage";
import type { State } from "./state";

/** PostState says of a checkpoint: nobody must be there now, enough people are, too few
 * will be unless somebody is heard of again, too few are. */
export type PostState = "idle" | "staffed" | "lapsing" | "short";

/** Post is how a checkpoint is staffed. */
export interface Post {
  readonly state: PostState;
  readonly present: number;
  readonly minStaff: number;
}

/** postsOf returns by checkpoint what its post watch says; a checkpoint without one, or of
 * whose watch nothing is known yet, is not in it. Of several watches the worst counts. */
export function postsOf(
  { watches, gaps, warnings }: Pick<State, "watches" | "gaps" | "warnings">,
  coverages: ReadonlyMap<string, Coverage>,
  nowMs: number,
): Map<string, Post> {
  const short = new Map<string, Post>();
  for (const gap of gaps.values()) {
    if (gap.kind === "post")
      short.set(gap.watch, { state: "short", present: gap.present, minStaff: gap.minStaff });
  }
  const posts = new Map<string, Post>();
  for (const { id, kind, subject } of watches.values()) {
    if (kind !== "post") continue;
    const post = short.get(id) ?? judged(coverages.get(id), warnings.get(id)?.staffedUntilMs, nowMs);
    const checkpoint = subject.slice("checkpoints/".length);
    if (post !== undefined && worse(post, posts.get(checkpoint))) posts.set(checkpoint, post);
  }
  return posts;
}

// A warning stands until it has come true or presence was proved anew.
function judged(
  coverage: Coverage | undefined,
  warnedMs: number | undefined,
  nowMs: number,
): Post | undefined {
  if (coverage?.kind !== "post") return undefined;
  const { present, minStaff, staffedUntilMs } = coverage;
  if (!coverage.onDuty) return { state: "idle", present, minStaff };
  if (present < minStaff) return { state: "short", present, minStaff };
  const warned =
    warnedMs !== undefined && nowMs < warnedMs && (staffedUntilMs === null || staffedUntilMs <= warnedMs);
  return { state: warned ? "lapsing" : "staffed", present, minStaff };
}

const badness: readonly PostState[] = ["idle", "staffed", "lapsing", "short"];

function worse(a: Post, b: Post | undefined): boolean {
  return b === undefined || badness.indexOf(a.state) > badness.indexOf(b.state);
}
