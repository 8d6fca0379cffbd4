import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as GlMap, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { Vertex } from "../draw/plane";
import type { Spot } from "../draw/sketch";
import type { Outlines } from "../draw/snap";
import { ink } from "./ink";
import { refused } from "./sketch";

export interface Hand {
  /** onPoint is a click on the ground, or on the first vertex of the open ring. */
  readonly onPoint: (v: Vertex) => void;
  readonly onClose: () => void;
  readonly onVertex: (spot: Spot) => void;
  readonly onMiddle: (spot: Spot, v: Vertex) => void;
  readonly onDrag: (spot: Spot, v: Vertex) => void;
  readonly onDragged: () => void;
  /** from is where the rubber band to the pointer begins, null when there is none. */
  readonly from: () => Vertex | null;
  /** fits reports whether a vertex there would be taken. */
  readonly fits: (v: Vertex) => boolean;
  readonly outlines: () => Outlines;
}

const reachPx = 9;
const band = "sketch-band"; // the line from the last vertex to the pointer
const nothing: FeatureCollection = { type: "FeatureCollection", features: [] };
const handles = ["sketch-vertices", "sketch-middles"];

/** Sketchpad turns what a hand does on the map into what it means for a sketch, until
 * it is removed. With Alt held nothing is snapped to. */
export class Sketchpad {
  readonly #map: GlMap;
  readonly #hand: Hand;
  #held: Spot | null = null;
  #moved = false;

  constructor(map: GlMap, hand: Hand) {
    this.#map = map;
    this.#hand = hand;
    map.addSource(band, { type: "geojson", data: nothing });
    map.addLayer({
      id: band,
      type: "line",
      source: band,
      paint: {
        "line-color": ["case", ["get", "refused"], refused, ink.action],
        "line-width": 2,
        "line-dasharray": [2, 2],
      },
    });
    map.doubleClickZoom.disable();
    map.on("click", this.#click);
    map.on("dblclick", this.#doubleClick);
    map.on("mousemove", this.#move);
    map.on("touchmove", this.#move);
    map.on("mousedown", this.#grab);
    map.on("touchstart", this.#grab);
    map.on("mouseup", this.#drop);
    map.on("touchend", this.#drop);
    map.getCanvas().style.cursor = "crosshair";
  }

  remove(): void {
    const map = this.#map;
    map.off("click", this.#click);
    map.off("dblclick", this.#doubleClick);
    map.off("mousemove", this.#move);
    map.off("touchmove", this.#move);
    map.off("mousedown", this.#grab);
    map.off("touchstart", this.#grab);
    map.off("mouseup", this.#drop);
    map.off("touchend", this.#drop);
    map.doubleClickZoom.enable();
    map.dragPan.enable();
    map.getCanvas().style.cursor = "";
    map.removeLayer(band);
    map.removeSource(band);
  }

  readonly #click = (event: MapMouseEvent) => {
    if (this.#moved) return;
    const handle = this.#handle(event);
    if (handle === null) this.#hand.onPoint(this.#place(event));
    else if (handle.role === "first") this.#hand.onClose();
    else if (handle.role === "middle") this.#hand.onMiddle(handle.spot, this.#raw(event));
    else this.#hand.onVertex(handle.spot);
  };

  // The two clicks of a double click have set its vertex already.
  readonly #doubleClick = (event: MapMouseEvent) => {
    event.preventDefault();
    this.#hand.onClose();
  };

  readonly #grab = (event: MapMouseEvent | MapTouchEvent) => {
    this.#moved = false;
    const handle = this.#handle(event);
    if (handle === null || handle.role === "middle") return;
    event.preventDefault();
    this.#map.dragPan.disable();
    this.#held = handle.spot;
  };

  readonly #move = (event: MapMouseEvent | MapTouchEvent) => {
    if (this.#held !== null) {
      this.#moved = true;
      this.#hand.onDrag(this.#held, this.#place(event));
      return;
    }
    const from = this.#hand.from();
    if (from === null) {
      this.#band(null);
      return;
    }
    const to = this.#place(event);
    this.#band({ from, to, refused: !this.#hand.fits(to) });
  };

  readonly #drop = () => {
    this.#map.dragPan.enable();
    if (this.#held === null) return;
    this.#held = null;
    if (this.#moved) this.#hand.onDragged();
  };

  #handle({ point: { x, y } }: MapMouseEvent | MapTouchEvent): { role: string; spot: Spot } | null {
    const box: [[number, number], [number, number]] = [
      [x - reachPx, y - reachPx],
      [x + reachPx, y + reachPx],
    ];
    const found = this.#map.queryRenderedFeatures(box, { layers: handles });
    const nearest = found.find((f) => f.properties.role !== "middle") ?? found[0];
    if (nearest === undefined) return null;
    const { role, polygon, ring, vertex } = nearest.properties;
    return {
      role: String(role),
      spot: { polygon: Number(polygon), ring: Number(ring), vertex: Number(vertex) },
    };
  }

  #raw({ lngLat }: MapMouseEvent | MapTouchEvent): Vertex {
    return rounded([lngLat.lng, lngLat.lat]);
  }

  #place(event: MapMouseEvent | MapTouchEvent): Vertex {
    const at = this.#raw(event);
    if (event.originalEvent.altKey) return at;
    const snapped = this.#hand.outlines().snap(
      at,
      ([lon, lat]) => {
        const { x, y } = this.#map.project([lon, lat]);
        return [x, y];
      },
      ([x, y]) => {
        const { lng, lat } = this.#map.unproject([x, y]);
        return rounded([lng, lat]);
      },
    );
    return snapped ?? at;
  }

  #band(to: { from: Vertex; to: Vertex; refused: boolean } | null): void {
    const source = this.#map.getSource<GeoJSONSource>(band);
    if (to === null) {
      source?.setData(nothing);
      return;
    }
    source?.setData({
      type: "Feature",
      properties: { refused: to.refused },
      geometry: { type: "LineString", coordinates: [to.from, to.to].map(([lon, lat]) => [lon, lat]) },
    });
  }
}

// A centimetre is finer than any hand; more digits only look exact.
function rounded([lon, lat]: Vertex): Vertex {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}
