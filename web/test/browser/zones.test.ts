import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "./axe";
import { signIn, url, type Visit, visit } from "./browser";

// One planner draws, issues, amends and lifts a zone; another sees each step arrive.

const name = `试验区 ${Date.now().toString(36)}`;

describe("a zone's legal life", () => {
  let planner: Visit;
  let other: Visit;

  const vertices = () => planner.page.getByTestId("vertex-count");
  const canvas = (page: Page): Locator => page.locator("[data-testid=map] canvas");

  // said is a figure or text of the picked zone's detail.
  const said = ({ page }: Visit, text: string) =>
    page.locator("[data-testid=detail][data-collection=zones] dd").getByText(text, { exact: true }).first();

  // click clicks a place of the map, in shares of its width and height.
  async function click(x: number, y: number, options: { double?: boolean } = {}) {
    const box = await canvas(planner.page).boundingBox();
    if (box === null) throw new Error("there is no map");
    const at = [box.x + x * box.width, box.y + y * box.height] as const;
    if (options.double) await planner.page.mouse.dblclick(...at);
    else await planner.page.mouse.click(...at);
  }

  async function find(page: Page) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.insertText(name);
    await page.getByRole("option", { name }).click();
    await page.locator("[data-testid=detail][data-collection=zones]").waitFor();
  }

  beforeAll(async () => {
    [planner, other] = await Promise.all([visit(1366, 768, "zh-CN"), visit(1366, 768, "en-GB")]);
    await Promise.all([signIn(planner.page), signIn(other.page)]);
    // Near enough that a hand's breadth is some metres.
    for (const _ of [1, 2, 3]) {
      await planner.page.getByRole("button", { name: "放大" }).click();
      await planner.page.locator("html[data-map=idle]").waitFor();
    }
  });
  afterAll(async () => {
    await Promise.all([planner.browser.close(), other.browser.close()]);
  });

  it("refuses a crossing vertex visibly, and keeps the rest", async () => {
    await planner.page.keyboard.press("z");
    await planner.page.getByTestId("zone-editor").waitFor();
    await click(0.3, 0.3);
    await click(0.5, 0.5);
    await click(0.3, 0.5);
    await click(0.5, 0.3);
    await planner.page.getByTestId("refused").filter({ hasText: "相交" }).waitFor();
    await expect.poll(() => vertices().textContent()).toBe("3");
    expect(await violations(planner)).toEqual([]);
  });

  it("undoes and redoes, and closes", async () => {
    await planner.page.keyboard.press("Control+z");
    await expect.poll(() => vertices().textContent()).toBe("2");
    await planner.page.keyboard.press("Control+y");
    await planner.page.keyboard.press("Control+z");
    await click(0.5, 0.6);
    await click(0.3, 0.6);
    await planner.page.keyboard.press("Enter");
    await expect.poll(() => planner.page.getByTestId("next-step").isEnabled()).toBe(true);
    await expect.poll(() => vertices().textContent()).toBe("4");
  });

  it("asks for the order before it issues", async () => {
    await planner.page.getByTestId("next-step").click();
    await planner.page.locator("input[name=zone-name]").fill(name);
    await planner.page.getByTestId("next-step").click();
    await planner.page.getByTestId("lacks").filter({ hasText: "文号" }).waitFor();
    expect(await planner.page.getByTestId("issue").isDisabled()).toBe(true);
    expect(await violations(planner)).toEqual([]);
  });

  it("is issued, and arrives at the other's screen", async () => {
    await planner.page.getByRole("button", { name: /2 命令/ }).click();
    await planner.page.locator("input[name=zone-order]").fill("试 1 号");
    await planner.page.locator("input[name=zone-authority]").fill("试验指挥部");
    await planner.page.locator("textarea[name=zone-reason]").fill("试验");
    await planner.page.getByRole("button", { name: "7 天", exact: true }).click();
    await planner.page.getByTestId("next-step").click();
    await planner.page.getByTestId("compared").check();
    await planner.page.getByTestId("issue").click();
    await planner.page.locator("[data-testid=detail][data-collection=zones]").waitFor();
    await find(other.page);
    await said(other, "In force").waitFor();
  });

  it("shows a planner who saves meanwhile the difference, and overwrites nothing", async () => {
    await other.page.getByTestId("amend").click();
    await other.page.getByRole("button", { name: /2 Order/ }).click();
    await other.page.locator("textarea[name=zone-reason]").fill("the other's reason");

    await planner.page.getByTestId("amend").click();
    await planner.page.getByRole("button", { name: /2 命令/ }).click();
    await planner.page.locator("input[name=zone-order]").fill("试 2 号");
    await planner.page.getByTestId("next-step").click();
    await planner.page.getByTestId("compared").check();
    await planner.page.getByTestId("issue").click();
    await said(planner, "试 2 号").waitFor();

    await other.page.getByTestId("next-step").click();
    await other.page.getByTestId("compared").check();
    await other.page.getByTestId("issue").click();
    await other.page.getByTestId("rival").filter({ hasText: "试 2 号" }).waitFor();
    expect(await violations(other)).toEqual([]);
    await other.page.getByTestId("keep-mine").click();
    await other.page.getByTestId("issue").click();
    await said(planner, "the other's reason").waitFor();
  });

  it("keeps every version", async () => {
    await planner.page.getByTestId("zone-versions").getByText("历次版本（3）").click();
    await planner.page.getByTestId("zone-versions").getByText("试 2 号").waitFor();
  });

  it("is drawn by keyboard alone, and saved as a draft", async () => {
    const { page } = planner;
    await page.keyboard.press("Escape");
    await page.keyboard.press("z");
    for (const [lon, lat] of [
      ["113.6", "34.7"],
      ["113.601", "34.7"],
      ["113.601", "34.701"],
    ] as const) {
      await page.getByTestId("new-lon").fill(lon);
      await page.getByTestId("new-lat").fill(lat);
      await page.keyboard.press("Enter");
    }
    await page.getByTestId("close-ring").press("Enter");
    await page.getByTestId("next-step").press("Enter");
    await page.locator("input[name=zone-name]").fill("键盘画的草稿");
    await page.getByTestId("next-step").press("Enter");
    await page.getByTestId("save-draft").press("Enter");
    await said(planner, "草拟").waitFor();
    await page.getByTestId("lift").click();
    await page.getByTestId("lift-confirm").click();
    await page.locator("[data-testid=detail]").waitFor({ state: "detached" });
  });

  it("is lifted, and leaves the other's screen", async () => {
    await find(planner.page);
    await planner.page.getByTestId("lift").click();
    expect(await violations(planner)).toEqual([]);
    await planner.page.getByTestId("lift-confirm").click();
    await said(other, "Ended").waitFor();
  });

  it("kept to its own origin and its own rules", () => {
    expect([...planner.complaints, ...other.complaints]).toEqual([]);
    expect(new URL(planner.page.url()).origin).toBe(new URL(url).origin);
  });
});
