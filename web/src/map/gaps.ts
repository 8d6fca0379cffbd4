import { hatchTile } from "./hatch";
import { boldFont, ink, label } from "./ink";
import { drawn } from "./layer";

/** gapTile is the crosshatch of a gap; the legend shows the same. */
export function gapTile() {
  return hatchTile({
    colour: ink.gap,
    pattern: "cross",
    size: 20,
    stroke: 2.6,
    groundAlpha: 0.18,
    strokeAlpha: 0.62,
  });
}

/** gaps are crosshatched, with their age written on them. */
export const gaps = drawn({
  sources: ["gaps", "gap-names"],
  picks: ["gap-fills", "gap-names"],
  images: (map) => map.addImage("gap", gapTile(), { pixelRatio: 2 }),
  surfaces: [
    { id: "gap-fills", type: "fill", source: "gaps", paint: { "fill-pattern": "gap" } },
    {
      id: "gap-outlines",
      type: "line",
      source: "gaps",
      layout: { "line-join": "round" },
      paint: { "line-color": ink.gap, "line-width": 1.6 },
    },
  ],
  symbols: [
    {
      id: "gap-names",
      type: "symbol",
      source: "gap-names",
      layout: {
        ...label,
        "text-field": ["get", "name"],
        "text-font": boldFont,
        "text-size": 13,
        "text-max-width": 20,
        "symbol-sort-key": ["get", "order"],
        "text-padding": 2,
      },
      paint: { "text-color": ink.gapText, "text-halo-color": "#1a0f16", "text-halo-width": 2.2 },
    },
  ],
});
