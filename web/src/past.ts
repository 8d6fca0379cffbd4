import { coverageAt, fixesOf, zonesAt } from "./api";
import type { Coverage } from "./coverage";
import type { Zone } from "./feature";
import { type Gap, sizeOf } from "./gap";
import type { State, Tracker } from "./state";
import type { Fix } from "./tracker";

// The picture as of a past moment, read from the store: the same questions as live, with
// a time.

/** recentMs is how long before the moment a tracker was last seen that is still drawn. */
export const recentMs = 10 * 60_000;
const mostTrackers = 300;
const atOnce = 4;

/** Past is everything that is known of one moment. */
export interface Past {
  readonly atMs: number;
  readonly gaps: ReadonlyMap<string, Gap>; // of a size that is recorded
  readonly coverage: ReadonlyMap<string, Coverage>;
  readonly zones: ReadonlyMap<string, Zone>;
  readonly fixes: ReadonlyMap<string, Fix>;
  readonly leftOut: number; // trackers that were not asked for, because there are too many
}

/** readPast asks for the picture as of atMs, and throws what api.ts does: Refused with
 * status 410 where the evidence of that time is no longer kept. */
export async function readPast(state: State, atMs: number, signal: AbortSignal): Promise<Past> {
  const gaps = new Map<string, Gap>();
  const coverage = new Map<string, Coverage>();
  const fixes = new Map<string, Fix>();
  const trackers = [...state.trackers.keys()];
  const zones = await zonesAt(atMs, signal);
  await eachOf([...state.watches.values()], async ({ id, minGap }) => {
    const then = await coverageAt(id, atMs, signal);
    coverage.set(id, then.coverage);
    for (const gap of then.gaps) if (sizeOf(gap) >= minGap) gaps.set(gap.id, gap);
  });
  await eachOf(trackers.slice(0, mostTrackers), async (tracker) => {
    const last = (await fixesOf(tracker, atMs - recentMs, atMs, signal)).at(-1);
    if (last !== undefined) fixes.set(tracker, last);
  });
  return {
    atMs,
    gaps,
    coverage,
    zones: new Map(zones.map((z) => [z.id, z])),
    fixes,
    leftOut: Math.max(0, trackers.length - mostTrackers),
  };
}

// A few requests at a time: the server paints each answer afresh.
async function eachOf<T>(items: readonly T[], ask: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of waiting) await ask(item);
    }),
  );
}

/** pictureOf returns the state as it was then. What the page does not ask the past for,
 * areas, checkpoints, streets and the names of things, is as it is now. */
export function pictureOf(state: State, past: Past): State {
  const trackers = new Map<string, Tracker>();
  for (const [id, tracker] of state.trackers) {
    trackers.set(id, { ...tracker, fix: past.fixes.get(id) ?? null, trail: [] });
  }
  return { ...state, gaps: past.gaps, zones: past.zones, trackers, warnings: new Map() };
}
