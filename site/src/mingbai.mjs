// The library entry: the same engine as the site's, for pages of others and for Node.
// The types and the promise are in mingbai.d.ts.
import { wasmFile, workerFile, workshopFile } from 'build:files'
import { runBatch } from './lib/batch.mjs'
import { Client, failure, needsWorkshop } from './lib/client.mjs'
import { startEngine } from './lib/start.mjs'

const inNode = typeof process !== 'undefined' && Boolean(process.versions?.node)

/** @param {string} file */
const beside = (file) => new URL(`assets/${file}`, import.meta.url)

/** @typedef {string | URL | BufferSource | WebAssembly.Module} Wasm */

/** @param {{worker?: boolean | (() => Worker), wasm?: Wasm, workshop?: Wasm}} [options] */
export async function load ({ worker = false, wasm = beside(wasmFile), workshop = beside(workshopFile) } = {}) {
  if (worker && !inNode) return overWorker(typeof worker === 'function' ? worker : ownWorker)
  /** @type {((request: string) => string) | undefined} */
  let engine = await startEngine(await source(wasm))
  /** @type {Promise<void> | undefined} the larger engine takes the place of the first */
  let larger
  const enlarge = () => larger ??= source(workshop).then(startEngine).then((f) => { if (engine) engine = f })
  return withBatch({
    async call (/** @type {any} */ request) {
      if (needsWorkshop(request)) {
        try { await enlarge() } catch { larger = undefined; return failure('offline') }
      } else await larger?.catch(() => {})
      if (!engine) return failure('internal')
      // What JSON cannot write never reaches the engine; what breaks afterwards has poisoned it.
      let text
      try { text = JSON.stringify({ v: 1, ...request }) } catch { /* a ring, a BigInt, somebody's toJSON */ }
      if (text === undefined) return failure('bad_json')
      try {
        return JSON.parse(engine(text))
      } catch {
        engine = undefined
        return failure('internal')
      }
    },
    close () { engine = undefined }
  })
}

/** @template {{call: (request: object) => Promise<any>}} T @param {T} engine */
const withBatch = (engine) => ({
  ...engine,
  batch: (/** @type {string} */ csv, /** @type {import('./lib/batch.mjs').BatchOptions} */ options) => runBatch(engine.call, csv, options)
})

/** @param {Wasm} wasm */
async function source (wasm) {
  if (typeof wasm !== 'string' && !(wasm instanceof URL)) return wasm
  const url = new URL(wasm, import.meta.url)
  if (!inNode || url.protocol !== 'file:') return url.href
  const { readFile } = await import('node:fs/promises')
  return readFile(url)
}

function ownWorker () {
  const url = beside(workerFile).href
  // A page that demands Trusted Types names the policy in its own rules.
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('mingbai', { createScriptURL: (/** @type {string} */ u) => {
    if (u !== url) throw new TypeError('not the engine')
    return u
  } })
  return new Worker(policy ? policy.createScriptURL(url) : url, { name: 'mingbai' })
}

/** @param {() => Worker} make */
async function overWorker (make) {
  /** @type {Client} */
  let client
  await new Promise((resolve, reject) => {
    client = new Client(make, (state) => {
      if (state === 'ready') resolve(undefined)
      if (state === 'dead' || state === 'offline') reject(new Error(`mingbai: the engine is ${state}`))
    })
  })
  return withBatch({
    call: async (/** @type {object} */ request) => /** @type {object} */ (await client.call(request)),
    close: () => client.close()
  })
}
