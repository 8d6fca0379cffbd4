import { ink, label } from "./ink";
import { drawn } from "./layer";

/** buildings stand barely above the ground; their names come when one is near. */
export const buildings = drawn({
  sources: ["buildings", "building-names"],
  picks: ["buildings"],
  surfaces: [
    {
      id: "buildings",
      type: "fill",
      source: "buildings",
      minzoom: 12.5,
      paint: { "fill-color": ink.building, "fill-outline-color": ink.buildingEdge },
    },
  ],
  symbols: [
    {
      id: "building-names",
      type: "symbol",
      source: "building-names",
      minzoom: 17,
      layout: { ...label, "text-field": ["get", "name"], "text-size": 11, "text-padding": 4 },
      paint: { "text-color": ink.mute, "text-halo-color": ink.map, "text-halo-width": 1 },
    },
  ],
});
