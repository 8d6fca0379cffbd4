import { Awake } from "./awake";
import { type Place, Positions, type Trouble } from "./position";
import type { FixReport, Queue } from "./queue";
import { Sender, type Sending } from "./sender";
import {
  nowhere,
  type Person,
  parseSurroundings,
  person,
  refusedAs,
  type Surroundings,
  surroundings,
} from "./wire";

const lookMs = 20_000; // how often the surroundings are asked for
const trailMost = 400;

interface Battery extends EventTarget {
  readonly level: number;
}

/** Shift is a phone that knows who it is: its duty, its positions on their way to the
 * server, and what lies around it. close ends all that. */
export class Shift {
  who: Person = $state.raw({} as Person);
  dutySinceMs: number | null = $state(null);
  sending: Sending = $state.raw({ queued: 0, sentMs: null, trouble: "none", refused: "" });
  place: Place | null = $state.raw(null);
  trail: readonly Place[] = $state.raw([]);
  trouble: Trouble | null = $state(null);
  around: Surroundings = $state.raw(nowhere);
  aroundMs: number | null = $state(null); // when the server last told
  awake = $state(false);
  battery: number | null = $state(null);
  nowMs = $state(Date.now());
  broken = $state(""); // what the phone itself could not do

  readonly #queue: Queue;
  readonly #key: string;
  readonly #sender: Sender;
  readonly #awake = new Awake((held) => (this.awake = held));
  #positions: Positions | null = null;
  #looking: ReturnType<typeof setTimeout> | undefined;
  readonly #clock: ReturnType<typeof setInterval>;
  #closed = false;

  constructor(queue: Queue, key: string, who: Person) {
    this.#queue = queue;
    this.#key = key;
    this.who = who;
    this.#sender = new Sender(queue, key, (sending) => {
      this.sending = sending;
    });
    this.#clock = setInterval(() => {
      this.nowMs = Date.now();
    }, 1000);
    void this.#resume();
    void this.#watchBattery();
  }

  close(): void {
    this.#closed = true;
    this.#positions?.close();
    this.#sender.close();
    this.#awake.close();
    clearInterval(this.#clock);
    clearTimeout(this.#looking);
  }

  async startDuty(): Promise<void> {
    await this.#tellDuty(true);
    void navigator.storage?.persist?.();
    this.#share();
  }

  async endDuty(): Promise<void> {
    await this.#tellDuty(false);
    this.#positions?.close();
    this.#positions = null;
    this.trouble = null;
    this.#awake.want(false);
  }

  /** retryPosition asks the phone again after it was denied. */
  retryPosition(): void {
    if (this.dutySinceMs !== null) this.#share();
  }

  // A duty that was not ended goes on where it was, also after the browser was closed.
  async #resume(): Promise<void> {
    const since = await this.#queue.recall("duty");
    const known = await this.#queue.recall("around");
    try {
      if (known !== undefined) this.around = parseSurroundings(known);
    } catch (error) {
      reportError(error); // of an older version of the page
    }
    if (this.#closed) return;
    if (typeof since === "number") {
      this.dutySinceMs = since;
      this.#share();
    }
    void this.#look();
    void this.#refreshWho();
  }

  async #tellDuty(on: boolean): Promise<void> {
    const nowMs = Date.now();
    try {
      await this.#queue.add("duties", { t: new Date(nowMs).toISOString(), on });
      await this.#queue.keep("duty", on ? nowMs : null);
    } catch (error) {
      this.#break(error);
      return;
    }
    this.dutySinceMs = on ? nowMs : null;
    this.#sender.wake();
  }

  #share(): void {
    this.#positions?.close();
    this.#awake.want(true);
    this.#positions = new Positions({
      onPlace: (place) => {
        this.place = place;
        this.trail = [...this.trail.slice(1 - trailMost), place];
      },
      onFix: (fix) => void this.#keep(fix),
      onTrouble: (trouble) => {
        this.trouble = trouble;
      },
      battery: () => this.battery,
    });
  }

  async #keep(fix: FixReport): Promise<void> {
    try {
      await this.#queue.add("fixes", fix);
      this.broken = "";
    } catch (error) {
      this.#break(error);
    }
    this.#sender.wake();
  }

  #break(error: unknown): void {
    this.broken = error instanceof DOMException ? error.name : "Error";
    reportError(error);
  }

  async #look(): Promise<void> {
    clearTimeout(this.#looking);
    try {
      const told = await surroundings(this.#key);
      this.around = parseSurroundings(told);
      this.aroundMs = Date.now();
      await this.#queue.keep("around", told);
    } catch (error) {
      if (refusedAs(error, 401)) this.#sender.wake();
    }
    if (!this.#closed) this.#looking = setTimeout(() => void this.#look(), lookMs);
  }

  async #refreshWho(): Promise<void> {
    try {
      this.who = await person(this.#key);
      await this.#queue.keep("who", this.who);
    } catch {
      // The sender says what is wrong between phone and server.
    }
  }

  // Only some browsers tell.
  async #watchBattery(): Promise<void> {
    const ask = (navigator as { getBattery?: () => Promise<Battery> }).getBattery;
    if (ask === undefined) return;
    const battery = await ask.call(navigator);
    const tell = () => {
      this.battery = battery.level;
    };
    tell();
    battery.addEventListener("levelchange", tell);
  }
}
