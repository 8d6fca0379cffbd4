import { type ErrorEvent, Map as GlMap, type MapMouseEvent, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Level } from "../api";
import type { Box } from "../labelpoint";
import type { Pickable, Selection } from "../selection";
import { areas } from "./areas";
import { buildings } from "./buildings";
import { checkpoints } from "./checkpoints";
import { flights } from "./flights";
import { gaps } from "./gaps";
import { idlenessId, refreshShade, type Shaded, shade } from "./idleness";
import { ink } from "./ink";
import { symbolsFrom } from "./layer";
import { outlines } from "./outlines";
import { selected } from "./selected";
import { sketch } from "./sketch";
import { type Hand, Sketchpad } from "./sketchpad";
import { streets } from "./streets";
import { trackers } from "./trackers";
import { trails } from "./trails";
import { hatchLevels, zones } from "./zones";

setWorkerUrl(workerUrl);

// From the ground up; of names, the last gets its place first.
const layers = {
  streets,
  areas,
  buildings,
  zones,
  outlines,
  checkpoints,
  trails,
  trackers,
  gaps,
  selected,
  flights,
  sketch,
};
export type LayerName = keyof typeof layers;
type DataOf<N extends LayerName> = Parameters<(typeof layers)[N]["draw"]>[1];

// What a click takes where several lie above one another, first to last.
const picked: readonly (readonly [LayerName, Pickable])[] = [
  ["trackers", "trackers"],
  ["checkpoints", "checkpoints"],
  ["gaps", "gaps"],
  ["zones", "zones"],
  ["buildings", "areas"],
  ["areas", "areas"],
];
const reachPx = 7; // a thumb's grace around points
const closest = 17;

/** ShadeStatus is how far the tiles in view have come. */
export type ShadeStatus = "loading" | "ready" | "failed";

export interface LiveMapOptions {
  readonly container: HTMLElement;
  readonly title: string;
  readonly onPick: (selection: Selection | null) => void;
  /** onIdle is called whenever everything given so far has been drawn. */
  readonly onIdle: () => void;
  readonly onBusy: () => void;
  readonly onShade: (status: ShadeStatus) => void;
}

/** LiveMap is the map behind one small door: panels know nothing of MapLibre. Drawing
 * before the style is there is kept until it is. */
export class LiveMap {
  readonly #map: GlMap;
  readonly #waiting: (() => void)[] = [];
  #ready = false;
  #pad: Sketchpad | null = null;
  #shadeFailed = false;

  constructor({ container, title, onPick, onIdle, onBusy, onShade }: LiveMapOptions) {
    this.#map = new GlMap({
      container,
      style: {
        version: 8,
        sources: {},
        layers: [
          { id: "ground", type: "background", paint: { "background-color": ink.map } },
          { id: symbolsFrom, type: "background", layout: { visibility: "none" } },
        ],
      },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 21,
      locale: { "Map.Title": title },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
    this.#map.once("load", () => this.#start());
    this.#map.on("click", (event) => {
      if (this.#pad === null) onPick(this.#pick(event));
    });
    this.#map.on("mousemove", (event) => {
      if (this.#pad !== null) return;
      this.#map.getCanvas().style.cursor = this.#pick(event) === null ? "" : "pointer";
    });
    this.#map.on("idle", () => this.#ready && onIdle());
    this.#map.on("movestart", onBusy);
    this.#map.on("sourcedata", ({ sourceId, isSourceLoaded }) => {
      if (sourceId === idlenessId && isSourceLoaded && !this.#shadeFailed) onShade("ready");
    });
    this.#map.on("error", (event: ErrorEvent & { sourceId?: string }) => {
      if (event.sourceId !== idlenessId) return reportError(event.error);
      this.#shadeFailed = true;
      onShade("failed");
    });
  }

  /** draw gives one layer what it shows from now on. */
  draw<N extends LayerName>(name: N, data: DataOf<N>): void {
    const layer = layers[name] as { draw(map: GlMap, data: DataOf<N>): void };
    this.#then(() => layer.draw(this.#map, data));
  }

  show(name: LayerName, visible: boolean): void {
    this.#then(() => layers[name].show(this.#map, visible));
  }

  /** shade shows one watch's idleness, or none. */
  shade(shaded: Shaded | null): void {
    this.#shadeFailed = false;
    this.#then(() => shade(this.#map, shaded, "zone-fills"));
  }

  refreshShade(): void {
    this.#shadeFailed = false;
    this.#then(() => refreshShade(this.#map));
  }

  /** levels gives the hatches of the deployment's levels of restriction. */
  levels(table: readonly Level[]): void {
    this.#then(() => hatchLevels(this.#map, table));
  }

  /** flyTo shows a box, never nearer than a building's width. Where a person asked for
   * less motion it jumps. */
  flyTo({ west, south, east, north }: Box, animate = true): void {
    if (!(west <= east)) return;
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const padding = Math.min(90, clientWidth / 6, clientHeight / 6);
    const bounds: [number, number, number, number] = [west, south, east, north];
    this.#map.fitBounds(bounds, { padding, maxZoom: closest, duration: animate ? 700 : 0 });
  }

  /** sketching gives the map into a drawing hand, or back (null). */
  sketching(hand: Hand | null): void {
    this.#then(() => {
      this.#pad?.remove();
      this.#pad = hand === null ? null : new Sketchpad(this.#map, hand);
    });
  }

  zoomIn(): void {
    this.#map.zoomIn();
  }

  zoomOut(): void {
    this.#map.zoomOut();
  }

  remove(): void {
    this.#map.remove();
  }

  #start(): void {
    for (const layer of Object.values(layers)) layer.add(this.#map);
    this.#ready = true;
    for (const drawing of this.#waiting.splice(0)) drawing();
  }

  #then(drawing: () => void): void {
    if (this.#ready) drawing();
    else this.#waiting.push(drawing);
  }

  #pick({ point: { x, y } }: MapMouseEvent): Selection | null {
    if (!this.#ready) return null;
    for (const [layer, collection] of picked) {
      const around = layer === "trackers" || layer === "checkpoints" ? reachPx : 0;
      const box: [[number, number], [number, number]] = [
        [x - around, y - around],
        [x + around, y + around],
      ];
      const [top] = this.#map.queryRenderedFeatures(box, { layers: [...layers[layer].picks] });
      const id: unknown = top?.properties.id;
      if (typeof id === "string") return { collection, id };
    }
    return null;
  }
}
