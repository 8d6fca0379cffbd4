import { ink, label } from "./ink";
import { drawn } from "./layer";

const compound = ["==", ["get", "kind"], "compound"] as ["==", ["get", string], string];

/** areas are boundaries: compounds as faint blocks, everything above them as chain lines. */
export const areas = drawn({
  sources: ["areas", "area-names"],
  picks: ["area-blocks", "area-grounds"],
  surfaces: [
    {
      id: "area-grounds",
      type: "fill",
      source: "areas",
      filter: ["!", compound],
      paint: { "fill-color": ink.map, "fill-opacity": 0 },
    },
    {
      id: "area-blocks",
      type: "fill",
      source: "areas",
      filter: compound,
      paint: { "fill-color": ink.block, "fill-outline-color": "#22303a" },
    },
    {
      id: "area-outlines",
      type: "line",
      source: "areas",
      filter: ["!", compound],
      layout: { "line-join": "round" },
      paint: {
        "line-color": ink.boundary,
        "line-opacity": ["match", ["get", "kind"], "grid", 0.45, 0.85],
        "line-width": ["match", ["get", "kind"], "district", 2.4, "subdistrict", 1.9, "community", 1.5, 1],
        "line-dasharray": [7, 3, 1.5, 3],
      },
    },
  ],
  symbols: [
    {
      id: "area-names",
      type: "symbol",
      source: "area-names",
      filter: ["any", ["!=", ["get", "kind"], "compound"], [">=", ["zoom"], 14]],
      layout: {
        ...label,
        "text-field": ["get", "name"],
        "text-size": ["match", ["get", "kind"], "district", 15, "subdistrict", 14, "community", 13, 12],
        "symbol-sort-key": ["get", "rank"],
        "text-padding": 6,
      },
      paint: { "text-color": "#8fa3b3", "text-halo-color": ink.map, "text-halo-width": 1.4 },
    },
  ],
});
