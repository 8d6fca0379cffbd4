import { metresApart } from "./distance";
import type { Gap } from "./gap";
import type { State } from "./state";
import type { TrackerKind } from "./tracker";

/** Assignee is somebody a gap can be given to. */
export interface Assignee {
  readonly to: string; // as the server takes it: teams/ID, trackers/ID or users/NAME
  readonly kind: TrackerKind | "team" | "user";
  readonly name: string;
  readonly metres: number | null; // from the gap's label as the crow flies; null where that is unknown
}

/** assignees lists whom a gap can be given to, of those whose name has the query in it:
 * teams by name, the user, then who moves about, the nearest first. */
export function assignees(state: State, user: string, gap: Gap, query: string): Assignee[] {
  const from = { lon: gap.label[0], lat: gap.label[1] };
  const teams = [...state.teams.values()]
    .map(({ id, name }): Assignee => ({ to: `teams/${id}`, kind: "team", name, metres: null }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const movers = [...state.trackers.values()]
    .map(
      ({ id, name, kind, fix }): Assignee => ({
        to: `trackers/${id}`,
        kind,
        name,
        metres: fix === null ? null : metresApart(from, fix),
      }),
    )
    .sort(
      (a, b) =>
        (a.metres ?? Number.POSITIVE_INFINITY) - (b.metres ?? Number.POSITIVE_INFINITY) ||
        a.name.localeCompare(b.name),
    );
  const me: Assignee = { to: `users/${user}`, kind: "user", name: user, metres: null };
  const wanted = query.trim().toLocaleLowerCase();
  return [...teams, me, ...movers].filter((a) => a.name.toLocaleLowerCase().includes(wanted));
}

/** nameOf names an assignee as the page knows it. */
export function nameOf(to: string, state: State): string {
  const [collection, id = ""] = to.split("/");
  const known =
    collection === "teams"
      ? state.teams.get(id)
      : collection === "trackers"
        ? state.trackers.get(id)
        : undefined;
  return known?.name ?? id;
}
