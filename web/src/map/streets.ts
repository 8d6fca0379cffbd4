import type { ExpressionSpecification } from "maplibre-gl";
import { ink, label } from "./ink";
import { drawn } from "./layer";

/** streetWidth is about as wide as a street is, in pixels. */
export const streetWidth: ExpressionSpecification = [
  "interpolate",
  ["exponential", 2],
  ["zoom"],
  12,
  ["match", ["get", "kind"], "road", 1.6, "street", 0.9, 0.4],
  19,
  ["match", ["get", "kind"], "road", 90, "street", 50, 14],
];

/** streets are quiet bands, about as wide as they are, with their names along them. */
export const streets = drawn({
  sources: ["streets"],
  surfaces: [
    {
      id: "streets",
      type: "line",
      source: "streets",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": ink.street,
        "line-width": streetWidth,
      },
    },
  ],
  symbols: [
    {
      id: "street-names",
      type: "symbol",
      source: "streets",
      minzoom: 14,
      filter: ["!=", ["get", "name"], ""],
      layout: {
        ...label,
        "symbol-placement": "line",
        "text-field": ["get", "name"],
        "text-size": 11,
        "text-letter-spacing": 0.25,
        "symbol-spacing": 420,
      },
      paint: { "text-color": ink.mute, "text-halo-color": ink.map, "text-halo-width": 1 },
    },
  ],
});
