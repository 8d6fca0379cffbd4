import { metresApart } from "../distance";
import type { FixReport } from "./queue";

const paceMs = 4_000; // fixes that follow sooner are kept only
const stepM = 8; // when they lie so far apart
const stillMs = 30_000; // a phone that does not move is asked where it is so often

/** Trouble is why the phone does not say where it is. */
export type Trouble = "denied" | "unavailable" | "insecure";

/** Place is the newest position, whether or not it became a fix. */
export interface Place {
  readonly lon: number;
  readonly lat: number;
  readonly accuracyM: number;
  readonly headingDeg: number | null;
  readonly tMs: number;
}

export interface PositionsOptions {
  readonly onPlace: (place: Place) => void;
  readonly onFix: (fix: FixReport) => void;
  readonly onTrouble: (trouble: Trouble | null) => void;
  readonly battery: () => number | null;
}

/** Positions turns the phone's positions into fixes until it is closed. */
export class Positions {
  readonly #options: PositionsOptions;
  readonly #watch: number | null = null;
  #last: Place | null = null;
  #still: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: PositionsOptions) {
    this.#options = options;
    if (!isSecureContext || navigator.geolocation === undefined) {
      options.onTrouble("insecure");
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      (p) => this.#take(p),
      (e) => this.#fail(e),
      { enableHighAccuracy: true, maximumAge: 0 },
    );
    this.#waitStill();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#still);
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
  }

  #take({ coords, timestamp }: GeolocationPosition): void {
    if (this.#closed) return;
    this.#waitStill();
    const place: Place = {
      lon: coords.longitude,
      lat: coords.latitude,
      accuracyM: coords.accuracy,
      headingDeg: known(coords.heading),
      tMs: Math.floor(timestamp),
    };
    this.#options.onTrouble(null);
    this.#options.onPlace(place);
    if (!worthKeeping(this.#last, place)) return;
    this.#last = place;
    this.#options.onFix(report(coords, place.tMs, this.#options.battery()));
  }

  #fail(error: GeolocationPositionError): void {
    if (this.#closed) return;
    if (error.code === error.PERMISSION_DENIED) this.#options.onTrouble("denied");
    else if (error.code === error.POSITION_UNAVAILABLE) this.#options.onTrouble("unavailable");
  }

  #waitStill(): void {
    clearTimeout(this.#still);
    if (this.#closed) return;
    this.#still = setTimeout(() => {
      navigator.geolocation.getCurrentPosition(
        (p) => this.#take(p),
        (e) => this.#fail(e),
        { enableHighAccuracy: true, maximumAge: 0, timeout: stillMs },
      );
      this.#waitStill();
    }, stillMs);
  }
}

/** worthKeeping thins what some phones report many times a second. */
export function worthKeeping(last: Place | null, now: Place): boolean {
  if (last === null) return true;
  if (now.tMs <= last.tMs) return false;
  return now.tMs - last.tMs >= paceMs || metresApart(last, now) >= stepM;
}

function report(c: GeolocationCoordinates, tMs: number, battery: number | null): FixReport {
  const altitude = known(c.altitude);
  const speed = known(c.speed);
  const heading = known(c.heading);
  return {
    t: new Date(tMs).toISOString(),
    lon: c.longitude,
    lat: c.latitude,
    ...(c.accuracy > 0 ? { accuracy_m: c.accuracy } : {}),
    ...(altitude === null ? {} : { altitude_m: altitude }),
    ...(speed === null ? {} : { speed_mps: speed }),
    ...(heading === null ? {} : { heading_deg: heading }),
    ...(battery === null ? {} : { battery }),
  };
}

// Browsers say null or NaN for what they do not know.
function known(v: number | null): number | null {
  return v === null || !Number.isFinite(v) ? null : v;
}
