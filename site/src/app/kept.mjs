// On the privacy page: what lies on this device, by name, and one button that removes all
// of it. What it says afterwards is what it has looked for and not found.
import './plain.mjs'
import { el } from './dom.mjs'
import { ownKept, pagesKept, wipeOwn, wipePages } from './wipe.mjs'

const items = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-kept]')])

async function show () {
  const own = ownKept()
  const pages = await pagesKept()
  const named = new Set()
  for (const item of items()) {
    const key = item.dataset.kept ?? ''
    item.hidden = key === 'pages' ? !pages.length : !own.includes(key)
    named.add(key)
  }
  // Whatever else should lie there has no better name than its key.
  el('kept-others').hidden = own.every((key) => named.has(key))
  el('kept-others-keys').textContent = own.filter((key) => !named.has(key)).join(' ')
  el('kept-none').hidden = own.length + pages.length > 0
  el('kept-own').hidden = !own.length
  el('kept-all').hidden = own.length + pages.length === 0
  el('kept-here').hidden = false
  return own.length + pages.length
}

/** @param {() => void | Promise<void>} wipe */
async function remove (wipe) {
  try { await wipe() } catch { /* what is still there is said */ }
  const left = await show()
  for (const said of ['gone', 'own', 'left']) el(`kept-said-${said}`).hidden = said !== (left === 0 ? 'gone' : ownKept().length ? 'left' : 'own')
  el('kept').focus()
}

el('kept-own').addEventListener('click', () => remove(wipeOwn))
el('kept-all').addEventListener('click', () => remove(async () => { wipeOwn(); await wipePages() }))
// What another window keeps or removes meanwhile, and what the browser has put there since.
addEventListener('storage', show)
addEventListener('pageshow', show)
addEventListener('mingbai:unkept', show)
navigator.serviceWorker?.ready.then(show)
show()
