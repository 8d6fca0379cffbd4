import { metresApart } from "./distance";
import type { Watch } from "./feature";
import { freshness } from "./freshness";
import type { Gap } from "./gap";
import type { State, Tracker } from "./state";

// What would close a gap, as far as it follows from its size and the watch's settings.

export const walkingMps = 5 / 3.6;

/** Closing is what it takes: metres to go over the ground or along the outline, ground to
 * be imaged, or people at a post. */
export type Closing =
  | { readonly way: "walk" | "drive"; readonly metres: number; readonly sweepM: number }
  | { readonly way: "along"; readonly metres: number }
  | { readonly way: "image"; readonly m2: number }
  | { readonly way: "staff"; readonly people: number };

/** closingOf returns the least that sees all of a gap. Who goes m metres in strips of
 * width w sees at most m·w + π(w/2)², so the metres over ground are a lower bound. */
export function closingOf(gap: Gap, watch: Watch): Closing {
  switch (gap.kind) {
    case "perimeter":
      return { way: "along", metres: gap.sizeM };
    case "post":
      return { way: "staff", people: gap.minStaff - gap.present };
    case "survey":
      return { way: "image", m2: gap.sizeM2 };
    case "ground": {
      const goer = watch.sources.find((kind) => kind !== "drone");
      if (goer === undefined) return { way: "image", m2: gap.sizeM2 };
      const sweepM = watch.sweepM[goer];
      const metres = Math.max(0, (gap.sizeM2 - (Math.PI * sweepM ** 2) / 4) / sweepM);
      return { way: goer === "person" ? "walk" : "drive", metres, sweepM };
    }
  }
}

/** nearestTo returns the tracker, fresh and of a kind that the watch counts, that is
 * nearest to a gap's label, as the crow flies. */
export function nearestTo(
  gap: Gap,
  watch: Watch,
  trackers: State["trackers"],
  nowMs: number,
): { tracker: Tracker; metres: number } | null {
  let nearest: { tracker: Tracker; metres: number } | null = null;
  for (const tracker of trackers.values()) {
    const { kind, fix, expectedMs } = tracker;
    if (fix === null || !watch.sources.includes(kind)) continue;
    if (freshness(nowMs - fix.tMs, expectedMs) !== "fresh") continue;
    const metres = metresApart({ lon: gap.label[0], lat: gap.label[1] }, fix);
    if (nearest === null || metres < nearest.metres) nearest = { tracker, metres };
  }
  return nearest;
}
