import { type Gap, sizeOf } from "./gap";

/** ordered lists gaps as a person should take them: the longest unseen first, of equal
 * age the largest. */
export function ordered(gaps: Iterable<Gap>): Gap[] {
  return [...gaps].sort((a, b) => a.sinceMs - b.sinceMs || sizeOf(b) - sizeOf(a) || a.id.localeCompare(b.id));
}
