/** Awake keeps the screen on while it is wanted: a phone whose screen is off shares
 * nothing. The browser lets go whenever the page is hidden, so it is asked again when
 * the page is shown. */
export class Awake {
  readonly #onChange: (held: boolean) => void;
  #lock: WakeLockSentinel | null = null;
  #wanted = false;
  readonly #shown = () => {
    if (document.visibilityState === "visible" && this.#wanted) void this.#hold();
  };

  constructor(onChange: (held: boolean) => void) {
    this.#onChange = onChange;
    document.addEventListener("visibilitychange", this.#shown);
  }

  want(on: boolean): void {
    this.#wanted = on;
    if (on) void this.#hold();
    else void this.#lock?.release();
  }

  close(): void {
    this.want(false);
    document.removeEventListener("visibilitychange", this.#shown);
  }

  async #hold(): Promise<void> {
    if (!("wakeLock" in navigator) || (this.#lock !== null && !this.#lock.released)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      this.#lock.addEventListener("release", () => this.#onChange(false));
      this.#onChange(true);
      if (!this.#wanted) await this.#lock.release();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.#onChange(false); // a low battery, or the page is hidden
    }
  }
}
