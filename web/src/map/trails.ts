import { ink } from "./ink";
import { drawn } from "./layer";

/** trails are where trackers were just seen, and the stored track of one of them. */
export const trails = drawn({
  sources: ["trails", "track"],
  surfaces: [
    {
      id: "track",
      type: "line",
      source: "track",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ink.action, "line-width": 1.8, "line-opacity": 0.6 },
    },
    {
      id: "trails",
      type: "line",
      source: "trails",
      minzoom: 13,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": ["match", ["get", "kind"], "drone", ink.action, ink.text],
        "line-width": 1.8,
        "line-opacity": 0.34,
      },
    },
  ],
});
