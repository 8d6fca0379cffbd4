import { ask, get } from "./api";
import { type Gap, parseGap } from "./gap";
import { fields, list, oneOf, textOr, timeMs } from "./parse";

// What people do about gaps, over HTTP. Every function answers with the gap as it then
// is, and throws as api.ts says.

export function acknowledge(gap: string, note: string): Promise<Gap> {
  return act(gap, "acknowledge", note === "" ? {} : { note });
}

/** assign gives a gap to teams/ID, trackers/ID or users/NAME. */
export function assign(gap: string, to: string, note: string): Promise<Gap> {
  return act(gap, "assign", note === "" ? { to } : { to, note });
}

export function waive(gap: string, reason: string): Promise<Gap> {
  return act(gap, "waive", { reason });
}

/** reopen takes back what was done: nobody answers for the gap then. */
export function reopen(gap: string): Promise<Gap> {
  return act(gap, "reopen", {});
}

async function act(gap: string, verb: string, body: object): Promise<Gap> {
  return parseGap(await ask("POST", `/api/gaps/${gap}/${verb}`, body));
}

export const gapEvents = [
  "opened",
  "split",
  "acknowledged",
  "assigned",
  "waived",
  "reopened",
  "merged",
  "closed",
] as const;

/** GapEvent is one moment of a gap's life. */
export interface GapEvent {
  readonly atMs: number;
  readonly event: (typeof gapEvents)[number];
  readonly by: string; // "" the evidence
  readonly note: string;
  readonly to: string; // teams/ID, trackers/ID or users/NAME; "" where it was given to nobody
}

/** history returns a gap's life so far, oldest first. */
export async function history(gap: string, signal: AbortSignal): Promise<GapEvent[]> {
  const o = fields(await get(`/api/gaps/${gap}/history`, signal), "a gap's history");
  return list(o, "events").map((v) => {
    const e = fields(v, "an event");
    return {
      atMs: timeMs(e, "at"),
      event: oneOf(e, "event", gapEvents),
      by: textOr(e, "by", ""),
      note: textOr(e, "note", ""),
      to: textOr(e, "to", ""),
    };
  });
}
