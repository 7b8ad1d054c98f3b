// The engine's worker. It says {progress}, then {ready}; answers each {id, text} with
// {id, text}; says {offline} when the engine cannot be fetched and {dead} when it stops.
// A request marked workshop is for the larger engine, which from then on answers all.
import { wasmFile, workshopFile } from 'build:files'
import { failure } from './lib/client.mjs'
import { startEngine } from './lib/start.mjs'

/** @type {((request: string) => string) | undefined} */
let call

/** @type {Promise<void> | undefined} */
let larger

/** @param {string} file */
const beside = (file) => new URL(file, self.location.href).href

self.onmessage = async ({ data }) => {
  if (data.workshop) {
    larger ??= startEngine(beside(workshopFile)).then((f) => { call = f })
    try { await larger } catch {
      larger = undefined
      self.postMessage({ id: data.id, text: JSON.stringify(failure('offline')) })
      return
    }
  }
  let text
  try { text = call?.(data.text) } catch { /* a stack overflow or an engine that has exited: both poison it */ }
  if (typeof text === 'string') self.postMessage({ id: data.id, text })
  else self.postMessage({ dead: true })
}

let told = 0
startEngine(beside(wasmFile), {
  progress (done, total) {
    if (done - told < total / 50 && done < total) return
    told = done
    self.postMessage({ progress: { done, total } })
  },
  exited: () => self.postMessage({ dead: true })
}).then(
  (f) => { call = f; self.postMessage({ ready: true }) },
  (error) => self.postMessage(error instanceof TypeError || /HTTP|network|fetch/i.test(String(error)) ? { offline: true } : { dead: true })
)
