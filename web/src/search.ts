import type { Pickable, Selection } from "./selection";
import type { State } from "./state";

/** Hit is something that search found. */
export interface Hit extends Selection {
  readonly name: string;
}

const searched = ["trackers", "areas", "zones", "checkpoints"] as const satisfies readonly Pickable[];

/** search returns what is named like the query, those whose name begins with it first,
 * shorter names before longer; at most limit. An empty query finds nothing. */
export function search(state: State, query: string, limit: number): Hit[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === "") return [];
  const found: { hit: Hit; at: number }[] = [];
  for (const collection of searched) {
    for (const { id, name } of state[collection].values()) {
      const at = name.toLocaleLowerCase().indexOf(wanted);
      if (at >= 0) found.push({ hit: { collection, id, name }, at });
    }
  }
  found.sort(
    (a, b) =>
      Math.sign(a.at) - Math.sign(b.at) ||
      a.hit.name.length - b.hit.name.length ||
      a.hit.name.localeCompare(b.hit.name),
  );
  return found.slice(0, limit).map((f) => f.hit);
}
