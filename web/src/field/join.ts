import { Foreign, fields } from "../parse";
import type { Queue } from "./queue";
import { type Person, useLink } from "./wire";

/** Joined is a phone that the server knows. */
export interface Joined {
  readonly key: string;
  readonly who: Person;
}

/** linkCode returns the code that the page was opened with, and takes it out of the
 * address, where others could read it. */
export function linkCode(): string | null {
  const code = location.hash.slice(1);
  if (code === "") return null;
  history.replaceState(null, "", location.pathname);
  return code;
}

/** joined returns who this phone became earlier, null when it is nobody yet. */
export async function joined(queue: Queue): Promise<Joined | null> {
  const key = await queue.recall("key");
  const who = await queue.recall("who");
  return typeof key === "string" && who !== undefined ? { key, who: who as Person } : null;
}

/** join uses a link. The phone's key is kept before the server is asked, so that the
 * same link can be tried again when the answer is lost. */
export async function join(queue: Queue, code: string): Promise<Joined> {
  const tried = await queue.recall("trying");
  const earlier = tried === undefined ? null : parseTry(tried);
  const key = earlier !== null && earlier.code === code ? earlier.key : newKey();
  await queue.keep("trying", { code, key });
  const who = await useLink(code, key);
  await queue.keep("who", who);
  await queue.keep("key", key);
  await queue.keep("trying", null);
  return { key, who };
}

function parseTry(v: unknown): { code: string; key: string } | null {
  if (v === null) return null;
  const o = fields(v, "an earlier try");
  if (typeof o.code !== "string" || typeof o.key !== "string")
    throw new Foreign("an earlier try is unreadable");
  return { code: o.code, key: o.key };
}

// 32 random bytes in base64url, as the server makes its own.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
