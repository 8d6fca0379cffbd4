import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Visit } from "./browser";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** violations lists what axe-core finds inaccessible on the page as it stands. */
export async function violations({ page }: Visit): Promise<string[]> {
  // Evaluated by the browser's debugger, which the page's CSP does not bind.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
}
