import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { Refused } from "./api";
import type { Gap } from "./gap";
import { acknowledge, assign, reopen, waive } from "./gapapi";

/** Verb is what a person can do about a gap. */
export type Verb = "acknowledge" | "assign" | "waive" | "reopen";

/** Refusal is why it was not done: the server's status, or 0 when it was not reached. */
export interface Refusal {
  readonly status: number;
  readonly sentence: string;
}

/** Done is what was done last, which can be taken back until it is another's. */
export interface Done {
  readonly verb: Verb;
  readonly gap: Gap; // as the server answered
}

/** Asking is a gap about which more must be said before it is done. */
export type Asking =
  | { readonly verb: "assign"; readonly gap: Gap; readonly note: string }
  | { readonly verb: "waive"; readonly gap: Gap };

/** GapDesk is what this person does about gaps, one request at a time for each. Nothing
 * changes before the server has said so. */
export class GapDesk {
  readonly pending = new SvelteSet<string>(); // ids of gaps
  readonly refused = new SvelteMap<string, Refusal>(); // by gap
  done: Done | null = $state.raw(null);
  /** What a dialog asks about. */
  asking: Asking | null = $state.raw(null);

  readonly #current: (id: string) => Gap | undefined;
  readonly #take: (gap: Gap) => void;

  /** current finds a gap as it is now; take is given what the server answers. */
  constructor(current: (id: string) => Gap | undefined, take: (gap: Gap) => void) {
    this.#current = current;
    this.#take = take;
  }

  acknowledge(gap: Gap, note = ""): Promise<boolean> {
    return this.#do("acknowledge", gap.id, () => acknowledge(gap.id, note));
  }

  assign(gap: Gap, to: string, note = ""): Promise<boolean> {
    return this.#do("assign", gap.id, () => assign(gap.id, to, note));
  }

  waive(gap: Gap, reason: string): Promise<boolean> {
    return this.#do("waive", gap.id, () => waive(gap.id, reason));
  }

  reopen(gap: Gap): Promise<boolean> {
    return this.#do("reopen", gap.id, () => reopen(gap.id));
  }

  /** undo takes back what was done last, unless somebody has done something else since. */
  async undo(): Promise<void> {
    const { done } = this;
    this.done = null;
    if (done === null || done.verb === "reopen") return;
    const now = this.#current(done.gap.id)?.handling;
    const then = done.gap.handling;
    if (now?.state !== then.state || now.owner !== then.owner || now.reason !== then.reason) return;
    await this.reopen(done.gap);
  }

  /** Returns whether it was done. */
  async #do(verb: Verb, id: string, request: () => Promise<Gap>): Promise<boolean> {
    if (this.pending.has(id)) return false;
    const before = this.#current(id);
    this.pending.add(id);
    this.refused.delete(id);
    try {
      const gap = await request();
      // Where the live connection was faster, what it said stands.
      if (this.#current(id) === before) this.#take(gap);
      this.done = { verb, gap };
      return true;
    } catch (error) {
      this.refused.set(
        id,
        error instanceof Refused
          ? { status: error.status, sentence: error.message }
          : { status: 0, sentence: "" },
      );
      return false;
    } finally {
      this.pending.delete(id);
    }
  }
}
