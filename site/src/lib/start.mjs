// Starts the Go engine in whatever context this runs: a worker, a page or Node.
import 'go:wasm_exec'

/** A host that sends this much or less without compression is left alone. */
const SMALL = 200_000

/**
 * Fetches the engine. Hosts differ: some compress wasm, some do not, some do not know
 * its type. Where the answer is not compressed, the opaque gzip copy beside it is taken
 * instead, a quarter of the size.
 * @param {string} url
 * @param {(done: number, total: number) => void} [progress]
 * @returns {Promise<Response>}
 */
async function fetchEngine (url, progress) {
  const stop = new AbortController()
  let response = await fetch(url, { signal: stop.signal, credentials: 'same-origin' })
  if (!response.ok) throw new Error(`engine: HTTP ${response.status}`)
  const length = Number(response.headers.get('Content-Length'))
  const plain = !response.headers.get('Content-Encoding') && length > SMALL
  if (plain && typeof DecompressionStream === 'function') {
    const copy = await fetch(url + '.gzip', { credentials: 'same-origin' })
    if (copy.ok) {
      stop.abort()
      return asWasm(counted(copy, progress).pipeThrough(new DecompressionStream('gzip')))
    }
  }
  // What is counted is the decoded size, which the header only tells without compression.
  return progress && plain ? asWasm(counted(response, progress)) : response
}

/** @param {ReadableStream} stream */
const asWasm = (stream) => new Response(stream, { headers: { 'Content-Type': 'application/wasm' } })

/** @param {Response} response @param {((done: number, total: number) => void) | undefined} progress */
function counted (response, progress) {
  const total = Number(response.headers.get('Content-Length'))
  if (!progress || !total || response.headers.get('Content-Encoding')) return /** @type {ReadableStream} */ (response.body)
  let done = 0
  return /** @type {ReadableStream} */ (response.body).pipeThrough(new TransformStream({
    transform (chunk, out) { done += chunk.byteLength; progress(done, total); out.enqueue(chunk) }
  }))
}

/** @param {Response} response @param {WebAssembly.Imports} imports */
async function instantiate (response, imports) {
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0].trim()
  // Compiling while the bytes arrive needs the right type from the host.
  if (WebAssembly.instantiateStreaming && type === 'application/wasm') {
    return WebAssembly.instantiateStreaming(response, imports)
  }
  return WebAssembly.instantiate(await response.arrayBuffer(), imports)
}

// The engine hands its function over through two global names. Two starts at once would
// take each other's, so they follow one another.
let turn = Promise.resolve()

/**
 * @param {string | BufferSource | WebAssembly.Module} source an address, or the engine itself
 * @param {{progress?: (done: number, total: number) => void, exited?: () => void}} [on]
 * @returns {Promise<(request: string) => string>}
 */
export function startEngine (source, on = {}) {
  const mine = turn.then(() => start(source, on))
  turn = mine.then(() => {}, () => {})
  return mine
}

/** @param {string | BufferSource | WebAssembly.Module} source @param {{progress?: (done: number, total: number) => void, exited?: () => void}} on */
async function start (source, on) {
  const scope = /** @type {any} */ (globalThis)
  const go = new scope.Go()
  // Cleaning up takes tens of milliseconds wherever it falls, in a keystroke or in a region's first use:
  // at 16 MB instead of 4 it is rare.
  go.env.GOGC = 400
  const made = /** @type {any} */ (typeof source === 'string'
    ? await instantiate(await fetchEngine(source, on.progress), go.importObject)
    : await WebAssembly.instantiate(source, go.importObject))
  const ready = new Promise((resolve, reject) => {
    scope.mingbaiReady = () => resolve(scope.mingbaiCall)
    // The Go program waits for ever; if it returns, the engine is gone.
    // What was compiled before gives the instance itself.
    go.run(made.instance ?? made).then(() => { reject(new Error('engine: exited')); on.exited?.() }, reject)
  })
  try {
    return await ready
  } finally {
    delete scope.mingbaiReady
    delete scope.mingbaiCall
  }
}
