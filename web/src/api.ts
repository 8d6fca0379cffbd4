import type { MultiLineString } from "geojson";
import { type Coverage, parseCoverage } from "./coverage";
import { type CollectionName, type Collections, parseFix, parsers, parseTrack, type Zone } from "./feature";
import { type Gap, parseGap } from "./gap";
import { Foreign, fields, flag, list, number, position, text, textOr, timeMs } from "./parse";
import type { Fix } from "./tracker";

// What the page asks over HTTP. Every function throws Refused when the server answers
// with an error, Foreign when it answers what the protocol does not say, and TypeError
// (fetch's own) when it cannot be reached.

/** Refused is an error answer: its status, and the server's sentence about it. */
export class Refused extends Error {
  override name = "Refused";
  readonly status: number;
  readonly retryAfterS: number | null;
  readonly at: readonly [number, number] | null; // lon, lat, where a place is wrong
  constructor(
    status: number,
    detail: string,
    retryAfterS: number | null,
    at: readonly [number, number] | null = null,
  ) {
    super(detail);
    this.status = status;
    this.retryAfterS = retryAfterS;
    this.at = at;
  }
}

export interface About {
  readonly name: string;
  readonly simulated: boolean;
  readonly version: string;
}

export interface Session {
  readonly user: string;
  readonly role: string;
}

/** Level is one degree of restriction that a zone can have. */
export interface Level {
  readonly code: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly colour: string; // #rrggbb
  readonly hatch: string;
  readonly precedence: number; // where zones overlap the higher shows
}

export interface Deployment extends About {
  readonly timeZone: string;
  readonly bbox: readonly [number, number, number, number] | null; // west, south, east, north
  readonly levels: readonly Level[];
}

export async function about(): Promise<About> {
  return parseAbout(await get("/api/about"));
}

export async function session(): Promise<Session> {
  return parseSession(await get("/api/session"));
}

export async function signIn(user: string, password: string): Promise<Session> {
  return parseSession(await ask("POST", "/api/session", { user, password }));
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "/api/session");
}

export async function deployment(): Promise<Deployment> {
  const o = fields(await get("/api/deployment"), "the deployment");
  return {
    ...parseAbout(o),
    timeZone: text(o, "time_zone"),
    bbox: o.bbox === null ? null : parseBox(list(o, "bbox")),
    levels: list(o, "levels").map(parseLevel),
  };
}

export async function coverage(watch: string, signal: AbortSignal): Promise<Coverage> {
  return parseCoverage(await get(`/api/watches/${watch}/coverage`, signal));
}

/** coverageAt returns a watch's coverage as of a past time with its gaps, which are named
 * after the watch and their place in the list. */
export async function coverageAt(
  watch: string,
  atMs: number,
  signal: AbortSignal,
): Promise<{ coverage: Coverage; gaps: Gap[] }> {
  const answer = await get(`/api/watches/${watch}/coverage?at=${new Date(atMs).toISOString()}`, signal);
  const gaps = list(fields(fields(answer, "coverage").gaps, "gaps"), "features");
  return {
    coverage: parseCoverage(answer),
    gaps: gaps.map((g, i) => ({ ...parseGap(g, `${watch}/${i}`), watch })),
  };
}

/** CheckpointCode is what is shown at a checkpoint for people to check in with. */
export interface CheckpointCode {
  readonly code: string; // digits
  readonly changesMs: number;
}

export async function checkpointCode(checkpoint: string, signal: AbortSignal): Promise<CheckpointCode> {
  const o = fields(await get(`/api/checkpoints/${checkpoint}/code`, signal), "a checkpoint's code");
  return { code: text(o, "code"), changesMs: timeMs(o, "changes_at") };
}

/** zonesAt returns the zones that were in force at a time, in the versions of then. */
export function zonesAt(atMs: number, signal: AbortSignal): Promise<Zone[]> {
  return items("zones", signal, `datetime=${new Date(atMs).toISOString()}`);
}

/** fixesOf returns a tracker's fixes between two times, oldest first. */
export async function fixesOf(
  tracker: string,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<Fix[]> {
  const query = new URLSearchParams({ tracker, datetime: span(fromMs, toMs), limit: "10000" });
  const page = fields(await get(`/ogc/collections/fixes/items?${query}`, signal), "a page of fixes");
  return list(page, "features").map(parseFix);
}

/** track returns the lines that one tracker drew between two times, Unix milliseconds. */
export async function track(
  tracker: string,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<MultiLineString> {
  const query = new URLSearchParams({ tracker, datetime: span(fromMs, toMs) });
  return parseTrack(await get(`/ogc/collections/tracks/items?${query}`, signal));
}

function span(fromMs: number, toMs: number): string {
  return `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`;
}

/** items returns a whole collection, page by page, or what of it a query selects. */
export async function items<C extends CollectionName>(
  collection: C,
  signal: AbortSignal,
  query = "",
): Promise<Collections[C][]> {
  const all: Collections[C][] = [];
  let next: string | null = `/ogc/collections/${collection}/items?limit=1000&${query}`;
  while (next !== null) {
    const page: unknown = await get(next, signal);
    const o = fields(page, "a page of features");
    for (const feature of list(o, "features")) all.push(parsers[collection](feature));
    next = nextLink(list(o, "links"));
  }
  return all;
}

// Links are absolute, for other programs; behind a proxy their host may be another's,
// so only path and query are followed.
function nextLink(links: unknown[]): string | null {
  const next = links.map((l) => fields(l, "a link")).find((l) => l.rel === "next");
  if (next === undefined) return null;
  const url = new URL(text(next, "href"), location.origin);
  return url.pathname + url.search;
}

function parseAbout(v: unknown): About {
  const o = fields(v, "about");
  return { name: text(o, "name"), simulated: flag(o, "simulated"), version: textOr(o, "version", "") };
}

function parseSession(v: unknown): Session {
  const o = fields(v, "a session");
  return { user: text(o, "user"), role: text(o, "role") };
}

export function parseLevel(v: unknown): Level {
  const o = fields(v, "a level");
  return {
    code: text(o, "code"),
    nameZh: text(o, "name_zh"),
    nameEn: text(o, "name_en"),
    colour: text(o, "colour"),
    hatch: text(o, "hatch"),
    precedence: number(o, "precedence"),
  };
}

function parseBox(v: unknown[]): readonly [number, number, number, number] {
  const [w, s] = position(v.slice(0, 2), "the south-west corner");
  const [e, n] = position(v.slice(2, 4), "the north-east corner");
  return [w, s, e, n];
}

export function get(path: string, signal?: AbortSignal): Promise<unknown> {
  return ask("GET", path, undefined, signal);
}

export async function ask(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const init: RequestInit = { method, headers: { Accept: "application/json, application/geo+json" } };
  if (signal !== undefined) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "Content-Type": "application/json" };
  }
  const answer = await fetch(path, init);
  if (!answer.ok) throw await refusal(answer);
  if (answer.status === 204) return null;
  try {
    return await answer.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Foreign("the answer is no JSON");
    throw error;
  }
}

export async function refusal(answer: Response): Promise<Refused> {
  const retry = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  const retryAfterS = Number.isFinite(retry) ? retry : null;
  try {
    const problem = fields(await answer.json(), "a problem");
    const at = problem.at === undefined ? null : position(problem.at, "where it is wrong");
    return new Refused(answer.status, textOr(problem, "detail", answer.statusText), retryAfterS, at);
  } catch {
    return new Refused(answer.status, answer.statusText, retryAfterS);
  }
}
