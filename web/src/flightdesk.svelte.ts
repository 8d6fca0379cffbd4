import type { FeatureCollection } from "geojson";
import { Refused } from "./api";
import { cameras, type FileFormat, type Flight, type FlightAsk, flightFile, planFlight } from "./flight";
import { nothing } from "./geojson";

/** FlightDesk plans one drone flight at a time, and hands out its files. */
export class FlightDesk {
  models: readonly string[] = $state.raw([]);
  flight: Flight | null = $state.raw(null);
  asked: FlightAsk | null = $state.raw(null); // what flight was planned for
  busy: boolean = $state(false);
  /** refused is why there is no flight: the server's sentence, "" when it was not reached. */
  refused: string | null = $state.raw(null);
  #abort = new AbortController();

  /** drawn is what the map shows of the flight. */
  get drawn(): FeatureCollection {
    return this.flight?.drawn ?? nothing;
  }

  async readModels(): Promise<void> {
    if (this.models.length > 0) return;
    try {
      this.models = await cameras(this.#abort.signal);
    } catch (error) {
      this.#refuse(error);
    }
  }

  async plan(asked: FlightAsk): Promise<void> {
    this.clear();
    const { signal } = this.#abort;
    this.busy = true;
    try {
      const flight = await planFlight(asked, signal);
      if (signal.aborted) return;
      this.flight = flight;
      this.asked = asked;
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  /** file returns the flight as a file, null when it was refused. */
  async file(format: FileFormat, sortie: number): Promise<Blob | null> {
    if (this.asked === null) return null;
    this.refused = null;
    try {
      return await flightFile(this.asked, format, sortie);
    } catch (error) {
      this.#refuse(error);
      return null;
    }
  }

  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.flight = null;
    this.asked = null;
    this.refused = null;
    this.busy = false;
  }

  #refuse(error: unknown): void {
    this.refused = error instanceof Refused ? error.message : "";
  }
}
