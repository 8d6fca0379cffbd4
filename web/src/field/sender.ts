import { Refused } from "../api";
import { waitMs } from "../socket";
import type { Queue } from "./queue";
import { refusedAs, sendDuty, sendFixes } from "./wire";

/** Sending is how it stands with what the phone has to send. */
export interface Sending {
  readonly queued: number;
  readonly sentMs: number | null; // when the server last acknowledged something
  readonly trouble: "none" | "offline" | "busy" | "revoked";
  readonly refused: string; // the newest reason for which a report was refused
}

const batch = 500;
const longestMs = 60_000;

/** Sender empties a queue into the server, oldest first. What is not acknowledged stays
 * in the queue; after trouble it tries again, each time later, or as soon as the phone
 * says that it is online. */
export class Sender {
  readonly #queue: Queue;
  readonly #key: string;
  readonly #onChange: (sending: Sending) => void;
  #sending: Sending = { queued: 0, sentMs: null, trouble: "none", refused: "" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #busy = false;
  #again = false;
  #closed = false;
  readonly #online = () => {
    this.#failures = 0;
    this.wake();
  };

  constructor(queue: Queue, key: string, onChange: (sending: Sending) => void) {
    this.#queue = queue;
    this.#key = key;
    this.#onChange = onChange;
    addEventListener("online", this.#online);
    void this.#recall();
    this.wake();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#online);
  }

  /** wake sends what is queued, now or, after trouble, when its time has come. */
  wake(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    if (this.#closed || this.#sending.trouble === "revoked") return;
    if (this.#failures > 0 && this.#timer !== undefined) {
      void this.#counted();
      return;
    }
    void this.#send();
  }

  async #send(): Promise<void> {
    this.#busy = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      while (!this.#closed && (await this.#sendSome()));
      this.#failures = 0;
      await this.#counted({ trouble: "none" });
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.#busy = false;
    }
    if (this.#again) {
      this.#again = false;
      this.wake();
    }
  }

  async #recall(): Promise<void> {
    const sentMs = await this.#queue.recall("sent");
    if (typeof sentMs === "number" && this.#sending.sentMs === null) await this.#counted({ sentMs });
  }

  // One request; false when nothing is left.
  async #sendSome(): Promise<boolean> {
    const [duty] = await this.#queue.head("duties", 1);
    if (duty !== undefined) {
      const refused = await refusal(() => sendDuty(this.#key, duty.value));
      await this.#queue.drop("duties", [duty]);
      await this.#counted(refused === "" ? await this.#sent() : { refused });
      return true;
    }
    const fixes = await this.#queue.head("fixes", batch);
    if (fixes.length === 0) return false;
    const reasons = await sendFixes(
      this.#key,
      fixes.map((f) => f.value),
    );
    await this.#queue.drop("fixes", fixes);
    const refused = reasons.at(-1) ?? this.#sending.refused;
    await this.#counted({ ...(await this.#sent()), refused });
    return true;
  }

  async #sent(): Promise<{ sentMs: number }> {
    const sentMs = Date.now();
    await this.#queue.keep("sent", sentMs);
    return { sentMs };
  }

  async #failed(error: unknown): Promise<void> {
    if (refusedAs(error, 401)) return this.#counted({ trouble: "revoked" });
    this.#failures++;
    const answered = error instanceof Refused;
    if (!answered && !(error instanceof TypeError) && !(error instanceof DOMException)) reportError(error);
    const asked = answered && error.retryAfterS !== null ? error.retryAfterS * 1000 : 0;
    const wait = Math.min(longestMs, Math.max(asked, waitMs(this.#failures, Math.random())));
    this.#timer = setTimeout(() => void this.#send(), wait);
    await this.#counted({ trouble: answered ? "busy" : "offline" });
  }

  async #counted(change: Partial<Sending> = {}): Promise<void> {
    const [fixes, duties] = await Promise.all([this.#queue.count("fixes"), this.#queue.count("duties")]);
    this.#sending = { ...this.#sending, ...change, queued: fixes + duties };
    if (!this.#closed) this.#onChange(this.#sending);
  }
}

// A report that the server will never take (422) is not sent for ever.
async function refusal(send: () => Promise<void>): Promise<string> {
  try {
    await send();
    return "";
  } catch (error) {
    if (error instanceof Refused && error.status === 422) return error.message;
    throw error;
  }
}
