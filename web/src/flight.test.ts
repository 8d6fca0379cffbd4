import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Watch } from "./feature";
import { overOf, parseFlight } from "./flight";
import { FlightDesk } from "./flightdesk.svelte";
import { gapOf } from "./gap.fixture";
import { empty } from "./state";
import type { TrackerKind } from "./tracker";

const answer = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      geometry: { type: "Point", coordinates: [1, 2] },
      properties: { kind: "takeoff", sortie: 1 },
    },
    {
      type: "Feature",
      geometry: {
        type: "LineString",
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
      properties: { kind: "lane", sortie: 1, photos: 5 },
    },
  ],
  summary: {
    lanes: 1,
    length_m: 100,
    time_s: 60,
    photos: 5,
    sorties: 1,
    seen_share: 0.999,
    gsd_cm: null,
  },
};

describe("a flight", () => {
  it("is read with what the map draws and what it comes to", () => {
    const flight = parseFlight(answer);
    expect(flight.drawn.features.map((f) => f.properties?.kind)).toEqual(["takeoff", "lane"]);
    expect(flight).toMatchObject({ lanes: 1, lengthM: 100, gsdCm: null, seenShare: 0.999 });
  });

  it.each([
    { ...answer, summary: null },
    { ...answer, features: [{ ...answer.features[0], geometry: { type: "Polygon", coordinates: [] } }] },
    { ...answer, features: [{ ...answer.features[0], properties: { kind: "loop", sortie: 1 } }] },
  ])("that the protocol does not know is refused", (foreign) => {
    expect(() => parseFlight(foreign)).toThrow();
  });
});

describe("what is flown over", () => {
  const watched = (sources: TrackerKind[]) => ({
    ...empty,
    watches: new Map([["w", { sources } as unknown as Watch]]),
  });
  const gap = { collection: "gaps", item: gapOf("ground") } as const;

  it("is a gap only where images close it", () => {
    expect(overOf(watched(["person", "drone"]), gap)).toEqual({ collection: "gaps", id: gap.item.id });
    expect(overOf(watched(["person"]), gap)).toBeNull();
    expect(overOf(watched(["drone"]), { collection: "gaps", item: gapOf("post") })).toBeNull();
  });
});

describe("the flight desk", () => {
  const asked = {
    over: { collection: "gaps", id: "g" },
    camera: "M3E",
    heightM: 100,
    batteryMin: null,
  } as const;
  let requests: { path: string; body: Record<string, unknown> }[];
  let reply: (status: number, body: unknown) => void;

  beforeEach(() => {
    requests = [];
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      requests.push({ path, body: JSON.parse(String(init.body)) });
      return new Promise<Response>((resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        reply = (status, body) => resolve(new Response(JSON.stringify(body), { status }));
      });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("asks for a gap at its own door, and for an area by name", async () => {
    const desk = new FlightDesk();
    const planned = desk.plan(asked);
    expect(desk.busy).toBe(true);
    reply(200, answer);
    await planned;
    expect(desk.flight?.lanes).toBe(1);
    expect(desk.busy).toBe(false);
    const again = desk.plan({ ...asked, over: { collection: "areas", id: "a" }, batteryMin: 20 });
    reply(200, answer);
    await again;
    expect(requests).toEqual([
      { path: "/api/gaps/g/plan", body: { camera: "M3E", height_m: 100 } },
      { path: "/api/surveys/plan", body: { camera: "M3E", height_m: 100, battery_min: 20, area: "areas/a" } },
    ]);
  });

  it("keeps the server's sentence when it refuses", async () => {
    const desk = new FlightDesk();
    const planned = desk.plan(asked);
    reply(422, { detail: "One battery does not last." });
    await planned;
    expect(desk.refused).toBe("One battery does not last.");
    expect(desk.flight).toBeNull();
  });

  it("forgets an answer to what is no longer asked", async () => {
    const desk = new FlightDesk();
    const planned = desk.plan(asked);
    desk.clear();
    reply(200, answer);
    await planned;
    expect(desk.flight).toBeNull();
    expect(desk.refused).toBeNull();
    expect(desk.busy).toBe(false);
  });
});
