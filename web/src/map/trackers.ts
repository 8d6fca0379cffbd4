import type { Map as GlMap } from "maplibre-gl";
import { trackerKinds } from "../tracker";
import { label } from "./ink";
import { drawn } from "./layer";
import { headingNotch, pixelRatio, trackerSymbol } from "./symbols";

function addSymbols(map: GlMap): void {
  for (const kind of trackerKinds) {
    for (const freshness of ["fresh", "late", "silent"] as const) {
      map.addImage(`${kind}-${freshness}`, trackerSymbol(kind, freshness), { pixelRatio });
    }
  }
  for (const freshness of ["fresh", "late"] as const) {
    map.addImage(`notch-${freshness}`, headingNotch(freshness), { pixelRatio });
  }
}

/** trackers never yield their place on the map, their names do. */
export const trackers = drawn({
  sources: ["trackers"],
  picks: ["trackers"],
  images: addSymbols,
  surfaces: [],
  symbols: [
    {
      id: "tracker-notches",
      type: "symbol",
      source: "trackers",
      filter: ["get", "turned"],
      layout: {
        "icon-image": ["concat", "notch-", ["get", "freshness"]],
        "icon-rotate": ["get", "heading"],
        "icon-rotation-alignment": "map",
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.6, 15, 1],
      },
    },
    {
      id: "trackers",
      type: "symbol",
      source: "trackers",
      layout: {
        ...label,
        "icon-image": ["concat", ["get", "kind"], "-", ["get", "freshness"]],
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.6, 15, 1],
        "text-field": [
          "format",
          ["get", "name"],
          {},
          ["case", ["==", ["get", "age"], ""], "", ["concat", "  ", ["get", "age"]]],
          { "text-color": ["match", ["get", "freshness"], "silent", "#f0a9d0", "#f0bd5e"] },
        ],
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 1.35,
        "text-justify": "auto",
        "text-max-width": 20,
        "text-optional": true,
      },
      paint: { "text-color": "#d6e1ea", "text-halo-color": "#0b1015", "text-halo-width": 1.8 },
    },
  ],
});
