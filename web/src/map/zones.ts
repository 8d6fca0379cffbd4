import type { Map as GlMap } from "maplibre-gl";
import type { Level } from "../api";
import { hatchTile, isPattern } from "./hatch";
import { label } from "./ink";
import { drawn } from "./layer";

const pixelRatio = 2;

/** hatchLevels gives the map the hatch of every level of the deployment's table. */
export function hatchLevels(map: GlMap, levels: readonly Level[]): void {
  for (const { code, colour, hatch } of levels) {
    const id = `zone-${code}`;
    if (map.hasImage(id)) map.removeImage(id);
    map.addImage(id, levelTile(colour, hatch), { pixelRatio });
  }
}

/** levelTile draws a level's hatch; the legend shows the same. */
export function levelTile(colour: string, hatch: string) {
  const pattern = isPattern(hatch) ? hatch : "none";
  const strong = pattern === "diagonal";
  const dots = pattern === "dots";
  return hatchTile({
    colour,
    pattern,
    size: dots ? 20 : strong ? 26 : 34,
    stroke: dots ? 4.4 : strong ? 6 : 3,
    groundAlpha: strong ? 0.15 : dots ? 0.07 : 0.11,
    strokeAlpha: strong ? 0.66 : 0.58,
  });
}

/** zones in force are filled and hatched by level; what is drafted is a dashed outline. */
export const zones = drawn({
  sources: ["zones", "zone-names"],
  picks: ["zone-fills"],
  surfaces: [
    {
      id: "zone-fills",
      type: "fill",
      source: "zones",
      filter: ["get", "inForce"],
      paint: { "fill-pattern": ["concat", "zone-", ["get", "level"]] },
    },
    {
      id: "zone-outlines",
      type: "line",
      source: "zones",
      filter: ["get", "inForce"],
      layout: { "line-join": "round" },
      paint: { "line-color": ["get", "colour"], "line-width": 2 },
    },
    {
      id: "zone-drafts",
      type: "line",
      source: "zones",
      filter: ["!", ["get", "inForce"]],
      paint: {
        "line-color": ["get", "colour"],
        "line-width": 1.6,
        "line-dasharray": [3, 3],
        "line-opacity": 0.8,
      },
    },
  ],
  symbols: [
    {
      id: "zone-names",
      type: "symbol",
      source: "zone-names",
      minzoom: 12,
      layout: {
        ...label,
        "text-field": ["get", "name"],
        "text-size": 12.5,
        "text-variable-anchor": ["center", "top", "bottom"],
        "text-radial-offset": 0.8,
        "text-padding": 4,
      },
      paint: { "text-color": "#ffe9de", "text-halo-color": "#0f151b", "text-halo-width": 2 },
    },
  ],
});
