import { hatchTile } from "./hatch";
import { boldFont, ink, label } from "./ink";
import { drawn } from "./layer";

/** A stretch is drawn this broad, CSS pixels, with dashes as MapLibre counts them: in
 * widths of the line. The legend shows the same. */
export const stretchWidth = 9;
export const stretchDash = [0.9, 0.5] as const;

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

const waived = ["get", "waived"] as ["get", string];

/** gaps are crosshatched, stretches of an outline broad and dashed; their age is written
 * on them. */
export const gaps = drawn({
  sources: ["gaps", "stretches", "gap-names"],
  picks: ["stretch-grounds", "gap-fills", "gap-names"],
  images: (map) => map.addImage("gap", gapTile(), { pixelRatio: 2 }),
  surfaces: [
    {
      id: "gap-fills",
      type: "fill",
      source: "gaps",
      paint: { "fill-pattern": "gap", "fill-opacity": ["case", waived, 0.35, 1] },
    },
    {
      id: "gap-outlines",
      type: "line",
      source: "gaps",
      layout: { "line-join": "round" },
      paint: { "line-color": ink.gap, "line-width": 1.6, "line-opacity": ["case", waived, 0.5, 1] },
    },
    {
      id: "stretch-grounds",
      type: "line",
      source: "stretches",
      layout: { "line-join": "round" },
      paint: {
        "line-color": ink.gap,
        "line-width": stretchWidth,
        "line-opacity": ["case", waived, 0.14, 0.34],
      },
    },
    {
      id: "stretches",
      type: "line",
      source: "stretches",
      layout: { "line-join": "round" },
      paint: {
        "line-color": ink.gap,
        "line-width": stretchWidth - 4,
        "line-dasharray": [...stretchDash],
        "line-opacity": ["case", waived, 0.4, 1],
      },
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
        "text-offset": ["case", ["get", "post"], ["literal", [0, -3.4]], ["literal", [0, 0]]],
        "symbol-sort-key": ["get", "order"],
        "text-padding": 2,
      },
      paint: { "text-color": ink.gapText, "text-halo-color": "#1a0f16", "text-halo-width": 2.2 },
    },
  ],
});
