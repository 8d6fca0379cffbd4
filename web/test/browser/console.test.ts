import { request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "./axe";
import { setting, signIn, url, type Visit, visit } from "./browser";
import { type Ground, lanes, makeGround, place, report } from "./ground";
import { type Line, lineOf } from "./line";

// What a person at a command desk does, in a real browser at a real server.

describe("the page", () => {
  let desk: Visit;
  let wall: Visit;
  let line: Line;
  let ground: Ground;

  // Devices and scripts have no cookie of the page's; they come on their own.
  const basic = Buffer.from(`${process.env.XUNFANG_USER}:${setting("XUNFANG_PASSWORD")}`).toString("base64");
  const script = async () => request.newContext({ extraHTTPHeaders: { Authorization: `Basic ${basic}` } });
  const phone = async () => request.newContext();

  beforeAll(async () => {
    desk = await visit(1366, 768, "zh-CN");
  });
  afterAll(async () => {
    await desk.browser.close();
    await wall?.browser.close();
  });

  it("refuses a wrong password, and says so", async () => {
    await desk.page.goto(url);
    await desk.page.locator("input[name=user]").fill("nobody");
    await desk.page.locator("input[name=password]").fill("wrong");
    await desk.page.locator("button.primary").click();
    await desk.page.getByRole("alert").filter({ hasText: "不对" }).waitFor();
    expect(await violations(desk)).toEqual([]);
  });

  it("signs in and draws the map", async () => {
    await signIn(desk.page);
    expect(await desk.page.locator("[data-testid=map] canvas").count()).toBe(1);
  });

  it("sees a gap open where nobody was", async () => {
    const api = await script();
    ground = await makeGround(api);
    await api.dispose();
    const card = desk.page.locator("[data-testid=gap]").filter({ hasText: ground.area });
    await card.waitFor({ timeout: 120_000 });
    expect(await card.getAttribute("data-cause")).toBe("never");
    await card.click();
    await desk.page
      .locator("[data-testid=detail][data-collection=gaps]")
      .filter({ hasText: ground.area })
      .waitFor();
    await desk.page.locator("html[data-map=idle]").waitFor();
  });

  it("shades the ground by how long it went unseen", async () => {
    await desk.page.keyboard.press("i");
    await desk.page.locator("[data-testid=idleness][data-status=ready]").waitFor();
    expect(await violations(desk)).toEqual([]);
    await desk.page.keyboard.press("i");
    await desk.page.locator("[data-testid=idleness]").waitFor({ state: "detached" });
  });

  const cardAt = ({ page }: Visit, state: string) =>
    page.locator(`[data-testid=gap][data-state=${state}]`).filter({ hasText: ground.area }).waitFor();

  it("works the gap off by keyboard, and another desk sees it", async () => {
    wall = await visit(1920, 1080, "en-GB");
    line = await lineOf(wall.page);
    await signIn(wall.page);
    const { keyboard } = desk.page;

    await keyboard.press("a");
    await Promise.all([desk, wall].map((v) => cardAt(v, "acknowledged")));
    await keyboard.press("Control+z");
    await Promise.all([desk, wall].map((v) => cardAt(v, "open")));

    await keyboard.press("w");
    await desk.page.locator("[data-testid=waive] input").fill("现场施工");
    await keyboard.press("Enter");
    await Promise.all([desk, wall].map(({ page }) => page.keyboard.press("4")));
    await Promise.all([desk, wall].map((v) => cardAt(v, "waived")));
    await wall.page
      .locator(`[data-testid=gap]`)
      .filter({ hasText: ground.area })
      .getByText("现场施工")
      .waitFor();
    await keyboard.press("Control+z");
    await Promise.all([desk, wall].map(({ page }) => page.keyboard.press("1")));
    await Promise.all([desk, wall].map((v) => cardAt(v, "open")));

    await keyboard.press("s");
    await desk.page.getByRole("radio", { name: "admin" }).check();
    await keyboard.press("Enter");
    await Promise.all([desk, wall].map((v) => cardAt(v, "assigned")));
    const life = desk.page.locator("[data-testid=history] [data-event]");
    await desk.page.locator("[data-testid=history] [data-event=assigned]").waitFor();
    expect(await life.evaluateAll((events) => events.map((e) => e.getAttribute("data-event")))).toEqual([
      "opened",
      "acknowledged",
      "reopened",
      "waived",
      "reopened",
      "assigned",
    ]);
    expect(await violations(desk)).toEqual([]);
  });

  it("keeps its picture when it is cut off, and catches up", async () => {
    await line.cut();
    await wall.page.locator("[data-testid=status]:not([data-status=live])").waitFor();
    await wall.page.locator("[data-testid=banner] .lost").waitFor();
    expect(await violations(wall)).toEqual([]);
    await desk.page.getByRole("button", { name: "恢复待处理" }).click();
    await cardAt(desk, "open");
    await cardAt(wall, "assigned");
    line.restore();
    await cardAt(wall, "open");
    expect(wall.complaints).toEqual([]);
    await wall.browser.close();
  });

  it("plays back a past moment, in which nothing can be done, and returns", async () => {
    const { page } = desk;
    await page.keyboard.press("t");
    await page.locator("[data-testid=timeline][data-at]").waitFor();
    await page.locator("[data-testid=gap]").filter({ hasText: ground.area }).click();
    expect(await page.locator("[data-testid=actions]").count()).toBe(0);
    expect(await violations(desk)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator("[data-testid=timeline]").waitFor({ state: "detached" });
    await cardAt(desk, "open");
  });

  it("draws coverage over time", async () => {
    await desk.page.locator("[data-testid=gap]").filter({ hasText: ground.area }).click();
    await desk.page.locator('[data-testid=chart]:not([data-samples="0"])').waitFor({ timeout: 150_000 });
    await desk.page.getByRole("slider", { name: "看哪一刻" }).focus();
    await desk.page.keyboard.press("Home");
    await desk.page.getByRole("button", { name: "回放这一刻" }).waitFor();
    expect(await violations(desk)).toEqual([]);
  });

  it("sees a tracker move", async () => {
    const api = await phone();
    const nowMs = Date.now();
    await report(api, ground.token, [{ atMs: nowMs - 400_000, at: place(-30, -30) }]);
    await desk.page.keyboard.press("Escape");
    await desk.page.keyboard.press("/");
    await desk.page.keyboard.insertText(ground.tracker);
    await desk.page.getByRole("option", { name: ground.tracker }).waitFor();
    await desk.page.keyboard.press("Enter");
    const tracker = desk.page.locator("[data-testid=tracker]");
    await desk.page.locator("[data-testid=tracker][data-lon]").waitFor();
    const before = Number(await tracker.getAttribute("data-lon"));
    await report(api, ground.token, [{ atMs: nowMs - 395_000, at: place(-20, -30) }]);
    await expect
      .poll(async () => Number(await tracker.getAttribute("data-lon")), { timeout: 30_000 })
      .toBeGreaterThan(before);
    await api.dispose();
  });

  it("sees the gap close after a walk through it", async () => {
    const api = await phone();
    await report(api, ground.token, lanes(Date.now()));
    await api.dispose();
    const card = desk.page.locator("[data-testid=gap]").filter({ hasText: ground.area });
    await card.waitFor({ state: "detached", timeout: 60_000 });
  });

  it("is accessible in both languages", async () => {
    expect(await violations(desk)).toEqual([]);
    await desk.page.getByRole("button", { name: "Switch to English" }).click();
    await desk.page.getByRole("heading", { name: "Gaps", level: 2 }).waitFor();
    await desk.page.keyboard.press("?");
    await desk.page.getByRole("dialog").waitFor();
    expect(await violations(desk)).toEqual([]);
    await desk.page.keyboard.press("Escape");
  });

  it("kept to its own origin and its own rules", () => expect(desk.complaints).toEqual([]));

  it("signs out", async () => {
    await desk.page.getByRole("button", { name: "Sign out" }).click();
    await desk.page.locator("[data-testid=sign-in]").waitFor();
  });
});

describe("on a phone", () => {
  it("shows map and inbox one above the other", async () => {
    const phone = await visit(390, 844, "en-GB");
    try {
      await signIn(phone.page);
      const map = await phone.page.locator("[data-testid=map]").boundingBox();
      const inbox = await phone.page.locator("[data-testid=inbox]").boundingBox();
      expect(map?.width).toBe(390);
      expect(inbox?.width).toBe(390);
      expect(inbox?.y).toBeGreaterThan(map?.y ?? 0);
      expect(await violations(phone)).toEqual([]);
      expect(phone.complaints).toEqual([]);
    } finally {
      await phone.browser.close();
    }
  });
});
