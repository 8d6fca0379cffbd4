// The field page's service worker: it lets the page open where there is no network. The
// page itself puts into the cache what it was loaded from (shell.ts); here it is only
// taken out. Nothing but the page's own files is ever kept.

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}
const worker = globalThis as unknown as Worker;

addEventListener("install", (event) => (event as Waiting).waitUntil(worker.skipWaiting()));
addEventListener("activate", (event) => (event as Waiting).waitUntil(worker.clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event as Asked;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === "/field") (event as Asked).respondWith(newest(request));
  else if (pathname.startsWith("/assets/")) (event as Asked).respondWith(kept(request));
});

// The page as the server has it now, else as it was kept.
async function newest(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match("/field");
    if (found === undefined) throw error;
    return found;
  }
}

// Names under /assets/ carry a hash of their content: what is kept is what it was.
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request);
}
