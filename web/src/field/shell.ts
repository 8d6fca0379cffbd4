const cacheName = "xunfang-field";

/** keepShell makes the page open without a network from now on: it keeps the files that
 * this page was loaded from, drops older ones, and starts the service worker. */
export async function keepShell(): Promise<void> {
  if (!("serviceWorker" in navigator)) return; // on an insecure page
  await navigator.serviceWorker.register("/field-sw.js", { scope: "/field" });
  const loaded = performance
    .getEntriesByType("resource")
    .map((r) => new URL(r.name))
    .filter((url) => url.origin === location.origin && url.pathname.startsWith("/assets/"))
    .map((url) => url.pathname);
  const wanted = new Set(["/field", ...loaded]);
  const cache = await caches.open(cacheName);
  await cache.addAll([...wanted]);
  for (const old of await cache.keys()) {
    if (!wanted.has(new URL(old.url).pathname)) await cache.delete(old);
  }
}
