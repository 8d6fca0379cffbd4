import { type APIRequestContext, request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "./axe";
import { setting, url, type Visit, visit } from "./browser";
import { place, post } from "./ground";

// A volunteer's phone: opened by a link, on duty, without a network for a while, back.

const basic = Buffer.from(`${process.env.XUNFANG_USER}:${setting("XUNFANG_PASSWORD")}`).toString("base64");

describe("a phone in the field", () => {
  let phone: Visit;
  let leader: APIRequestContext;
  let tracker: string;
  let link: { id: string; url: string };

  const strip = (state: string) => phone.page.locator(`[data-testid=strip]${state}`).waitFor();
  const stand = async (eastM: number) => {
    const [longitude, latitude] = place(eastM, -300);
    await phone.context.setGeolocation({ longitude, latitude, accuracy: 6 });
  };
  const makeLink = async () => {
    const made = await leader.post(`${url}/api/field-links`, { data: { tracker } });
    expect(made.status()).toBe(201);
    return made.json();
  };
  const stored = async (): Promise<number> => {
    const nowMs = Date.now();
    const span = `${new Date(nowMs - 600_000).toISOString()}/${new Date(nowMs).toISOString()}`;
    const found = await leader.get(`${url}/ogc/collections/fixes/items`, {
      params: { tracker, datetime: span, limit: 1 },
    });
    return (await found.json()).numberMatched;
  };

  beforeAll(async () => {
    leader = await request.newContext({ extraHTTPHeaders: { Authorization: `Basic ${basic}` } });
    const made = await post(leader, "trackers", null, {
      name: `手机 ${Date.now().toString(36)}`,
      kind: "person",
    });
    tracker = made.id;
    link = await makeLink();
    phone = await visit(390, 844, "zh-CN");
    await phone.context.grantPermissions(["geolocation"]);
    await stand(0);
  });
  afterAll(async () => {
    await phone.browser.close();
    await leader.dispose();
  });

  it("joins by its link, which leaves the address", async () => {
    await phone.page.goto(link.url);
    await phone.page.locator("[data-testid=field-door][data-stage=invited]").waitFor();
    expect(new URL(phone.page.url()).hash).toBe("");
    expect(await violations(phone)).toEqual([]);
    await phone.page.locator("button.primary").click();
    await strip("[data-look=off]");
  });

  it("shares from the start of duty on", async () => {
    expect(await stored()).toBe(0);
    await phone.page.getByTestId("duty").click();
    await strip("[data-look=sharing][data-queued='0']");
    await expect.poll(stored, { timeout: 30_000 }).toBe(1);
    await phone.page.locator("html[data-map=idle]").waitFor({ timeout: 60_000 });
    expect(await violations(phone)).toEqual([]);
  });

  it("keeps what it cannot send, also over a reload, and sends it when it is back", async () => {
    await phone.context.setOffline(true);
    for (const step of [1, 2, 3, 4, 5]) {
      await stand(12 * step);
      await strip(`[data-queued='${step}']`);
    }
    await phone.page.reload();
    await strip("[data-look=queued]");
    const queued = Number(await phone.page.getByTestId("strip").getAttribute("data-queued"));
    expect(queued).toBeGreaterThanOrEqual(5);
    await phone.context.setOffline(false);
    await strip("[data-look=sharing][data-queued='0']");
    expect(await stored()).toBeGreaterThanOrEqual(6);
  });

  it("stops sharing at the end of duty", async () => {
    await phone.page.getByTestId("duty").click();
    await strip("[data-look=off][data-queued='0']");
    const before = await stored();
    await stand(200);
    await phone.page.getByRole("button", { name: "Switch to English" }).click();
    await phone.page.getByText("Off duty").waitFor();
    expect(await stored()).toBe(before);
  });

  it("is told when its link was used by another", async () => {
    const other = await visit(390, 844, "en-GB");
    try {
      await other.page.goto(link.url);
      await other.page.locator("button.primary").click();
      await other.page.getByRole("alert").filter({ hasText: "Ask your leader" }).waitFor();
    } finally {
      await other.browser.close();
    }
  });

  it("is told when its link was taken back", async () => {
    await leader.delete(`${url}/api/field-links/${link.id}`);
    await phone.page.getByTestId("duty").click();
    await strip("[data-look=stopped]");
    expect(await violations(phone)).toEqual([]);
  });

  it("kept to its own origin and its own rules", () => expect(phone.complaints).toEqual([]));
});
