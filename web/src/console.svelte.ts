import type { MultiLineString } from "geojson";
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { type Deployment, items, type Session, track } from "./api";
import type { Coverage } from "./coverage";
import { Coverages } from "./coverages";
import { type CollectionName, collectionNames } from "./feature";
import { FlightDesk } from "./flightdesk.svelte";
import type { Gap } from "./gap";
import { GapDesk, type Verb } from "./gapdesk.svelte";
import { type Filter, filters, ordered, passes, rowsOf } from "./inbox";
import { pictureOf } from "./past";
import { Playback } from "./playback.svelte";
import { includes } from "./role";
import { itemOf, type Selection, same, subjectFrom, subjectOf, watchesOf } from "./selection";
import { Socket, type Status } from "./socket";
import { apply, empty, type Loaded, type State } from "./state";
import type { Message } from "./wire";

const trackMs = 60 * 60_000;

/** Console is the page while somebody is signed in: the live state, what is picked, and
 * the connections that feed both. close ends them. */
export class Console {
  readonly deployment: Deployment;
  readonly session: Session;
  state: State = $state.raw(empty);
  status: Status = $state.raw({ is: "connecting" });
  heardMs: number = $state(Date.now()); // when the last message arrived, our clock
  localMs: number = $state(Date.now());
  selection: Selection | null = $state.raw(null);
  track: { of: string; line: MultiLineString | null; failed: boolean } | null = $state.raw(null);
  readonly failed = new SvelteSet<CollectionName>();
  filter: Filter = $state("all");
  readonly opened = new SvelteSet<string>(); // watches all of whose gaps are listed
  readonly desk = new GapDesk(
    (id) => this.state.gaps.get(id),
    (gap) => this.#take({ type: "gap", seq: 0, event: "changed", gap }, this.heardMs),
  );
  readonly flights = new FlightDesk();

  readonly playback = new Playback(() => this.state);
  readonly #coverage = new SvelteMap<string, Coverage>();

  /** picture is what the page shows: the live state, or that of a past moment. */
  readonly picture = $derived(
    this.playback.past === null ? this.state : pictureOf(this.state, this.playback.past),
  );
  /** nowMs is the server's clock, by whose times everything is dated. */
  readonly nowMs = $derived(this.localMs + this.state.skewMs);
  /** atMs is when the picture is of. */
  readonly atMs = $derived(this.playback.past?.atMs ?? this.nowMs);

  // Through steps that keep their value at most messages, so that what hangs on the gaps
  // or on what is picked rests while trackers move.
  readonly #openGaps = $derived(this.picture.gaps);
  readonly #item = $derived(itemOf(this.picture, this.selection));
  readonly gaps = $derived(ordered(this.#openGaps.values()));
  readonly listed = $derived(
    this.gaps.filter((g) => passes(g, this.playback.playing ? "all" : this.filter, this.session.user)),
  );
  readonly rows = $derived(rowsOf(this.listed, this.opened));
  readonly counts = $derived(
    Object.fromEntries(
      filters.map((f) => [f, this.gaps.filter((g) => passes(g, f, this.session.user)).length]),
    ) as Record<Filter, number>,
  );
  readonly subject = $derived(subjectFrom(this.selection, this.#item));
  /** shaded is the watch whose idleness can be shown: of what is picked the first that is
   * no post's. */
  readonly shaded = $derived.by(() => {
    if (this.subject === null) return null;
    return watchesOf(this.picture, this.subject).find((w) => w.kind !== "post") ?? null;
  });

  readonly #onSignedOut: () => void;
  readonly #socket: Socket;
  readonly #coverages: Coverages;
  readonly #clock: ReturnType<typeof setInterval>;
  readonly #abort = new AbortController();
  #trackAbort = new AbortController();

  constructor(
    deployment: Deployment,
    session: Session,
    checkSession: () => Promise<boolean>,
    onSignedOut: () => void,
  ) {
    this.deployment = deployment;
    this.session = session;
    this.#onSignedOut = onSignedOut;
    this.#coverages = new Coverages((watch, answer) => this.#coverage.set(watch, answer));
    this.#clock = setInterval(() => {
      this.localMs = Date.now();
    }, 1000);
    this.#socket = new Socket({
      url: () => this.#liveUrl(),
      onMessage: (message, arrivedMs) => this.#take(message, arrivedMs),
      onStatus: (status) => {
        this.status = status;
        if (status.is === "waiting") void this.#stillSignedIn(checkSession);
      },
    });
  }

  close(): void {
    clearInterval(this.#clock);
    this.#socket.close();
    this.#coverages.close();
    this.playback.close();
    this.#abort.abort();
    this.#trackAbort.abort();
    this.flights.clear();
  }

  reconnect(): void {
    this.#socket.retry();
  }

  pick(selection: Selection | null): void {
    if (!same(selection, this.selection)) {
      this.hideTrack();
      this.flights.clear();
    }
    this.selection = selection;
    const subject = subjectOf(this.picture, selection);
    if (subject !== null) this.#coverages.soon(...watchesOf(this.picture, subject).map((w) => w.id));
  }

  /** coverage is the picture's, by watch. */
  get coverage(): ReadonlyMap<string, Coverage> {
    return this.playback.past?.coverage ?? this.#coverage;
  }

  /** may reports whether the user's role lets them do something about gaps, which only
   * those of now allow; where, the server decides. */
  may(verb: Verb): boolean {
    const least = verb === "acknowledge" ? "field" : "leader";
    return includes(this.session.role, least) && !this.playback.playing;
  }

  /** mayFly reports whether the user's role lets them plan flights over what is there now. */
  get mayFly(): boolean {
    return includes(this.session.role, "field") && !this.playback.playing;
  }

  /** picked is the gap that is picked, if one is. */
  get picked(): Gap | null {
    return this.subject?.collection === "gaps" ? this.subject.item : null;
  }

  /** pickNext picks the gap that is listed so many rows below the picked one, and returns
   * it. */
  pickNext(rows: 1 | -1): Selection | null {
    const last = this.rows.length - 1;
    const at = this.rows.findIndex((r) => r.gap.id === this.picked?.id);
    const next = at < 0 ? (rows > 0 ? 0 : last) : Math.min(Math.max(at + rows, 0), last);
    const row = this.rows[next];
    if (row === undefined) return null;
    this.pick({ collection: "gaps", id: row.gap.id });
    return this.selection;
  }

  /** showTrack asks for the stored track of a tracker's last hour. */
  async showTrack(tracker: string): Promise<void> {
    this.hideTrack();
    const { signal } = this.#trackAbort;
    this.track = { of: tracker, line: null, failed: false };
    try {
      const line = await track(tracker, this.atMs - trackMs, this.atMs, signal);
      this.track = { of: tracker, line, failed: false };
    } catch {
      if (!signal.aborted) this.track = { of: tracker, line: null, failed: true };
    }
  }

  hideTrack(): void {
    this.#trackAbort.abort();
    this.#trackAbort = new AbortController();
    this.track = null;
  }

  /** reload reads again what could not be read. */
  reload(): void {
    for (const collection of [...this.failed]) void this.#load(collection);
  }

  #liveUrl(): string {
    const url = new URL("/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const { resumable, epoch, seq } = this.state;
    if (resumable) url.search = new URLSearchParams({ epoch, seq: String(seq) }).toString();
    return url.href;
  }

  #take(message: Message | Loaded, arrivedMs: number): void {
    this.state = apply(this.state, message, arrivedMs);
    if (message.type !== "loaded") this.heardMs = arrivedMs;
    if (message.type === "hello" && !message.resumed) {
      for (const collection of collectionNames) void this.#load(collection);
    }
    if (message.type === "imported") void this.#load(message.collection);
    if (message.type === "gap") this.#coverages.soon(message.gap.watch);
    if (message.type === "warning") this.#coverages.soon(message.warning.watch);
    const watches =
      message.type === "loaded" || message.type === "feature" ? message.collection === "watches" : false;
    if (watches) this.#coverages.of([...this.state.watches.keys()]);
  }

  async #load(collection: CollectionName): Promise<void> {
    try {
      const features = await items(collection, this.#abort.signal);
      this.failed.delete(collection);
      this.#take({ type: "loaded", collection, features }, Date.now());
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.failed.add(collection);
      reportError(error);
    }
  }

  async #stillSignedIn(checkSession: () => Promise<boolean>): Promise<void> {
    if (!(await checkSession())) this.#onSignedOut();
  }
}
