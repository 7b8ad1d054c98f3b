// Keeps this build on the device: page, engine, policies and texts of one version, each
// byte checked against the build's list, in one cache. The cache is filled whole or not
// at all, and a newer build waits until the person asks for it. It answers from that
// cache, never makes a request of its own beyond this site, and keeps nothing typed.
import { build, core, kinds, pages, sizes, types } from 'build:worker'

/** @type {any} */
const worker = self
const scope = new URL(worker.registration.scope)
// Several copies of the site may live on one host, each in its folder.
const ours = `mingbai ${scope.pathname} `
const name = ours + build
const listed = { ...core, ...pages }
/** @param {string} path */
const urlOf = (path) => new URL(path, scope).href

// --- filling ---

/** @param {BufferSource} bytes */
const sum = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('')

/** @param {string} path @param {RequestCache} cache @returns {Promise<ArrayBuffer>} */
async function fetched (path, cache) {
  const response = await fetch(urlOf(path), { cache })
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`)
  // A host that does not compress wasm has an opaque copy of a quarter of the size beside it.
  if (path.endsWith('.wasm') && !response.headers.get('Content-Encoding') && typeof DecompressionStream === 'function') {
    const copy = await fetch(urlOf(path + '.gzip'), { cache })
    if (copy.ok && copy.body) {
      response.body?.cancel()
      return new Response(copy.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
    }
  }
  return response.arrayBuffer()
}

/** What the page is answered with: our own headers, whatever the host can or cannot set. @param {string} path @param {ArrayBuffer} bytes */
function answerOf (path, bytes) {
  const headers = { ...kinds[listed[path][1]], 'Content-Type': types[/** @type {string} */ (/\.\w+$/.exec(path)?.[0])] ?? 'application/octet-stream' }
  return new Response(bytes, { headers })
}

/** The file as this build's list has it, from an older cache or from the host. @param {string} path */
async function wanted (path) {
  const [hash] = listed[path]
  for (const key of await caches.keys()) {
    if (!key.startsWith(ours)) continue
    const old = await (await caches.open(key)).match(urlOf(path))
    const bytes = await old?.arrayBuffer()
    if (bytes && await sum(bytes) === hash) return answerOf(path, bytes)
  }
  // What has its hash in its name the page may just have loaded; the browser's own copy is as good, once checked.
  for (const cache of /** @type {RequestCache[]} */ (path.startsWith('assets/') ? ['default', 'reload'] : ['reload'])) {
    const bytes = await fetched(path, cache).catch(() => null)
    if (bytes && await sum(bytes) === hash) return answerOf(path, bytes)
  }
  throw new Error(`${path} is not that of build ${build}`)
}

/** Puts what is missing of the core; first fetches all, then stores all. */
async function fill () {
  const cache = await caches.open(name)
  const have = new Set((await cache.keys()).map((request) => request.url))
  /** @type {[string, Response][]} */
  const fresh = []
  for (const path of Object.keys(core)) {
    if (!have.has(urlOf(path))) fresh.push([urlOf(path), await wanted(path)])
  }
  for (const [url, response] of fresh) await cache.put(url, response)
}

/** @type {Promise<boolean> | undefined} */
let filling
const refill = () => (filling ??= fill().then(() => true, () => false).finally(() => { filling = undefined }))

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(fill().catch(async (error) => {
  await caches.delete(name)
  throw error
})))

// --- one version at a time ---

/** Pages that were kept of the build before, as this build has them. */
async function carryOver () {
  const cache = await caches.open(name)
  for (const key of await caches.keys()) {
    if (!key.startsWith(ours) || key === name) continue
    const held = new Set((await (await caches.open(key)).keys()).map((request) => request.url))
    for (const path of Object.keys(pages)) {
      if (held.has(urlOf(path))) await wanted(path).then((response) => cache.put(urlOf(path), response), () => {})
    }
  }
}

/** Older builds go when no other window can still run one. While a newer one waits its cache is there, too. */
async function tidy () {
  const { installing, waiting } = worker.registration
  if (installing || waiting) return
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (windows.length > 1) return
  for (const key of await caches.keys()) {
    if (key.startsWith(ours) && key !== name) await caches.delete(key)
  }
}

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil((async () => {
  await refill()
  await carryOver().catch(() => {})
  await worker.clients.claim()
  await tidy().catch(() => {})
})()))

worker.addEventListener('message', (/** @type {any} */ event) => {
  const { data, ports: [port] } = event
  if (data === 'skip') worker.skipWaiting()
  else if (data === 'check') event.waitUntil(check().then((state) => port.postMessage(state)))
  else if (data === 'all') event.waitUntil(keepAll(port))
})

/** What is kept; what the browser has thrown away is fetched again. */
async function check () {
  const complete = await refill()
  await tidy().catch(() => {})
  const held = new Set(await caches.open(name).then((cache) => cache.keys(), () => []).then((keys) => keys.map((/** @type {Request} */ r) => r.url)))
  const left = Object.keys(pages).filter((path) => !held.has(urlOf(path)))
  return { build, complete, pages: Object.keys(pages).length, left: left.length, bytes: left.reduce((all, path) => all + sizes[path], 0) }
}

/** All policy pages, because the person asked for them. @param {MessagePort} port */
async function keepAll (port) {
  const cache = await caches.open(name)
  const held = new Set((await cache.keys()).map((request) => request.url))
  const left = Object.keys(pages).filter((path) => !held.has(urlOf(path)))
  let failed = 0
  for (const [i, path] of left.entries()) {
    await wanted(path).then((response) => cache.put(urlOf(path), response)).catch(() => failed++)
    port.postMessage({ done: i + 1, total: left.length })
  }
  port.postMessage({ finished: true, failed })
}

// --- answering ---

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event
  const url = new URL(request.url)
  // No page of this site asks anything of another host, and none sends anything to its own.
  if (url.origin !== scope.origin) { event.respondWith(Response.error()); return }
  if (!url.pathname.startsWith(scope.pathname)) return
  if (request.method !== 'GET') { event.respondWith(Response.error()); return }
  // The hosting page asks what the host itself sends.
  if (request.cache === 'no-store') return
  let rest
  try { rest = decodeURIComponent(url.pathname.slice(scope.pathname.length)) } catch { return } // no file of ours
  event.respondWith(respond(event, rest === '' || rest.endsWith('/') ? rest + 'index.html' : rest))
})

/** @param {any} event @param {string} path @returns {Promise<Response>} */
async function respond (event, path) {
  const { request } = event
  const kept = await held(path).catch(() => undefined)
  if (kept) return kept
  // The browser has thrown something away: what is missing is fetched again beside this.
  if (Object.hasOwn(core, path)) event.waitUntil(refill())
  const navigation = request.mode === 'navigate'
  try {
    const response = await fetch(request)
    if (Object.hasOwn(pages, path) && response.ok) event.waitUntil(keep(path, response.clone()).catch(() => {}))
    return response
  } catch (error) {
    if (!navigation) throw error
    if (Object.hasOwn(listed, path + '/index.html')) return Response.redirect(urlOf(path + '/'))
    return Response.redirect(urlOf(`${path.startsWith('en/') ? 'en/' : ''}offline.html#${encodeURIComponent(path)}`))
  }
}

/** @param {string} path */
async function held (path) {
  const own = await (await caches.open(name)).match(urlOf(path))
  if (own || !path.startsWith('assets/')) return own
  // A window that still shows the build before asks for its files by their hashes.
  for (const key of await caches.keys()) {
    const older = key.startsWith(ours) && await (await caches.open(key)).match(urlOf(path))
    if (older) return older
  }
}

/** A policy page that was visited, if it is this build's. @param {string} path @param {Response} response */
async function keep (path, response) {
  const bytes = await response.arrayBuffer()
  if (await sum(bytes) === listed[path][0]) await (await caches.open(name)).put(urlOf(path), answerOf(path, bytes))
}
