// What the phone keeps until the server has acknowledged it, in IndexedDB: it survives
// reloads, a closed browser and hours without a network.

/** FixReport is one fix as POST /ingest/fixes takes it. */
export interface FixReport {
  readonly t: string; // RFC 3339
  readonly lon: number;
  readonly lat: number;
  readonly accuracy_m?: number;
  readonly altitude_m?: number;
  readonly speed_mps?: number;
  readonly heading_deg?: number;
  readonly battery?: number; // 0 to 1
}

/** DutyReport is a start or end of duty as PUT /api/field/duty takes it. */
export interface DutyReport {
  readonly t: string;
  readonly on: boolean;
}

export interface Queued<T> {
  readonly key: number;
  readonly value: T;
}

interface Lines {
  fixes: FixReport;
  duties: DutyReport;
}
export type Line = keyof Lines;

const version = 1;

/** Queue is two lines of reports, first in first out, and what the phone must remember. */
export class Queue {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  /** open throws a DOMException where the browser keeps nothing (some private windows). */
  static async open(name = "xunfang-field"): Promise<Queue> {
    const asked = indexedDB.open(name, version);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("fixes", { autoIncrement: true });
      asked.result.createObjectStore("duties", { autoIncrement: true });
      asked.result.createObjectStore("kept");
    };
    return new Queue(await answered(asked));
  }

  /** add returns once the report is on the phone's disk. */
  async add<L extends Line>(line: L, report: Lines[L]): Promise<void> {
    const change = this.#db.transaction(line, "readwrite", { durability: "strict" });
    change.objectStore(line).add(report);
    await done(change);
  }

  /** head returns the first reports of a line, most at most. */
  async head<L extends Line>(line: L, most: number): Promise<Queued<Lines[L]>[]> {
    const store = this.#db.transaction(line).objectStore(line);
    const [keys, values] = await Promise.all([
      answered(store.getAllKeys(null, most)),
      answered(store.getAll(null, most) as IDBRequest<Lines[L][]>),
    ]);
    return values.map((value, i) => ({ key: Number(keys[i]), value }));
  }

  /** drop removes reports that the server has answered for. */
  async drop(line: Line, reports: readonly Queued<unknown>[]): Promise<void> {
    const change = this.#db.transaction(line, "readwrite");
    for (const { key } of reports) change.objectStore(line).delete(key);
    await done(change);
  }

  async count(line: Line): Promise<number> {
    return answered(this.#db.transaction(line).objectStore(line).count());
  }

  /** recall returns what was kept under a name, undefined when nothing was. */
  async recall(name: string): Promise<unknown> {
    return answered(this.#db.transaction("kept").objectStore("kept").get(name) as IDBRequest<unknown>);
  }

  async keep(name: string, value: unknown): Promise<void> {
    const change = this.#db.transaction("kept", "readwrite", { durability: "strict" });
    change.objectStore("kept").put(value, name);
    await done(change);
  }

  close(): void {
    this.#db.close();
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
  });
}
