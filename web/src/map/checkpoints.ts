import { font, ink, label } from "./ink";
import { drawn } from "./layer";
import { pixelRatio, shield } from "./symbols";

const states = ["idle", "staffed", "lapsing", "short"] as const;

// Shields stand above their place, CSS pixels: who is there stands on it.
const abovePx = 24;
const staffSize = 10.5;

/** checkpoints are shields that carry who is there of those who must be. */
export const checkpoints = drawn({
  sources: ["checkpoints"],
  picks: ["checkpoints"],
  images: (map) => {
    for (const state of states) map.addImage(`shield-${state}`, shield(state), { pixelRatio });
  },
  surfaces: [],
  symbols: [
    {
      id: "checkpoint-names",
      type: "symbol",
      source: "checkpoints",
      minzoom: 14.5,
      layout: {
        ...label,
        "text-field": ["get", "name"],
        "text-anchor": "top",
        "text-offset": [0, 1.1],
        "text-size": 11.5,
      },
      paint: { "text-color": "#a9c6dc", "text-halo-color": ink.map, "text-halo-width": 1.6 },
    },
    {
      id: "checkpoints",
      type: "symbol",
      source: "checkpoints",
      minzoom: 11,
      layout: {
        "icon-image": ["concat", "shield-", ["get", "state"]],
        "icon-allow-overlap": true,
        "symbol-sort-key": ["match", ["get", "state"], "short", 0, "lapsing", 1, 2],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.5, 14, 1],
        "icon-offset": [0, -abovePx],
        "text-field": ["step", ["zoom"], "", 14, ["get", "staff"]],
        "text-font": font,
        "text-size": staffSize,
        "text-offset": [0, -abovePx / staffSize],
        "text-allow-overlap": true,
      },
      paint: { "text-color": ["match", ["get", "state"], "short", "#1c1503", "#e6f0f7"] },
    },
  ],
});
