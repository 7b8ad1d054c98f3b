// The page's side of the service worker: says quietly what is kept and whether there is a
// network, offers a newer build, and does nothing else unasked. All its texts stand in
// the page; it only shows and hides them.
import { scriptUrl } from '../lib/trusted.mjs'

const FIRST_WAIT = 20_000
const HOUR = 3_600_000

const el = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id))
const base = new URL(document.body.dataset.base || './', location.href)
const mine = document.body.dataset.build
const container = navigator.serviceWorker
const phone = {
  wechat: /MicroMessenger/i.test(navigator.userAgent),
  apple: /iP(hone|ad|od)/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
}
const installed = () => matchMedia('(display-mode: standalone)').matches || /** @type {any} */ (navigator).standalone === true

/** Of some lines that stand in one place, shows the named ones. @param {string} attribute @param {...string} names */
function say (attribute, ...names) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-${attribute}]`))) {
    node.hidden = !names.includes(node.dataset[attribute] ?? '')
  }
}

// --- is there a network? ---

let complete = false
let unreachable = false
function network () {
  el('net').hidden = navigator.onLine && !unreachable
  say('net', complete ? 'kept' : 'open')
}

// --- a newer build ---

/** @type {ServiceWorkerRegistration | undefined} */
let registration
let asked = false
let leaving = false

/** Once, with the case in the address, where the page finds it again. */
function reload () {
  if (leaving) return
  leaving = true
  dispatchEvent(new Event('mingbai:save'))
  location.reload()
}

function offer () {
  if (el('offer').dataset.put === 'off') return
  el('offer').hidden = false
  document.documentElement.dataset.offer = ''
}

function noOffer () {
  el('offer').hidden = true
  delete document.documentElement.dataset.offer
}

function update () {
  asked = true
  if (registration?.waiting) registration.waiting.postMessage('skip')
  else reload()
}

/** @param {ServiceWorkerRegistration} r */
function watch (r) {
  registration = r
  // Only what still waits a moment later: the first worker has no old one to wait for.
  const waits = () => setTimeout(() => { if (r.waiting) offer() }, 300)
  waits()
  const follow = (/** @type {ServiceWorker | null} */ next) => next?.addEventListener('statechange', () => { if (next.state === 'installed') waits() })
  // The browser looks for a newer worker by itself, and may have begun before this.
  follow(r.installing)
  r.addEventListener('updatefound', () => follow(r.installing))
  let seen = Date.now()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - seen < HOUR) return
    seen = Date.now()
    r.update().catch(() => {})
  })
}

// --- what is kept ---

/** Asks the worker; the answers come through a channel of their own. @param {string} question @param {(answer: any) => void} hear */
function ask (question, hear) {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => hear(data)
  container.controller?.postMessage(question, [port2])
}

function check () {
  ask('check', (state) => {
    complete = state.complete
    network()
    say('keep', state.complete ? 'ready' : 'failed', ...(phone.apple && !installed() ? ['ios'] : []))
    el('keep-wipe').hidden = !state.complete
    el('keep-persist').hidden = !state.complete || !navigator.storage?.persist
    const all = el('keep-all')
    all.hidden = !state.complete || !state.left
    all.textContent = all.dataset.text.replace('{size}', `${Math.max(1, Math.round(state.bytes / 1024))} KB`)
    // The page came from the network while a worker of another build was already there.
    if (state.build !== mine) offer()
    settledPersistence()
  })
}

async function settledPersistence () {
  if (await navigator.storage?.persisted?.().catch(() => false)) persistence(true)
}

/** @param {boolean} granted */
function persistence (granted) {
  const line = /** @type {HTMLElement} */ (document.querySelector('[data-keep="persist"]'))
  line.hidden = false
  say('persist', granted ? 'yes' : 'no')
  if (granted) el('keep-persist').hidden = true
}

/** Asked for only here: after the person has installed the app or pressed the button. */
const persist = () => navigator.storage?.persist?.().then(persistence, () => persistence(false))

function keepAll () {
  const button = el('keep-all')
  const line = /** @type {HTMLElement} */ (document.querySelector('[data-keep="all"]'))
  line.hidden = false
  button.disabled = true
  ask('all', (answer) => {
    if (answer.finished) {
      line.textContent = answer.failed ? button.dataset.failed.replace('{n}', answer.failed) : button.dataset.done
      button.disabled = false
      button.hidden = !answer.failed
    } else {
      line.textContent = button.dataset.progress.replace('{done}', answer.done).replace('{total}', answer.total)
    }
  })
}

/** Everything of this site that is on the device goes. */
async function wipe () {
  const { wipeOwn, wipePages } = await import('./wipe.mjs')
  wipeOwn()
  await wipePages()
}

/** It is gone, by this button or the one on the privacy page. */
addEventListener('mingbai:unkept', () => {
  complete = false
  say('keep', 'wiped')
  for (const id of ['keep-wipe', 'keep-all', 'keep-persist']) el(id).hidden = true
})

// --- installing ---

/** @type {any} */
let prompt
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault()
  prompt = event
  el('keep').hidden = false
  el('keep-install').hidden = false
})
addEventListener('appinstalled', () => {
  el('keep-install').hidden = true
  persist()
})

/** Where the Estimate is, its engine comes first: what is fetched for later must not slow it. */
function afterEngine () {
  return new Promise((done) => {
    const root = document.documentElement
    const settled = () => ['ready', 'dead', 'offline'].includes(root.dataset.engine ?? '')
    if (!document.getElementById('case') || settled() || container.controller) { done(undefined); return }
    const watching = new MutationObserver(() => { if (settled()) finish() })
    const clock = setTimeout(finish, FIRST_WAIT)
    function finish () { watching.disconnect(); clearTimeout(clock); done(undefined) }
    watching.observe(root, { attributes: true, attributeFilter: ['data-engine'] })
  })
}

async function begin () {
  addEventListener('online', () => { unreachable = false; network() })
  addEventListener('offline', network)
  network()
  el('keep').hidden = false
  el('keep-install').addEventListener('click', () => { prompt?.prompt(); el('keep-install').hidden = true })
  el('keep-persist').addEventListener('click', persist)
  el('keep-all').addEventListener('click', keepAll)
  el('keep-wipe').addEventListener('click', () => wipe().catch(() => {}))
  el('offer-now').addEventListener('click', update)
  el('offer-later').addEventListener('click', () => { el('offer').dataset.put = 'off'; noOffer() })
  again()
  if (!container) {
    say('keep', phone.wechat && phone.apple ? 'wechat' : 'none')
    return
  }
  // Another window has changed the build: this one goes on as it is, and is offered the same.
  const had = Boolean(container.controller)
  container.addEventListener('controllerchange', () => {
    if (asked) reload()
    else { check(); if (had) offer() }
  })
  if (!had) say('keep', 'filling')
  if (document.readyState !== 'complete') await new Promise((go) => addEventListener('load', go, { once: true }))
  await afterEngine()
  try {
    const kept = container.controller && await container.getRegistration(base.href)
    const r = kept || await container.register(scriptUrl('offline'), { scope: base.pathname, updateViaCache: 'none' })
    watch(r)
    // The look for a newer build is the only question asked; without an answer there is no network.
    if (kept) kept.update().catch(() => { unreachable = true; network() })
    r.installing?.addEventListener('statechange', (event) => {
      if (/** @type {ServiceWorker} */ (event.target).state === 'redundant' && !container.controller) say('keep', 'failed')
    })
  } catch {
    // Without a network, or where storage is forbidden, the page goes on as it is.
    if (!container.controller) say('keep', 'none')
  }
  if (container.controller) check()
}

/** On the page that stands for one that is not on the device: the way back to that one. */
function again () {
  const link = document.getElementById('offline-again')
  if (!link) return
  try {
    const target = new URL(decodeURIComponent(location.hash.slice(1)), base)
    if (!location.hash || !target.href.startsWith(base.href)) return
    link.setAttribute('href', target.href.replace(/index\.html$/, ''))
    link.hidden = false
  } catch { /* a damaged address leads nowhere */ }
}

begin()
