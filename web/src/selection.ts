import type { Area, Checkpoint, Watch, Zone } from "./feature";
import type { Gap } from "./gap";
import { type Box, boxOf, geometryBox } from "./labelpoint";
import type { State, Tracker } from "./state";

// What a person has picked, and what it is now.

export type Pickable = "trackers" | "gaps" | "zones" | "checkpoints" | "areas";

/** Selection names what is picked; it may have left the map since. */
export interface Selection {
  readonly collection: Pickable;
  readonly id: string;
}

export type Subject =
  | { readonly collection: "trackers"; readonly item: Tracker }
  | { readonly collection: "gaps"; readonly item: Gap }
  | { readonly collection: "zones"; readonly item: Zone }
  | { readonly collection: "checkpoints"; readonly item: Checkpoint }
  | { readonly collection: "areas"; readonly item: Area };

/** itemOf returns the thing that a selection names, or undefined when it is gone. */
export function itemOf(state: State, selection: Selection | null): Subject["item"] | undefined {
  return selection === null ? undefined : state[selection.collection].get(selection.id);
}

/** subjectFrom joins a selection with the item that it names. */
export function subjectFrom(selection: Selection | null, item: Subject["item"] | undefined): Subject | null {
  if (selection === null || item === undefined) return null;
  return { collection: selection.collection, item } as Subject;
}

export function subjectOf(state: State, selection: Selection | null): Subject | null {
  return subjectFrom(selection, itemOf(state, selection));
}

export function same(a: Selection | null, b: Selection | null): boolean {
  return a?.collection === b?.collection && a?.id === b?.id;
}

/** extentOf returns the box to fly to, or null for a tracker that was never seen. */
export function extentOf(subject: Subject): Box | null {
  switch (subject.collection) {
    case "trackers":
      return subject.item.fix === null ? null : boxOf([[subject.item.fix.lon, subject.item.fix.lat]]);
    case "checkpoints":
      return boxOf([subject.item.at]);
    default:
      return geometryBox(subject.item.geometry);
  }
}

/** watchesOf returns the watches whose subject it is; of a gap, the one it belongs to. */
export function watchesOf(state: State, subject: Subject): Watch[] {
  const watches = [...state.watches.values()];
  if (subject.collection === "gaps") return watches.filter((w) => w.id === subject.item.watch);
  return watches.filter((w) => w.subject === `${subject.collection}/${subject.item.id}`);
}

/** placeOf names the place that a gap's watch is about. */
export function placeOf(state: State, gap: Gap): string {
  const watch = state.watches.get(gap.watch);
  const [collection, id = ""] = watch?.subject.split("/") ?? [];
  const place =
    collection === "areas" || collection === "zones" || collection === "checkpoints"
      ? state[collection].get(id)
      : undefined;
  return place?.name ?? watch?.name ?? gap.watchName;
}
