import type { Gap } from "./feature";

/** ordered lists gaps as a person should take them: the longest unseen first, of equal
 * age the largest. */
export function ordered(gaps: Iterable<Gap>): Gap[] {
  return [...gaps].sort((a, b) => a.sinceMs - b.sinceMs || b.sizeM2 - a.sizeM2 || a.id.localeCompare(b.id));
}
