import { stretchWidth } from "./gaps";
import { ink } from "./ink";
import { drawn } from "./layer";

const isPoint = ["==", ["geometry-type"], "Point"] as ["==", ["geometry-type"], string];

/** selected is the outline that what is picked shares with its row. */
export const selected = drawn({
  sources: ["selected"],
  surfaces: [
    {
      id: "selected-halo",
      type: "line",
      source: "selected",
      filter: ["!", isPoint],
      layout: { "line-join": "round" },
      paint: {
        "line-color": ink.action,
        "line-width": 7,
        "line-gap-width": ["match", ["geometry-type"], "LineString", stretchWidth, 0],
        "line-opacity": 0.28,
        "line-blur": 3,
      },
    },
    {
      id: "selected-outline",
      type: "line",
      source: "selected",
      filter: ["==", ["geometry-type"], "Polygon"],
      layout: { "line-join": "round" },
      paint: { "line-color": ink.action, "line-width": 2.6 },
    },
    {
      id: "selected-stretch",
      type: "line",
      source: "selected",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-join": "round" },
      paint: { "line-color": ink.action, "line-width": 2.2, "line-gap-width": stretchWidth + 3 },
    },
    {
      id: "selected-point",
      type: "circle",
      source: "selected",
      filter: isPoint,
      paint: {
        "circle-radius": 19,
        "circle-color": ink.action,
        "circle-opacity": 0.14,
        "circle-stroke-color": ink.action,
        "circle-stroke-width": 2.4,
      },
    },
  ],
});
