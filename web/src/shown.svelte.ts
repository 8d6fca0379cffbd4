import { SvelteSet } from "svelte/reactivity";

/** toggled are the layers that a person can hide, in the order in which they are listed. */
export const toggled = [
  "gaps",
  "zones",
  "trackers",
  "trails",
  "checkpoints",
  "outlines",
  "areas",
  "buildings",
  "streets",
] as const;
export type Toggled = (typeof toggled)[number];

/** Shown is which of them are on the map. */
export class Shown {
  readonly #hidden = new SvelteSet<Toggled>();
  idleness = $state(false); // of the watch that is looked at

  has(layer: Toggled): boolean {
    return !this.#hidden.has(layer);
  }

  toggle(layer: Toggled): void {
    if (!this.#hidden.delete(layer)) this.#hidden.add(layer);
  }
}
