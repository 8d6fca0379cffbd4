import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Gap } from "./gap";
import { gapOf } from "./gap.fixture";
import { GapDesk } from "./gapdesk.svelte";

// The server's answers are given by hand, one by one.

describe("the desk", () => {
  let held: Map<string, Gap>;
  let desk: GapDesk;
  let asked: { path: string; body: unknown }[];
  let answer: (status: number, gap: Record<string, unknown>) => Promise<void>;

  const wire = (more: Record<string, unknown>) => ({
    type: "Feature",
    id: "g",
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
    properties: {
      kind: "ground",
      since: "1970-01-01T00:00:00Z",
      size_m2: 1,
      cause: "never",
      label: [0, 0],
      ...more,
    },
  });

  beforeEach(() => {
    held = new Map([["g", gapOf("ground")]]);
    desk = new GapDesk(
      (id) => held.get(id),
      (gap) => held.set(gap.id, gap),
    );
    asked = [];
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      asked.push({ path, body: JSON.parse(String(init.body)) });
      return new Promise<Response>((resolve) => {
        answer = async (status, gap) => {
          const body = status === 200 ? wire(gap) : { detail: "no" };
          resolve(new Response(JSON.stringify(body), { status }));
        };
      });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const state = () => held.get("g")?.handling.state;

  it("changes nothing before the server says so", async () => {
    const done = desk.acknowledge(gapOf("ground"), "seen");
    expect(asked).toEqual([{ path: "/api/gaps/g/acknowledge", body: { note: "seen" } }]);
    expect(desk.pending.has("g")).toBe(true);
    expect(state()).toBe("open");
    await answer(200, { state: "acknowledged", owner: "anna" });
    expect(await done).toBe(true);
    expect(state()).toBe("acknowledged");
    expect(desk.pending.has("g")).toBe(false);
  });

  it("asks once at a time", async () => {
    const first = desk.acknowledge(gapOf("ground"));
    expect(await desk.waive(gapOf("ground"), "works")).toBe(false);
    await answer(200, { state: "acknowledged" });
    await first;
    expect(asked).toHaveLength(1);
  });

  it("says what the server refused, and changes nothing", async () => {
    const done = desk.assign(gapOf("ground"), "teams/t");
    await answer(409, {});
    expect(await done).toBe(false);
    expect(desk.refused.get("g")).toEqual({ status: 409, sentence: "no" });
    expect(state()).toBe("open");
    expect(desk.done).toBeNull();
  });

  it("lets what came live meanwhile stand", async () => {
    const done = desk.acknowledge(gapOf("ground"));
    held.set("g", gapOf("ground", "g", { state: "assigned" }));
    await answer(200, { state: "acknowledged" });
    await done;
    expect(state()).toBe("assigned");
  });

  it("takes back what was done last", async () => {
    const done = desk.waive(gapOf("ground"), "works");
    await answer(200, { state: "waived", reason: "works" });
    await done;
    const undone = desk.undo();
    expect(asked[1]?.path).toBe("/api/gaps/g/reopen");
    await answer(200, { state: "open" });
    await undone;
    expect(state()).toBe("open");
  });

  it("takes nothing back that became another's", async () => {
    const done = desk.acknowledge(gapOf("ground"));
    await answer(200, { state: "acknowledged", owner: "anna" });
    await done;
    held.set("g", gapOf("ground", "g", { state: "assigned", owner: "boris" }));
    await desk.undo();
    expect(asked).toHaveLength(1);
  });
});
