// How fresh a tracker's last fix is, measured against what this tracker does itself:
// a phone that reports every minute is not late after ten seconds.

export type Freshness = "fresh" | "late" | "silent";

const unlearntMs = 60_000; // expected of a tracker of which one fix was seen
const longestMs = 10 * 60_000;
const lateAtLeastMs = 15_000;
const silentAtLeastMs = 5 * 60_000;

/** learn returns the expected time between fixes after one more arrived elapsedMs after
 * the last. One long silence moves it little, a new habit within a few fixes. */
export function learn(expectedMs: number | null, elapsedMs: number): number | null {
  if (elapsedMs <= 0) return expectedMs;
  if (expectedMs === null) return Math.min(elapsedMs, longestMs);
  const bounded = Math.min(elapsedMs, 3 * expectedMs, longestMs);
  return expectedMs + (bounded - expectedMs) / 5;
}

/** freshness judges the age of the last fix: late after three expected intervals,
 * silent after ten and five minutes. */
export function freshness(ageMs: number, expectedMs: number | null): Freshness {
  const expected = expectedMs ?? unlearntMs;
  if (ageMs > Math.max(10 * expected, silentAtLeastMs)) return "silent";
  if (ageMs > Math.max(3 * expected, lateAtLeastMs)) return "late";
  return "fresh";
}
