import { ink } from "./ink";
import { drawn } from "./layer";

const kind = (name: string) => ["==", ["get", "kind"], name] as ["==", ["get", "kind"], string];

/** flights is a planned drone flight: lanes drawn through, the ways between them dashed,
 * rings where sorties begin and end. */
export const flights = drawn({
  sources: ["flights"],
  surfaces: [
    {
      id: "flight-transits",
      type: "line",
      source: "flights",
      filter: kind("transit"),
      paint: { "line-color": ink.text, "line-width": 1.4, "line-dasharray": [2, 2], "line-opacity": 0.8 },
    },
    {
      id: "flight-lanes",
      type: "line",
      source: "flights",
      filter: kind("lane"),
      layout: { "line-cap": "round" },
      paint: { "line-color": ink.action, "line-width": 2.2 },
    },
  ],
  symbols: [
    {
      id: "flight-takeoffs",
      type: "circle",
      source: "flights",
      filter: kind("takeoff"),
      paint: {
        "circle-radius": 6,
        "circle-color": ink.map,
        "circle-stroke-color": ink.action,
        "circle-stroke-width": 2.4,
      },
    },
  ],
});
