import type { APIRequestContext } from "playwright-core";
import { url } from "./browser";

// Ground for one test, made through the public API: an area nobody has walked, the
// demand that it be seen, and somebody who can walk it.

const origin = { lon: 121.6, lat: 31.3 };
const metresPerDegree = 111_195;
const metresPerDegreeLon = metresPerDegree * Math.cos((origin.lat * Math.PI) / 180);
export const widthM = 110;
export const heightM = 70;

/** place returns the lon and lat that lie so many metres east and north of the corner. */
export function place(eastM: number, northM: number): [number, number] {
  return [origin.lon + eastM / metresPerDegreeLon, origin.lat + northM / metresPerDegree];
}

export interface Ground {
  readonly area: string; // its name
  readonly tracker: string; // its name
  readonly token: string;
}

/** makeGround posts area, watch and tracker with names that are this run's own. */
export async function makeGround(api: APIRequestContext): Promise<Ground> {
  const run = Date.now().toString(36);
  const area = `试验院 ${run}`;
  const tracker = `试验员 ${run}`;
  const ring = [place(0, 0), place(widthM, 0), place(widthM, heightM), place(0, heightM), place(0, 0)];
  const made = await post(
    api,
    "areas",
    { type: "Polygon", coordinates: [ring] },
    { name: area, kind: "compound" },
  );
  await post(api, "watches", null, {
    name: `${area} 巡查`,
    kind: "ground",
    subject: `areas/${made.id}`,
    revisit_s: 3600,
    sources: ["person"],
  });
  const person = await post(api, "trackers", null, { name: tracker, kind: "person" });
  return { area, tracker, token: String(person.properties.token) };
}

export interface Made {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** post creates a feature and returns it. */
export async function post(
  api: APIRequestContext,
  collection: string,
  geometry: unknown,
  properties: unknown,
): Promise<Made> {
  const data = { type: "Feature", geometry, properties };
  const headers = { "Content-Type": "application/geo+json" };
  const answer = await api.post(`${url}/ogc/collections/${collection}/items`, { data, headers });
  if (answer.status() !== 201) throw new Error(`${collection}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as Made;
}

export interface Step {
  readonly atMs: number;
  readonly at: [number, number];
}

/** lanes walks the whole ground up and down at 4 m/s, a fix every 5 s, ending at endMs. */
export function lanes(endMs: number): Step[] {
  const path: [number, number][] = [];
  for (let lane = 0; lane * 14 <= heightM; lane++) {
    const north = lane * 14;
    const eastward = Array.from({ length: Math.floor(widthM / 20) + 1 }, (_, i) => i * 20);
    if (lane % 2 === 1) eastward.reverse();
    for (const east of eastward) path.push([east, north]);
  }
  return path.map(([east, north], i) => ({
    atMs: endMs - (path.length - 1 - i) * 5000,
    at: place(east, north),
  }));
}

/** report sends fixes as the tracker's phone would. */
export async function report(api: APIRequestContext, token: string, steps: readonly Step[]): Promise<void> {
  const fixes = steps.map(({ atMs, at: [lon, lat] }) => ({
    t: new Date(atMs).toISOString(),
    lon,
    lat,
    accuracy_m: 4,
    speed_mps: 4,
    heading_deg: 90,
    battery: 0.8,
  }));
  const answer = await api.post(`${url}/ingest/fixes`, {
    data: { fixes },
    headers: { Authorization: `Bearer ${token}` },
  });
  if (answer.status() !== 200) throw new Error(`fixes: ${answer.status()} ${await answer.text()}`);
}
