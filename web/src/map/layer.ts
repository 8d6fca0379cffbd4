import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as GlMap, LayerSpecification } from "maplibre-gl";

/** Layer is one concern of the map: what it adds it draws into and removes. */
export interface Layer<T> {
  /** picks names the style layers whose features a click picks by their id. */
  readonly picks: readonly string[];
  add(map: GlMap): void;
  draw(map: GlMap, data: T): void;
  show(map: GlMap, visible: boolean): void;
  remove(map: GlMap): void;
}

/** Sourced is a style layer that reads a GeoJSON source. */
export type Sourced = Exclude<LayerSpecification, { type: "background" | "hillshade" | "color-relief" }>;

export interface Drawing<S extends string> {
  readonly sources: readonly S[];
  /** surfaces lie below every layer's symbols. */
  readonly surfaces: readonly Sourced[];
  readonly symbols?: readonly Sourced[];
  readonly picks?: readonly string[];
  /** images adds the images that the styles name. */
  readonly images?: (map: GlMap) => void;
}

/** symbolsFrom is the style layer below which all surfaces lie. */
export const symbolsFrom = "symbols-from-here";

/** drawn makes a layer of GeoJSON sources and the style layers that read them. */
export function drawn<S extends string>(drawing: Drawing<S>): Layer<Readonly<Record<S, FeatureCollection>>> {
  const { sources, surfaces, symbols = [], picks = [], images } = drawing;
  const styled = [...surfaces, ...symbols];
  return {
    picks,
    add(map) {
      images?.(map);
      for (const source of sources) {
        map.addSource(source, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
      }
      for (const layer of surfaces) map.addLayer(layer, symbolsFrom);
      for (const layer of symbols) map.addLayer(layer);
    },
    draw(map, data) {
      for (const source of sources) map.getSource<GeoJSONSource>(source)?.setData(data[source]);
    },
    show(map, visible) {
      for (const { id } of styled) map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
    },
    remove(map) {
      for (const { id } of styled) map.removeLayer(id);
      for (const source of sources) map.removeSource(source);
    },
  };
}
