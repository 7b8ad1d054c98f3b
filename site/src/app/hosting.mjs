// The hosting page: asks this site's own host, when the person presses the button, what it
// sends with a page, the worker, the engine and the library, and says which of it is there.
import './plain.mjs'
import { wasmFile, workerFile } from '../lib/trusted.mjs'
import { el } from './dom.mjs'

const base = new URL(document.body.dataset.base || './', location.href)
/** The host's own answer, past every cache and the service worker. @param {string} path */
async function headersOf (path) {
  const response = await fetch(new URL(path, base), { cache: 'no-store' })
  response.body?.cancel().catch(() => {})
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return (/** @type {string} */ name) => response.headers.get(name) ?? ''
}

async function check () {
  const [page, worker, engine, library] = await Promise.all(['./', `assets/${workerFile}`, `assets/${wasmFile}`, 'mingbai.mjs'].map(headersOf))
  /** @type {Record<string, boolean>} */
  const found = {
    https: isSecureContext,
    csp: /frame-ancestors/.test(page('Content-Security-Policy')),
    worker: /default-src 'none'/.test(worker('Content-Security-Policy')),
    permissions: /camera=\(\)/.test(page('Permissions-Policy')),
    nosniff: page('X-Content-Type-Options') === 'nosniff',
    opener: page('Cross-Origin-Opener-Policy') === 'same-origin',
    referrer: page('Referrer-Policy') === 'no-referrer',
    shared: library('Access-Control-Allow-Origin') === '*',
    forever: /immutable/.test(worker('Cache-Control')),
    type: engine('Content-Type').startsWith('application/wasm'),
    small: engine('Content-Encoding') !== ''
  }
  const button = el('check')
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#checks > [data-check]'))) {
    const answer = /** @type {HTMLElement} */ (row.querySelector('.answer'))
    const good = found[row.dataset.check ?? '']
    row.dataset.found = good ? 'yes' : 'no'
    answer.textContent = good ? button.dataset.yes : button.dataset.no
    answer.hidden = false
  }
  return Object.values(found)
}

el('check').addEventListener('click', async () => {
  const said = el('checked')
  said.textContent = ''
  try {
    const found = await check()
    said.textContent = said.dataset.done.replace('{n}', String(found.filter(Boolean).length)).replace('{all}', String(found.length))
  } catch {
    said.textContent = said.dataset.failed
  }
})
