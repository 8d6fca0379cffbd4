import { coverage } from "./api";
import type { Coverage } from "./coverage";

const restMs = 2_500;

/** Coverages asks for the live coverage of one watch after another, gently, in a round
 * that puts first what somebody looks at or what just changed. */
export class Coverages {
  readonly #onCoverage: (watch: string, coverage: Coverage) => void;
  readonly #abort = new AbortController();
  #watches: readonly string[] = [];
  #urgent: string[] = [];
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;

  constructor(onCoverage: (watch: string, coverage: Coverage) => void) {
    this.#onCoverage = onCoverage;
  }

  /** of sets the watches there are; those not known before are asked for at once. */
  of(watches: readonly string[]): void {
    const known = new Set(this.#watches);
    this.#watches = watches;
    this.soon(...watches.filter((w) => !known.has(w)));
  }

  /** soon asks for these before the others. */
  soon(...watches: string[]): void {
    const waiting = new Set(this.#urgent);
    this.#urgent.push(...watches.filter((w) => !waiting.has(w)));
    if (this.#urgent.length > 0 && !this.#asking) void this.#ask();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    const watch = this.#urgent.shift() ?? this.#watches[this.#next++ % Math.max(1, this.#watches.length)];
    if (watch !== undefined) {
      this.#asking = true;
      // What failed is asked again in the next round; the last answer stands until then.
      const answer = await coverage(watch, this.#abort.signal).catch(() => null);
      this.#asking = false;
      if (this.#abort.signal.aborted) return;
      if (answer !== null) this.#onCoverage(watch, answer);
    }
    this.#timer = setTimeout(() => void this.#ask(), this.#urgent.length > 0 ? 0 : restMs);
  }
}
