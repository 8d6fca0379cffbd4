import { Refused } from "./api";
import { type Past, readPast } from "./past";
import type { State } from "./state";

const restMs = 250; // a slider that is still moving asks for nothing
export const reachMs = 24 * 60 * 60_000;
export const stepMs = 60_000;

/** Trouble is why a moment cannot be shown: no longer kept, or not reached. */
export type Trouble = "gone" | "away";

/** Playback shows a past moment in the place of the live picture, until it is closed. */
export class Playback {
  wantedMs: number | null = $state(null); // what the slider stands at; null: live
  past: Past | null = $state.raw(null); // what is shown
  trouble: Trouble | null = $state(null);
  openedMs = $state(0); // the slider's right end
  readonly loading = $derived(
    this.wantedMs !== null && this.past?.atMs !== this.wantedMs && this.trouble === null,
  );

  readonly #state: () => State;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  constructor(state: () => State) {
    this.#state = state;
  }

  get playing(): boolean {
    return this.wantedMs !== null;
  }

  /** open shows what was so long ago, on the whole minute. */
  open(nowMs: number, agoMs: number): void {
    this.openedMs = Math.floor(nowMs / stepMs) * stepMs;
    this.to(this.openedMs - agoMs);
  }

  /** to shows another moment, within what the slider reaches. */
  to(ms: number): void {
    this.wantedMs = Math.min(Math.max(ms, this.openedMs - reachMs), this.openedMs);
    this.trouble = null;
    this.#stop();
    this.#timer = setTimeout(() => void this.#read(), restMs);
  }

  close(): void {
    this.#stop();
    this.wantedMs = null;
    this.past = null;
    this.trouble = null;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #read(): Promise<void> {
    const atMs = this.wantedMs;
    if (atMs === null) return;
    const { signal } = this.#abort;
    try {
      const past = await readPast(this.#state(), atMs, signal);
      if (!signal.aborted) this.past = past;
    } catch (error) {
      if (signal.aborted) return;
      this.trouble = error instanceof Refused && error.status === 410 ? "gone" : "away";
    }
  }
}
