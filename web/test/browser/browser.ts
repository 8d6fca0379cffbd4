import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Visit is one person's browser at the server under test. */
export interface Visit {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** complaints are what the page should not do: scripts that failed, rules of the CSP
   * that were broken, requests that left the server's origin. */
  readonly complaints: string[];
}

/** setting reads what the caller of these tests must give. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: these tests need a running server`);
  return value;
}

export const url = setting("XUNFANG_URL");

/** visit opens a browser (CHROMIUM, or Debian's) with software WebGL. */
export async function visit(width: number, height: number, locale: string): Promise<Visit> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
  const context = await browser.newContext({ viewport: { width, height }, locale });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin, host } = new URL(url);
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) complaints.push(`csp: ${message.text()}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "blob:" && to.protocol !== "data:" && to.origin !== origin)
      complaints.push(`left: ${to.href}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== host) complaints.push(`left: ${socket.url()}`);
  });
  return { browser, context, page, complaints };
}

/** signIn passes the sign-in page and waits until the map has drawn everything. */
export async function signIn(page: Page): Promise<void> {
  await page.goto(url);
  await page.locator("input[name=user]").fill(setting("XUNFANG_USER"));
  await page.locator("input[name=password]").fill(setting("XUNFANG_PASSWORD"));
  await page.locator("button.primary").click();
  await page.locator("[data-testid=status][data-status=live]").waitFor();
  await page.locator("html[data-map=idle]").waitFor({ timeout: 60_000 });
}
