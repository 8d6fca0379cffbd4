import { ink } from "./ink";
import { drawn } from "./layer";

/** outlines are those that perimeter watches look after; gaps lie on them. */
export const outlines = drawn({
  sources: ["outlines"],
  surfaces: [
    {
      id: "outlines",
      type: "line",
      source: "outlines",
      layout: { "line-join": "round" },
      paint: { "line-color": ink.soft, "line-width": 4, "line-opacity": 0.55 },
    },
  ],
});
