// What the views beside the Estimate have in common: the engine behind the page, notices,
// a region's own names and rules.
import { Client } from '../lib/client.mjs'
import { scriptUrl } from '../lib/trusted.mjs'
import { el, goTo, later, make, say } from './dom.mjs'
import { or, setTexts, t, tf } from './texts.mjs'
import { controlOf, plainFragment } from './case.mjs'
import { benefitName, codeName } from './view.mjs'
import { fen, money } from './amount.mjs'
import { typeSize } from './type.mjs'
import { ruleBook } from './rules.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./view.mjs').Names} Names */
/** @typedef {{code: string, names: Names, codes: Record<string, {code: string, name?: any}[]>, rules: import('./rules.mjs').RuleBook, yearStarts: string, policy: any}} Region */

/**
 * Starts a view, unless the browser cannot run the engine.
 * @param {Record<string, string>} texts @param {string} lang @param {() => void} begin
 */
export function startView (texts, lang, begin) {
  setTexts(texts, lang)
  typeSize()
  if (typeof WebAssembly === 'undefined' || typeof Worker === 'undefined') notice('engine', t('engine.unsupported'))
  else begin()
}

/** Shows or hides a notice; the actions are buttons or links in it. @param {string} id @param {string} [text] @param {...HTMLElement} actions */
export function notice (id, text = '', ...actions) {
  const node = el(id)
  if (!text && node.hidden) return
  node.hidden = !text
  node.replaceChildren(text, ...actions.flatMap((a) => [' ', a]))
}

/** The form shows the questions of its case: how long that takes after the start is measured by this. */
export function settled () {
  if (!performance.getEntriesByName('mingbai-view').length) performance.mark('mingbai-view')
}

/** @param {string} text @param {() => void} action @param {string} [className] */
export function button (text, action, className = 'action quiet') {
  const node = make('button', { type: 'button', className }, text)
  node.addEventListener('click', action)
  return node
}

export function today () {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
}

export const fragment = () => plainFragment(location.hash)

/** Keeps what was typed in the address, where a reload or a friend finds it, and in the link to the other language. @param {string} text without # */
export function keepInAddress (text) {
  const hash = text ? '#' + text : ''
  if (location.hash !== hash) history.replaceState(history.state, '', hash || location.pathname)
  const other = el('other-language')
  if (other) other.href = other.getAttribute('href').split('#')[0] + hash
}

/** Links take along what stands here; those within the page move the focus, and the address keeps the case. @param {() => void} [keep] what is still to be kept */
export function innerLinks (keep) {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link) return
    keep?.()
    const target = link.matches('[href^="#"]') && el(link.hash.slice(1))
    if (!target) return
    event.preventDefault()
    if (target.hidden) target.hidden = false
    const shut = target.closest('details:not([open])')
    if (shut) /** @type {HTMLDetailsElement} */ (shut).open = true
    goTo(target)
  })
}

/**
 * Reads what is typed and unfolds the parts that have something in them.
 * @param {import('./form.mjs').Form} form @param {string} noRegion a region that was asked for and is not here
 * @returns {Map<string, string>} what is wrong, in words at their fields
 */
export function readForm (form, noRegion) {
  let wrong = form.read()
  form.unfold()
  if (form.fitStatus()) wrong = form.read()
  const errors = new Map([...wrong].map(([path, code]) => [path, tf('error', code)]))
  if (noRegion) errors.set('region', t('error.region_unknown', { text: noRegion }))
  return errors
}

/** Says something once, politely, when no more changes follow. */
export function announcer () {
  let said = ''
  const tell = later(() => say(el('announce'), said), 900)
  return (/** @type {string} */ text) => { said = text; tell() }
}

/** The engine of a view. */
export class Desk {
  #client
  #again
  #busy
  /** @type {Map<string, Promise<Region | null>>} */
  #regions = new Map()

  /** @param {{again: () => void, busy: () => boolean}} view again: asks anew after a failure; busy: somebody waits for an answer */
  constructor ({ again, busy }) {
    this.#again = again
    this.#busy = busy
    this.#client = new Client(() => new Worker(scriptUrl('engine'), { name: 'mingbai' }), (state, progress) => this.#state(state, progress))
  }

  get dead () { return this.#client.state === 'dead' }

  /** @param {any} request @param {string} [latest] @returns {Promise<any>} null where a newer request took its place */
  call (request, latest) { return this.#client.call(request, latest ? { latest } : {}) }

  /** A region's own codes, their names and its rules. @param {string} code @returns {Promise<Region | null>} */
  region (code) {
    let known = this.#regions.get(code)
    if (!known) {
      known = this.call({ op: 'policy', region: code }).then((answer) => {
        if (!answer?.ok) { this.#regions.delete(code); return null }
        /** @type {Names} */
        const names = {}
        for (const [dim, codes] of Object.entries(answer.policy.codes)) {
          names[dim] = Object.fromEntries(/** @type {any[]} */ (codes).filter((k) => k.name).map((k) => [k.code, k.name]))
        }
        return { code, names, codes: answer.policy.codes, rules: ruleBook(answer.policy, names), yearStarts: answer.policy.year_starts, policy: answer.policy }
      })
      this.#regions.set(code, known)
    }
    return known
  }

  /** @param {'starting' | 'ready' | 'dead' | 'offline'} state @param {{done: number, total: number}} [progress] */
  #state (state, progress) {
    document.documentElement.dataset.engine = state
    if (state === 'ready') notice('engine')
    else if (state === 'starting') {
      if (!this.#busy()) return
      notice('engine', progress ? t('result.waiting_percent', { percent: `${Math.floor(progress.done / progress.total * 100)}%` }) : t('result.waiting'))
    } else if (state === 'offline') {
      notice('engine', t('engine.offline'), button(t('engine.retry'), () => { this.#client.retry(); this.#again() }, 'action'))
    } else {
      // In a window of its own: within this one a fragment alone would start nothing.
      const link = make('a', { id: 'saved-case', target: '_blank', rel: 'noopener', href: location.pathname + location.hash }, t('engine.link'))
      notice('engine', t('engine.dead'), link)
    }
  }
}

/**
 * What the engine refused, in words at their fields.
 * @param {any[]} problems @param {Case} c @param {Names} names
 * @returns {Map<string, string>} texts by path, in the order of the problems
 */
export function refusals (problems, c, names) {
  const errors = new Map()
  const unknown = t('error.internal')
  for (const p of problems) {
    const path = controlOf(p.field ?? '', c)
    const dim = path.slice(path.indexOf('.') + 1)
    const limit = Array.isArray(p.limit) ? p.limit.map((/** @type {string} */ code) => codeName(names, dim, code)).join('、') : p.limit ?? ''
    const field = p.key ? benefitName(p.key) : or(path, 'fact', path)
    const text = or(unknown, 'error', p.code).replace('{field}', field).replace('{limit}', p.code === 'contradiction' && /^[\d.]+$/.test(limit) ? money(fen(limit)) : limit)
    const at = p.code === 'draft' ? 'accept' : path
    if (!errors.has(at)) errors.set(at, text)
  }
  return errors
}
