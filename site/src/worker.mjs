// The engine's worker. It says {progress}, then {ready}; answers each {id, text} with
// {id, text}; says {offline} when the engine cannot be fetched and {dead} when it stops.
import { wasmFile } from 'build:files'
import { startEngine } from './lib/start.mjs'

/** @type {((request: string) => string) | undefined} */
let call

self.onmessage = ({ data }) => {
  let text
  try { text = call?.(data.text) } catch { /* a stack overflow or an engine that has exited: both poison it */ }
  if (typeof text === 'string') self.postMessage({ id: data.id, text })
  else self.postMessage({ dead: true })
}

let told = 0
startEngine(new URL(wasmFile, self.location.href).href, {
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
