import { ink } from "./ink";
import { drawn } from "./layer";

const role = ["get", "role"] as ["get", string];
const isRole = (name: string): ["==", ["get", string], string] => ["==", role, name];
export const refused = "#ff5c4d";

/** sketch is a zone while it is drawn: old outline dashed and grey, what is refused
 * marked with a cross where it is wrong. */
export const sketch = drawn({
  sources: ["sketch-fill", "sketch-lines", "sketch-points"],
  surfaces: [
    {
      id: "sketch-fill",
      type: "fill",
      source: "sketch-fill",
      paint: { "fill-color": ink.action, "fill-opacity": 0.16 },
    },
  ],
  symbols: [
    {
      id: "sketch-before",
      type: "line",
      source: "sketch-lines",
      filter: isRole("before"),
      paint: { "line-color": ink.soft, "line-width": 2, "line-dasharray": [2, 2] },
    },
    {
      id: "sketch-lines",
      type: "line",
      source: "sketch-lines",
      filter: ["!", isRole("before")],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ink.action, "line-width": 2.6 },
    },
    {
      id: "sketch-middles",
      type: "circle",
      source: "sketch-points",
      minzoom: 15,
      filter: isRole("middle"),
      paint: { "circle-radius": 4, "circle-color": ink.action, "circle-opacity": 0.55 },
    },
    {
      id: "sketch-vertices",
      type: "circle",
      source: "sketch-points",
      filter: ["in", role, ["literal", ["vertex", "first", "picked"]]],
      paint: {
        "circle-radius": ["match", role, "vertex", 5.5, 7.5],
        "circle-color": ["match", role, "picked", ink.action, "first", ink.fresh, "#ffffff"],
        "circle-stroke-color": ["match", role, "picked", "#ffffff", "#06202f"],
        "circle-stroke-width": 2,
      },
    },
    {
      id: "sketch-refused-ring",
      type: "circle",
      source: "sketch-points",
      filter: isRole("refused"),
      paint: {
        "circle-radius": 13,
        "circle-color": refused,
        "circle-opacity": 0.2,
        "circle-stroke-color": refused,
        "circle-stroke-width": 2.5,
      },
    },
    {
      id: "sketch-refused",
      type: "symbol",
      source: "sketch-points",
      filter: isRole("refused"),
      layout: { "text-field": "✕", "text-size": 18, "text-allow-overlap": true },
      paint: { "text-color": "#ffffff", "text-halo-color": refused, "text-halo-width": 2 },
    },
  ],
});
