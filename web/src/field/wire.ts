import { type Level, parseLevel, Refused, refusal } from "../api";
import { type Area, type Checkpoint, parsers, type Street, type Zone } from "../feature";
import { type Gap, parseGap } from "../gap";
import { fields, flag, list, text, timeMs, timeMsOr } from "../parse";
import type { DutyReport, FixReport } from "./queue";

// What the phone and the server say to each other. Every function throws Refused when
// the server answers with an error, and TypeError when it cannot be reached.

/** Person is who the phone is, as the server knows it. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly deployment: string;
  readonly timeZone: string;
  readonly simulated: boolean;
  readonly levels: readonly Level[];
  readonly onDutySinceMs: number | null;
  /** aheadMs is how far the phone's clock is ahead of the server's, give or take the
   * time that the answer took. */
  readonly aheadMs: number;
}

/** Surroundings is what lies around the last place that the server knows of the phone. */
export interface Surroundings {
  readonly areas: readonly Area[];
  readonly streets: readonly Street[];
  readonly zones: readonly Zone[];
  readonly checkpoints: readonly Checkpoint[];
  readonly gaps: readonly Gap[];
}

export const nowhere: Surroundings = { areas: [], streets: [], zones: [], checkpoints: [], gaps: [] };

/** useLink makes this phone, known by key from now on, the tracker of a link's code. */
export async function useLink(code: string, key: string): Promise<Person> {
  return parsePerson(await ask("POST", "/api/field-session", null, { code, key }));
}

export async function person(key: string): Promise<Person> {
  return parsePerson(await ask("GET", "/api/field", key));
}

export async function sendDuty(key: string, duty: DutyReport): Promise<void> {
  await ask("PUT", "/api/field/duty", key, duty);
}

/** sendFixes returns the reasons for which some of them were refused. */
export async function sendFixes(key: string, fixes: readonly FixReport[]): Promise<string[]> {
  const receipt = fields(await ask("POST", "/ingest/fixes", key, { fixes }), "a receipt");
  return list(receipt, "rejected").map((r) => text(fields(r, "a rejection"), "reason"));
}

export async function surroundings(key: string): Promise<unknown> {
  return ask("GET", "/api/field/surroundings", key);
}

/** parseSurroundings reads what surroundings answered, now or on an earlier day. */
export function parseSurroundings(v: unknown): Surroundings {
  const all = fields(fields(v, "the surroundings").collections, "the collections");
  const of = (name: string) => (all[name] === undefined ? [] : list(all, name));
  return {
    areas: of("areas").map(parsers.areas),
    streets: of("streets").map(parsers.streets),
    zones: of("zones").map(parsers.zones),
    checkpoints: of("checkpoints").map(parsers.checkpoints),
    gaps: of("gaps").map((g) => parseGap(g)),
  };
}

function parsePerson(v: unknown): Person {
  const o = fields(v, "who the phone is");
  const tracker = fields(o.tracker, "the tracker");
  return {
    id: text(tracker, "id"),
    name: text(tracker, "name"),
    deployment: text(o, "deployment"),
    timeZone: text(o, "time_zone"),
    simulated: flag(o, "simulated"),
    levels: list(o, "levels").map(parseLevel),
    onDutySinceMs: timeMsOr(o, "on_duty_since", null),
    aheadMs: Date.now() - timeMs(o, "now"),
  };
}

const patienceMs = 30_000; // a request on a bad network is given up

async function ask(method: string, path: string, key: string | null, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (key !== null) headers.Authorization = `Bearer ${key}`;
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(patienceMs), credentials: "omit" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  const answer = await fetch(path, init);
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? null : answer.json();
}

/** refusedAs reports whether error is the server's answer with that status. */
export function refusedAs(error: unknown, status: number): boolean {
  return error instanceof Refused && error.status === status;
}
