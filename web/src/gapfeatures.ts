import type { FeatureCollection } from "geojson";
import type { Format } from "./format";
import { type Gap, sizeOf } from "./gap";
import { collection, feature, point } from "./geojson";
import type { Messages } from "./messages/zh-CN";

/** DrawnGaps is gaps as the map shows them. */
export interface DrawnGaps {
  readonly surfaces: FeatureCollection;
  readonly stretches: FeatureCollection;
  readonly names: FeatureCollection;
}

/** gapFeatures draws gaps with their age written on them, the largest age on top. What
 * is waived is drawn faintly. A post's gap is its checkpoint's shield; only its age
 * stands here. */
export function gapFeatures(
  gaps: ReadonlyMap<string, Gap>,
  words: Messages,
  format: Format,
  nowMs: number,
): DrawnGaps {
  const drawn = [...gaps.values()].sort((a, b) => b.sinceMs - a.sinceMs);
  const shape = (g: Gap) => feature(g.geometry, { id: g.id, waived: g.handling.state === "waived" });
  return {
    surfaces: collection(drawn.filter((g) => g.kind === "ground" || g.kind === "survey").map(shape)),
    stretches: collection(drawn.filter((g) => g.kind === "perimeter").map(shape)),
    names: collection(
      drawn.map((g) =>
        feature(point(g.label), {
          id: g.id,
          name: gapLabel(g, words, format, nowMs),
          post: g.kind === "post",
          order: -sizeOf(g),
        }),
      ),
    ),
  };
}

/** gapLabel says how long a gap has lasted. */
export function gapLabel(gap: Gap, words: Messages, format: Format, nowMs: number): string {
  const age = format.age(nowMs - gap.sinceMs);
  switch (gap.kind) {
    case "perimeter":
      return words.gap.stretch(format.metres(gap.sizeM), age);
    case "post":
      return words.gap.short(age);
    default:
      return words.gap.unseen(age);
  }
}
