import { type Gap, type SeverityLevel, severityLevels, sizeOf } from "./gap";

// Which gaps the inbox lists, and in what order.

export const filters = ["all", "needed", "mine", "waived"] as const;
export type Filter = (typeof filters)[number];

/** passes reports whether a gap is listed: of "all", what is not waived; "needed", what is
 * severe and nobody answers for; "mine", what user answers for. */
export function passes({ handling }: Gap, filter: Filter, user: string): boolean {
  switch (filter) {
    case "all":
      return handling.state !== "waived";
    case "needed":
      return handling.state === "open" && (handling.level === "critical" || handling.level === "high");
    case "mine":
      return handling.assignedTo === ""
        ? handling.state === "acknowledged" && handling.acknowledgedBy === user
        : handling.state === "assigned" && handling.assignedTo === `users/${user}`;
    case "waived":
      return handling.state === "waived";
  }
}

const rank = (level: SeverityLevel | null) =>
  level === null ? severityLevels.length : severityLevels.indexOf(level);

/** ordered lists gaps as a person should take them: the most severe level first, within it
 * the longest unseen, of equal age the largest. */
export function ordered(gaps: Iterable<Gap>): Gap[] {
  return [...gaps].sort(
    (a, b) =>
      rank(a.handling.level) - rank(b.handling.level) ||
      a.sinceMs - b.sinceMs ||
      sizeOf(b) - sizeOf(a) ||
      a.id.localeCompare(b.id),
  );
}

/** Row is a gap in the list. */
export interface Row {
  readonly gap: Gap;
  readonly others: number; // of the same watch, listed under this one or hidden behind it
  readonly under: boolean; // listed under the first of its watch
}

export const manyRows = 12;

/** rowsOf lists ordered gaps. When there are many, one row stands for the others of its
 * watch, unless that is opened: then they follow it. */
export function rowsOf(gaps: readonly Gap[], opened: ReadonlySet<string>): Row[] {
  if (gaps.length <= manyRows) return gaps.map((gap) => ({ gap, others: 0, under: false }));
  const byWatch = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const same = byWatch.get(gap.watch);
    if (same === undefined) byWatch.set(gap.watch, [gap]);
    else same.push(gap);
  }
  const rows: Row[] = [];
  for (const [first, ...others] of byWatch.values()) {
    if (first === undefined) continue;
    rows.push({ gap: first, others: others.length, under: false });
    if (opened.has(first.watch)) rows.push(...others.map((gap) => ({ gap, others: 0, under: true })));
  }
  return rows;
}
