import type { Map as GlMap } from "maplibre-gl";
import type { Box } from "../labelpoint";

/** idlenessId names the source and the layer. */
export const idlenessId = "idleness";

/** Shaded is a watch's tiles and the box around its subject, beyond which there are none. */
export interface Shaded {
  readonly tiles: string;
  readonly box: Box;
}

/** shade shows how long the pieces of one watch's subject went unseen, or nothing, below
 * the style layer that is named. */
export function shade(map: GlMap, shaded: Shaded | null, below: string): void {
  if (map.getLayer(idlenessId) !== undefined) map.removeLayer(idlenessId);
  if (map.getSource(idlenessId) !== undefined) map.removeSource(idlenessId);
  if (shaded === null) return;
  const { west, south, east, north } = shaded.box;
  map.addSource(idlenessId, {
    type: "raster",
    tiles: [shaded.tiles],
    tileSize: 256,
    maxzoom: 22,
    bounds: [west, south, east, north],
  });
  const paint = { "raster-resampling": "nearest", "raster-fade-duration": 0 } as const;
  map.addLayer({ id: idlenessId, type: "raster", source: idlenessId, paint }, below);
}

/** refreshShade asks for the tiles in view again; the old ones stay until the new are
 * there. */
export function refreshShade(map: GlMap): void {
  if (map.getSource(idlenessId) !== undefined) map.refreshTiles(idlenessId);
}
