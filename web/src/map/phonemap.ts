import type { Feature } from "geojson";
import { Map as GlMap, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { metresPerDegree } from "../distance";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Level } from "../api";
import type { Place } from "../field/position";
import { day, daylight } from "./daylight";
import { symbolsFrom } from "./layer";
import { hatchLevels } from "./zones";

setWorkerUrl(workerUrl);

export type PhoneLayer = Exclude<keyof typeof daylight, "me">;
type DataOf<N extends PhoneLayer> = Parameters<(typeof daylight)[N]["draw"]>[1];

export interface PhoneMapOptions {
  readonly container: HTMLElement;
  readonly title: string;
  readonly onIdle: () => void;
  readonly onBusy: () => void;
  /** onMoved is called when a hand moves the map away from the phone's place. */
  readonly onMoved: () => void;
}

const nearZoom = 16.5;

/** PhoneMap is the field page's map: north up, around the phone. */
export class PhoneMap {
  readonly #map: GlMap;
  readonly #waiting: (() => void)[] = [];
  #ready = false;
  #placed = false;

  constructor({ container, title, onIdle, onBusy, onMoved }: PhoneMapOptions) {
    this.#map = new GlMap({
      container,
      style: {
        version: 8,
        sources: {},
        layers: [
          { id: "ground", type: "background", paint: { "background-color": day.ground } },
          { id: symbolsFrom, type: "background", layout: { visibility: "none" } },
        ],
      },
      center: [104, 35],
      zoom: 3,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 20,
      locale: { "Map.Title": title },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.once("load", () => this.#start());
    this.#map.on("idle", () => this.#ready && onIdle());
    this.#map.on("movestart", onBusy);
    this.#map.on("dragstart", onMoved);
  }

  /** draw gives one layer what it shows from now on. */
  draw<N extends PhoneLayer>(name: N, data: DataOf<N>): void {
    const layer = daylight[name] as { draw(map: GlMap, data: DataOf<N>): void };
    this.#then(() => layer.draw(this.#map, data));
  }

  /** me draws where the phone is, how well it knows that, and where it was. */
  me(place: Place | null, trail: readonly Place[]): void {
    const at: Feature[] = place === null ? [] : [circle(place), point(place)];
    const walked: Feature[] =
      trail.length < 2
        ? []
        : [
            {
              type: "Feature",
              properties: {},
              geometry: { type: "LineString", coordinates: trail.map((p) => [p.lon, p.lat]) },
            },
          ];
    this.#then(() =>
      daylight.me.draw(this.#map, {
        me: { type: "FeatureCollection", features: at },
        walked: { type: "FeatureCollection", features: walked },
      }),
    );
  }

  levels(table: readonly Level[]): void {
    this.#then(() => hatchLevels(this.#map, table));
  }

  /** follow keeps the phone's place in the middle. */
  follow({ lon, lat }: Place): void {
    const zoom = this.#placed ? this.#map.getZoom() : nearZoom;
    this.#map.easeTo({ center: [lon, lat], zoom, duration: this.#placed ? 400 : 0 });
    this.#placed = true;
  }

  remove(): void {
    this.#map.remove();
  }

  #start(): void {
    for (const layer of Object.values(daylight)) layer.add(this.#map);
    this.#ready = true;
    for (const drawing of this.#waiting.splice(0)) drawing();
  }

  #then(drawing: () => void): void {
    if (this.#ready) drawing();
    else this.#waiting.push(drawing);
  }
}

function point({ lon, lat }: Place): Feature {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } };
}

// The circle within which the phone is, as it says.
function circle({ lon, lat, accuracyM }: Place): Feature {
  const corners = 48;
  const ring = Array.from({ length: corners + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % corners)) / corners;
    const east = (accuracyM * Math.cos(turn)) / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
    return [lon + east, lat + (accuracyM * Math.sin(turn)) / metresPerDegree];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}
