// The drivers' app without a line: our own files are kept by their versioned addresses, and where no page can be had,
// one says so. Pages and answers, which are somebody's own, are never kept. `SHELL` stands above (portal/app_shell.py).
const PREFIX = "charge-portal-";
const CACHE = PREFIX + SHELL.version;

self.addEventListener("install", (event) => {
  // It takes over at once: each page names its files by their content, so an older page finds what it needs.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL.offline, ...SHELL.files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith(SHELL.static) && url.searchParams.has("v")) event.respondWith(file(request, url));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(SHELL.offline)) ?? Response.error();
  }
}

async function file(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) {
    // What stood at this address before is of no more use.
    await cache.delete(url.pathname, { ignoreSearch: true });
    await cache.put(request, answer.clone());
  }
  return answer;
}
