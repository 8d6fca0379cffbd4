// Times as a planner types them: on the clocks of the deployment's time zone, whatever
// zone the browser is in.

/** inputOf writes a time for a datetime-local field, on a time zone's clocks. */
export function inputOf(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(ms);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** msOf reads what a datetime-local field holds, null when it holds no time. Of an hour
 * that clocks show twice it is the first; one that they leave out moves on with them. */
export function msOf(input: string, timeZone: string): number | null {
  const asUTC = Date.parse(`${input}Z`);
  if (input === "" || Number.isNaN(asUTC)) return null;
  // Zones lie within 14 hours of UTC: what their offset is, is asked on both sides.
  const offsets = [asUTC - 14 * hourMs, asUTC + 14 * hourMs].map((ms) => offsetMs(ms, timeZone));
  const candidates = offsets.map((offset) => asUTC - offset);
  const right = candidates.filter((ms) => inputOf(ms, timeZone) === input.slice(0, 16));
  return right.length > 0 ? Math.min(...right) : Math.max(...candidates);
}

const hourMs = 3_600_000;

function offsetMs(ms: number, timeZone: string): number {
  const minute = Math.floor(ms / 60_000) * 60_000;
  return Date.parse(`${inputOf(minute, timeZone)}Z`) - minute;
}
