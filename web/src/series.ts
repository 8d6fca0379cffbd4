import { get } from "./api";
import { fields, list, number, numberOr, timeMs, timeMsOr } from "./parse";

/** Sample is what was known of a watch as of a moment, or of the step that begins then. */
export interface Sample {
  readonly atMs: number;
  readonly share: number;
  readonly worstIdleS: number;
  readonly meanIdleS: number | null;
  readonly gaps: number;
  readonly revisedMs: number | null; // when evidence that came late changed it
}

export interface Series {
  readonly stepMs: number;
  readonly samples: readonly Sample[]; // oldest first
}

/** seriesOf reads a watch's series between two times, in steps of stepS seconds; it
 * throws what api.ts says. */
export async function seriesOf(
  watch: string,
  fromMs: number,
  toMs: number,
  stepS: number,
  signal: AbortSignal,
): Promise<Series> {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    step_s: String(stepS),
  });
  return parseSeries(await get(`/api/watches/${watch}/series?${query}`, signal));
}

/** parseSeries throws Foreign for what the protocol does not say. */
export function parseSeries(v: unknown): Series {
  const o = fields(v, "a series");
  return {
    stepMs: number(o, "step_s") * 1000,
    samples: list(o, "samples").map((s) => {
      const p = fields(s, "a sample");
      return {
        atMs: timeMs(p, "at"),
        share: number(p, "share"),
        worstIdleS: number(p, "worst_idle_s"),
        meanIdleS: numberOr(p, "mean_idle_s", null),
        gaps: number(p, "gaps"),
        revisedMs: timeMsOr(p, "revised_at", null),
      };
    }),
  };
}

/** runsOf splits samples where one is missing: nobody knows what was between. */
export function runsOf({ stepMs, samples }: Series): Sample[][] {
  const runs: Sample[][] = [];
  for (const sample of samples) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run === undefined || last === undefined || sample.atMs - last.atMs > 1.5 * stepMs)
      runs.push([sample]);
    else run.push(sample);
  }
  return runs;
}

/** Stretch is a time from one moment to another. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** revisedOf returns the stretches that evidence changed after they had been told. */
export function revisedOf({ stepMs, samples }: Series): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { atMs, revisedMs } of samples) {
    if (revisedMs === null) continue;
    const last = stretches.at(-1);
    const toMs = atMs + stepMs;
    if (last !== undefined && atMs <= last.toMs) stretches[stretches.length - 1] = { ...last, toMs };
    else stretches.push({ fromMs: atMs, toMs });
  }
  return stretches;
}

/** lineOf writes runs as an SVG path: x and y place a sample. */
export function lineOf(
  runs: readonly (readonly Sample[])[],
  x: (atMs: number) => number,
  y: (s: Sample) => number,
): string {
  const at = (s: Sample) => `${x(s.atMs).toFixed(1)} ${y(s).toFixed(1)}`;
  return runs
    .map(([first, ...others]) =>
      first === undefined ? "" : `M${at(first)}${others.map((s) => `L${at(s)}`).join("")}`,
    )
    .join("");
}

/** hourly returns the last sample of each hour: few enough to read. */
export function hourly(samples: readonly Sample[]): Sample[] {
  const hourMs = 3_600_000;
  const last = new Map(samples.map((s) => [Math.floor(s.atMs / hourMs), s]));
  return [...last.values()];
}
