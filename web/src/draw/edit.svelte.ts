import { Refused } from "../api";
import type { Surface } from "../feature";
import { differences, missing, noOrder, type Order, orderOf, propertiesOf } from "./order";
import type { Vertex } from "./plane";
import {
  blank,
  type Edited,
  isBlank,
  isWhole,
  type Refusal,
  type Sketch,
  type Spot,
  sketchOf,
  surfaceOf,
} from "./sketch";
import { createZone, fasterThanWe, replaceZone, type Stored, storedZone } from "./zones";

export type Step = "shape" | "order" | "look";

/** Rival is what somebody else saved while this zone was edited. */
export interface Rival {
  readonly stored: Stored;
  readonly order: Order;
  readonly fields: readonly (keyof Order)[]; // that differ from ours
  readonly moved: boolean; // the outline does too
}

export interface ZoneEditOptions {
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly defaultLevel: string;
  readonly onSaved: (id: string) => void;
}

/** ZoneEdit is one zone being drawn, amended or issued: its shape with every step back,
 * its order, and what becomes of it at the server. */
export class ZoneEdit {
  sketch: Sketch = $state.raw(blank);
  order: Order = $state.raw(noOrder);
  base: Stored | null = $state.raw(null); // what is amended; null for a new zone
  step: Step = $state("shape");
  spot: Spot | null = $state.raw(null); // the vertex that is picked
  refusal: Refusal | null = $state.raw(null);
  picking = $state(false); // the next click takes an area's shape
  busy = $state(false);
  trouble: { readonly sentence: string; readonly at: Vertex | null } | null = $state.raw(null);
  rival: Rival | null = $state.raw(null);
  #past: readonly Sketch[] = $state.raw([]);
  #future: readonly Sketch[] = $state.raw([]);
  #dragged: Sketch | null = null; // as it was before a vertex was dragged

  readonly #options: ZoneEditOptions;

  constructor(options: ZoneEditOptions, base: Stored | null) {
    this.#options = options;
    this.base = base;
    if (base === null) this.order = { ...noOrder, level: options.defaultLevel };
    else {
      this.sketch = sketchOf(base.geometry);
      this.order = orderOf(base.properties, options.timeZone);
      // An amendment begins when it is issued, unless the planner says otherwise.
      if (base.state !== "draft") this.order = { ...this.order, from: "" };
    }
  }

  readonly canUndo = $derived(this.#past.length > 0);
  readonly canRedo = $derived(this.#future.length > 0);
  readonly isWhole = $derived(isWhole(this.sketch));
  readonly isNew = $derived(this.base === null);
  readonly isDraft = $derived(this.base === null || this.base.state === "draft");
  readonly touched = $derived(this.#past.length > 0 || (this.base === null && !isBlank(this.sketch)));
  readonly before: Surface | null = $derived(this.base === null || this.isDraft ? null : this.base.geometry);

  /** edit does what an edit says, or shows why it is refused. */
  edit(change: (sketch: Sketch) => Edited | Sketch): boolean {
    const result = change(this.sketch);
    const edited: Edited = "ok" in result ? result : { ok: true, sketch: result };
    if (!edited.ok) {
      this.refusal = edited.refusal;
      return false;
    }
    this.refusal = null;
    this.trouble = null;
    if (edited.sketch === this.sketch) return true;
    this.#past = [...this.#past, this.sketch];
    this.#future = [];
    this.sketch = edited.sketch;
    return true;
  }

  /** drag is edit while a hand moves: all of it is one step back. */
  drag(change: (sketch: Sketch) => Edited): void {
    this.#dragged ??= this.sketch;
    const edited = change(this.sketch);
    this.refusal = edited.ok ? null : edited.refusal;
    if (edited.ok) this.sketch = edited.sketch;
  }

  dragged(): void {
    if (this.#dragged !== null && this.#dragged !== this.sketch) {
      this.#past = [...this.#past, this.#dragged];
      this.#future = [];
    }
    this.#dragged = null;
  }

  undo(): void {
    const back = this.#past.at(-1);
    if (back === undefined) return;
    this.#future = [this.sketch, ...this.#future];
    this.#past = this.#past.slice(0, -1);
    this.#show(back);
  }

  redo(): void {
    const [next, ...rest] = this.#future;
    if (next === undefined) return;
    this.#past = [...this.#past, this.sketch];
    this.#future = rest;
    this.#show(next);
  }

  #show(sketch: Sketch): void {
    this.sketch = sketch;
    this.refusal = null;
    this.spot = null;
  }

  lacks(issue: boolean): ReturnType<typeof missing> {
    return missing(this.order, issue, this.#options.nowMs(), this.#options.timeZone);
  }

  /** save writes the zone, as a draft or issued. When somebody was faster nothing is
   * written, and rival says what they saved. */
  async save(issue: boolean): Promise<void> {
    this.busy = true;
    this.trouble = null;
    try {
      const geometry = surfaceOf(this.sketch);
      const properties = propertiesOf(this.order, issue, this.#options.nowMs(), this.#options.timeZone);
      const stored =
        this.base === null
          ? await createZone(geometry, properties)
          : await replaceZone(this.base.id, this.base.version, geometry, properties);
      this.#options.onSaved(stored.id);
    } catch (error) {
      if (this.base !== null && fasterThanWe(error)) await this.meet();
      else this.trouble = troubleOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** meet reads what somebody else saved, to be held against ours. */
  async meet(): Promise<void> {
    if (this.base === null) return;
    try {
      const stored = await storedZone(this.base.id);
      const order = orderOf(stored.properties, this.#options.timeZone);
      this.rival = {
        stored,
        order,
        fields: differences(this.order, order).filter((key) => key !== "from" || this.order.from !== ""),
        moved: JSON.stringify(stored.geometry) !== JSON.stringify(surfaceOf(this.sketch)),
      };
    } catch (error) {
      this.trouble = troubleOf(error);
    }
  }

  /** keepMine goes on with ours, on top of what they saved. */
  keepMine(): void {
    if (this.rival === null) return;
    this.base = this.rival.stored;
    this.rival = null;
  }

  /** takeTheirs goes on with theirs; ours is one step back. */
  takeTheirs(): void {
    if (this.rival === null) return;
    const { stored, order } = this.rival;
    this.edit(() => sketchOf(stored.geometry));
    this.order = { ...order, from: stored.state === "draft" ? order.from : "" };
    this.base = stored;
    this.rival = null;
  }
}

function troubleOf(error: unknown): { sentence: string; at: Vertex | null } {
  if (error instanceof Refused) return { sentence: error.message, at: error.at };
  reportError(error);
  return { sentence: "", at: null };
}
