// The Estimate view: from what is typed to what is shown.
import { Client } from '../lib/client.mjs'
import { scriptUrl } from '../lib/trusted.mjs'
import { controlOf, fromFragment, plainFragment, toFragment, toRequest } from './case.mjs'
import { el, goTo, later, make, say } from './dom.mjs'
import { Form } from './form.mjs'
import { regionField } from './region.mjs'
import { part } from './parts.mjs'
import { put } from './slots.mjs'
import { stepByStep } from './steps.mjs'
import { takeAlong } from './take.mjs'
import { benefitName, codeName, doubtName, settlementView } from './view.mjs'
import { money, fen } from './amount.mjs'
import { or, setTexts, t, tf } from './texts.mjs'
import { typeSize } from './type.mjs'

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  setTexts(texts, lang)
  typeSize()
  if (typeof WebAssembly === 'undefined' || typeof Worker === 'undefined') {
    notice('engine', t('engine.unsupported'))
    delete document.documentElement.dataset.steps
    return
  }
  new Estimate().begin()
}

/** Shows or hides a notice; the action is a button or a link in it. @param {string} id @param {string} [text] @param {HTMLElement} [action] */
function notice (id, text = '', action) {
  const node = el(id)
  if (!text && node.hidden) return
  node.hidden = !text
  node.replaceChildren(text, ...(action ? [' ', action] : []))
}

function today () {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
}

class Estimate {
  #form = new Form((path, settled) => this.#changed(path, settled))
  #region = regionField((code, failed) => this.#regionChanged(code, failed))
  #client
  /** @type {import('./view.mjs').Names} */
  #names = {}
  /** @type {any[]} */
  #layers = []
  #policyOf = ''
  /** @type {any} the region's rules as the engine tells them */
  #policy = null
  /** @type {any} the last settlement, and what was asked for it */
  #settled = null
  /** @type {typeof import('./figures.mjs') | null} */
  #figures = null
  /** @type {typeof import('./next.mjs') | null} */
  #next = null
  #example = true
  #opened = false
  #dated = false
  /** @type {string} what was typed and is no region here */
  #noRegion = ''
  #touched = new Set()
  #said = ''
  #turn = 0
  #shape = ''
  #asked = ''
  /** @type {any} the result in words, and its day; null while what is typed has none */
  #view = null
  #day = ''
  /** whether the sheet shows a case that belongs here: the example, or the person's own */
  #shown = true
  #tell = later(() => say(el('announce'), this.#said), 1000)
  #keep = later(() => this.#remember(), 400)
  #complain = later(() => this.#check(true), 900)

  constructor () {
    this.#client = new Client(() => new Worker(scriptUrl('engine'), { name: 'mingbai' }), (state, progress) => this.#engine(state, progress))
  }

  begin () {
    const linked = fromFragment(this.#fragment(), true)
    const kept = this.#keptRegion()
    if (linked) this.#open(linked)
    else {
      // The controls hold the worked example that the page shows; a reload may have put
      // other values into them.
      /** @type {HTMLFormElement} */ (el('case')).reset()
      const home = this.#region.nameOf(kept) ? kept : this.#region.first
      if (home !== this.#region.first) this.#touched.add('region')
      this.#region.show(home)
      this.#form.setRegion(home)
      this.#form.read()
      if (linked === null) notice('form-notice', t('link.bad'))
    }
    if (linked) this.#check(true)
    else {
      this.#form.unfold()
      this.#compute()
    }
    addEventListener('hashchange', () => {
      const other = fromFragment(this.#fragment(), true)
      if (other === undefined) return
      if (other === null) { notice('form-notice', t('link.bad')); return }
      if (toFragment(other) === toFragment(this.#form.case)) return
      this.#open(other)
      this.#check(true)
      if (this.#example) goTo(el('result'))
    })
    el('keep-region').checked = kept !== ''
    el('keep-region').addEventListener('change', () => this.#keepRegion())
    addEventListener('mingbai:save', () => this.#remember())
    // Links take along the case as it stands; those within the page move the focus, and the address keeps the case.
    document.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('a')
      if (!link) return
      this.#keep.now()
      const target = link.matches('[href^="#"]') && el(link.hash.slice(1))
      if (!target) return
      event.preventDefault()
      if (target.hidden) target.hidden = false
      goTo(target)
    })
    el('result').addEventListener('click', (/** @type {Event} */ event) => {
      const at = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest('button')) : null
      if (!at) return
      if (at.dataset.rules) this.#doubt(at.dataset.rules.split(' '), at)
      else if (at.id === 'figures-all') this.#doubt([], at)
      else if (at.id === 'fix-reset') this.#fix(new Map())
      else if (at.dataset.fix) this.#fix(new Map([...this.#form.fixes].filter(([path]) => path !== at.dataset.fix)))
    })
    this.#dock()
    const subject = { view: () => this.#view, case: () => this.#whole(), open: (/** @type {import('./case.mjs').Case} */ c) => { this.#open(c); this.#check(true) } }
    takeAlong(subject)
    stepByStep({ ...subject, linked: Boolean(linked), blank: () => this.#blank() })
  }

  /** What was typed, with the day of the result: opened on another day it gives the same. */
  #whole () {
    const c = new Map(this.#form.case)
    if (this.#view) c.set('date', this.#day)
    return c
  }

  /** The example's bill goes, before somebody fills in their own question by question. */
  #blank () {
    if (!this.#example) return
    const c = new Map([...this.#form.case].filter(([path]) => !path.startsWith('bill.')))
    this.#open(c.set('bill.form', 'total'))
    this.#check(false)
  }

  /** What the figures behind the estimate are opened with. @returns {import('./figures.mjs').Estimated} */
  #estimated () {
    const request = this.#request()
    return {
      policy: this.#policy, names: this.#names, request, settlement: this.#settled, fixes: this.#form.fixes,
      settle: (overrides) => this.#client.call({ op: 'settle', ...request, overrides }),
      apply: (fixes) => this.#fix(fixes)
    }
  }

  /** Opens figures that somebody doubts. @param {string[]} rules @param {HTMLElement} opener */
  async #doubt (rules, opener) {
    if (!this.#policy || this.#policyOf !== this.#form.case.get('region')) return
    const figures = await this.#load()
    if (figures) figures.openFigures(this.#estimated(), rules, opener)
  }

  async #load () {
    try {
      this.#figures ??= await part('figures')
      notice('problem')
    } catch { notice('problem', t('fix.failed')) }
    return this.#figures
  }

  /** Takes figures that the person corrected. @param {import('./case.mjs').Case} fixes */
  #fix (fixes) {
    this.#form.fixes = fixes
    // The buttons of the list go with it: what they were about keeps the focus.
    if (document.activeElement?.closest('.fixes')) { el('you').tabIndex = -1; el('you').focus({ preventScroll: true }) }
    this.#changed('fix', true)
  }

  /** What to do next, once the case is the person's own. @param {any} view @param {any} answer @param {any} request */
  #nextSteps (view, answer, request) {
    const own = this.#touched.size > 0 || this.#opened
    view.Next = own && this.#next ? this.#next.nextSteps(request, answer.settlement, this.#policy?.region ?? {}) : []
    if (this.#next) return
    // Fetched with the first result, not when somebody types: then nothing is asked for any more.
    part('next').then((next) => {
      this.#next = next
      if (this.#view !== view || !own) return // a newer result stands there
      this.#nextSteps(view, answer, request)
      put(el('sheet'), view)
    }, () => { /* the result stands without it; the next one asks again */ })
  }

  /** The list of corrected figures on the sheet; its words are fetched with the first one. @param {any} view */
  #listFixes (view) {
    if (!view.Corrected || this.#policyOf !== this.#form.case.get('region')) return
    if (this.#figures) view.Fixes = this.#figures.fixed(this.#estimated())
    else {
      this.#load().then((figures) => {
        if (!figures || this.#view !== view) return
        view.Fixes = figures.fixed(this.#estimated())
        put(el('sheet'), view)
      })
    }
  }

  #fragment () { return plainFragment(location.hash) }

  /** The place of insurance, if the person asked for it to be remembered. @returns {string} */
  #keptRegion () {
    try { return localStorage.getItem('mingbai.region') ?? '' } catch { return '' }
  }

  #keepRegion () {
    try {
      const code = this.#form.case.get('region')
      if (!el('keep-region').checked) localStorage.removeItem('mingbai.region')
      else if (code) localStorage.setItem('mingbai.region', code)
    } catch { el('keep-region').checked = false /* storage is forbidden here */ }
  }

  /** @param {import('./case.mjs').Case} c */
  #open (c) {
    // One of the examples to start from is shown as one, on the examples' day.
    this.#example = [...document.querySelectorAll('.examples a')].some((a) => {
      const one = /** @type {import('./case.mjs').Case} */ (fromFragment(/** @type {HTMLAnchorElement} */ (a).hash.slice(1)))
      return one.size === c.size - Number(c.has('date')) && [...one].every(([path, value]) => c.get(path) === value)
    })
    if (this.#example) this.#touched.clear()
    this.#opened = true
    this.#shown = false
    this.#dated = c.has('date')
    const region = c.get('region') ?? ''
    this.#form.write(c)
    this.#noRegion = this.#region.show(region) ? '' : region
    if (this.#noRegion) this.#form.setRegion('')
    this.#form.read()
    this.#pending = c
    notice('form-notice')
  }

  /** @type {import('./case.mjs').Case | null} a linked case whose region's own codes are not loaded yet */
  #pending = null

  /** @param {string} code @param {string} [failed] */
  #regionChanged (code, failed = '') {
    this.#noRegion = code ? '' : failed
    this.#form.setRegion(code)
    this.#changed('region', true)
    if (el('keep-region').checked) this.#keepRegion()
  }

  /** @param {string} path @param {boolean} settled */
  #changed (path, settled) {
    if (path === 'date') this.#dated = true
    this.#touched.add(path)
    if (path.startsWith('bill.') && path !== 'bill.form') this.#example = false
    notice('form-notice')
    if (settled || !path.startsWith('bill.')) this.#check(true)
    else { this.#check(false); this.#complain() }
  }

  /** Reads the form, shows what is wrong if it is time, and computes what can be. @param {boolean} loud */
  #check (loud) {
    let wrong = this.#form.read()
    this.#form.unfold()
    if (this.#form.fitStatus()) wrong = this.#form.read()
    const errors = new Map([...wrong].map(([path, code]) => [path, tf('error', code)]))
    if (this.#noRegion) errors.set('region', t('error.region_unknown', { text: this.#noRegion }))
    if (loud) this.#form.showErrors(errors)
    if (errors.size) {
      const [path, text] = [...errors][0]
      this.#stale(loud ? t('result.assumed', { field: this.#nameOf(path), value: text }) : '', path)
    }
    else this.#compute()
    this.#keep()
  }

  #request () {
    const request = toRequest(this.#form.case)
    // The worked example keeps its own day; a person's case is of today unless they say.
    if (!this.#dated) request.date = this.#touched.size || !this.#example ? today() : el('case').dataset.date
    return request
  }

  async #compute () {
    const turn = ++this.#turn
    let request = this.#request()
    const asked = JSON.stringify(request)
    if (!request.region || asked === this.#asked) return
    this.#asked = asked
    if (request.region !== this.#policyOf) {
      await this.#loadRegion(request.region)
      if (turn !== this.#turn) return
      // What a link says in the region's own codes has its controls only now.
      request = this.#request()
      this.#asked = JSON.stringify(request)
    }
    const settled = this.#client.call({ op: 'settle', ...request }, { latest: 'settle' })
    // Which questions matter does not hang on how large the amounts are.
    const shape = toFragment(this.#form.case).replace(/-\d+\.\d\d(?=~|$)/g, '-') + request.date
    const checked = shape === this.#shape ? null : this.#client.call({ op: 'validate', ...request }, { latest: 'validate' })
    const answer = await settled
    if (answer?.ok) this.#show(answer, request)
    else if (answer) this.#refused(answer.errors ?? [answer.error])
    const questions = await checked
    if (!questions?.ok) return
    this.#shape = shape
    this.#form.matter(questions.used, this.#layers)
  }

  /** A region's own codes and their names. @param {string} region */
  async #loadRegion (region) {
    const answer = await this.#client.call({ op: 'policy', region }, { latest: 'policy' })
    if (!answer?.ok) return
    this.#policyOf = region
    this.#policy = answer.policy
    this.#names = {}
    for (const [dim, codes] of Object.entries(answer.policy.codes)) {
      this.#names[dim] = Object.fromEntries(/** @type {any[]} */ (codes).filter((k) => k.name).map((k) => [k.code, k.name]))
    }
    this.#form.codes(answer.policy.codes, this.#names, this.#pending ?? this.#form.case)
    if (this.#pending) this.#keep()
    this.#pending = null
    this.#form.read()
  }

  /** @param {any} answer @param {any} request */
  #show (answer, request) {
    this.#layers = answer.settlement.layers
    this.#settled = answer.settlement
    this.#form.showErrors(new Map())
    notice('problem')
    const sheet = el('sheet')
    sheet.classList.remove('stale')
    sheet.hidden = false
    el('last').hidden = true
    this.#shown = true
    const view = settlementView(answer, { request, region: this.#region.nameOf(request.region), names: this.#names, doubts: true })
    if (this.#example) view.Tag = t('result.example')
    this.#listFixes(view)
    this.#nextSteps(view, answer, request)
    put(sheet, view)
    this.#view = view
    this.#day = request.date
    this.#dockSays(view.Corrected ? t('fix.you') : t('result.you'), `¥${view.YouYuan}${view.YouFen}${view.YouTo}`, t('result.jump'), '#result')
    // How long the first estimate takes is measured by this.
    if (!performance.getEntriesByName('mingbai-estimate').length) performance.mark('mingbai-estimate')
    if (!this.#touched.size && this.#example && !this.#opened) return
    const s = answer.settlement
    const range = s.range?.psn_part_amt
    this.#said = (view.YouTo ? t('result.announce_range', { from: money(fen(range.from)), to: money(fen(range.to)) }) : t('result.announce', { you: money(fen(s.psn_part_amt)), fund: money(fen(s.fund_pay_sumamt)) })) + view.Corrected
    this.#tell()
  }

  /** @param {any[]} problems */
  #refused (problems) {
    if (this.#client.state === 'dead') return // said already, and nothing in the form is wrong
    const errors = new Map()
    const unknown = t('error.internal')
    let first = ''
    for (const p of problems) {
      const path = controlOf(p.field ?? '', this.#form.case)
      const dim = path.slice(path.indexOf('.') + 1)
      const limit = Array.isArray(p.limit) ? p.limit.map((/** @type {string} */ code) => codeName(this.#names, dim, code)).join('、') : p.limit ?? ''
      const field = p.key ? benefitName(p.key) : or(path, 'fact', path)
      const text = or(unknown, 'error', p.code).replace('{field}', field).replace('{limit}', p.code === 'contradiction' && /^[\d.]+$/.test(limit) ? money(fen(limit)) : limit)
      first ||= text
      const at = p.code === 'draft' ? 'accept' : path
      if (this.#form.has(at) && !errors.has(at)) errors.set(at, text)
    }
    this.#form.showErrors(errors)
    this.#stale(first, [...errors.keys()][0] ?? '', problems[0].code === 'required')
    // A link may correct a figure that these rules no longer have.
    if (problems.some((p) => p.field?.startsWith('overrides'))) {
      const reset = make('button', { type: 'button', className: 'action' }, t('fix.reset_all'))
      reset.addEventListener('click', () => this.#fix(new Map()))
      notice('problem', first, reset)
    }
  }

  /**
   * The last result no longer belongs to what is typed: it loses its colours, the reason
   * is said, and the line at the foot leads to the field.
   * @param {string} reason @param {string} path @param {boolean} [missing] whether nothing is there rather than something wrong
   */
  #stale (reason, path, missing = false) {
    this.#asked = ''
    this.#view = null
    const sheet = el('sheet')
    sheet.classList.add('stale')
    sheet.hidden = !this.#shown
    el('last').hidden = false
    if (!reason) return
    notice('problem', reason)
    if (path) {
      const field = this.#nameOf(path)
      this.#dockSays('', missing ? t('dock.missing', { field }) : t('dock.wrong', { field }), t('dock.fix'), `#f-${path}`)
    }
    this.#said = t('result.announce_error', { text: reason })
    this.#tell()
  }

  /** What a field is called. @param {string} path */
  #nameOf (path) { return doubtName({ layers: this.#layers }, { field: path }) }

  /** @param {string} label @param {string} strong @param {string} action @param {string} href */
  #dockSays (label, strong, action, href) {
    say(el('dock-label'), label)
    say(el('dock-amount'), strong)
    say(el('dock-link'), action)
    el('dock-link').setAttribute('href', href)
  }

  /** @param {'starting' | 'ready' | 'dead' | 'offline'} state @param {{done: number, total: number}} [progress] */
  #engine (state, progress) {
    document.documentElement.dataset.engine = state
    if (state === 'ready') { notice('engine'); return }
    if (state === 'starting') {
      const percent = progress ? `${Math.floor(progress.done / progress.total * 100)}%` : ''
      // The worked example is on the page: waiting matters only to who has begun to type.
      if (this.#touched?.size || !this.#example) notice('engine', percent ? t('result.waiting_percent', { percent }) : t('result.waiting'))
      return
    }
    const retry = make('button', { type: 'button', className: 'action' }, t('engine.retry'))
    retry.addEventListener('click', () => { this.#client.retry(); this.#asked = ''; this.#compute() })
    if (state === 'offline') { notice('engine', t('engine.offline'), retry); return }
    // In a window of its own: within this one a fragment alone would start nothing.
    const link = make('a', { id: 'saved-case', target: '_blank', rel: 'noopener', href: location.pathname + '#' + toFragment(this.#form.case) }, t('engine.link'))
    notice('engine', t('engine.dead'), link)
  }

  /** Keeps the case in the address, where a reload, a bookmark or a friend finds it. */
  #remember () {
    const c = new Map(this.#form.case)
    if (!this.#dated) c.delete('date')
    // What a link says in its region's own codes is not in the form before the region is here.
    if (this.#pending || c.size < 3) return
    const fragment = '#' + toFragment(c)
    history.replaceState(history.state, '', fragment)
    // Only some of the other views know corrected figures.
    const uncorrected = '#' + toFragment(new Map([...c].filter(([path]) => !path.startsWith('fix.'))))
    for (const link of [el('other-language'), el('saved-case'), ...document.querySelectorAll('a[data-case]')]) {
      if (link) link.hash = link.matches('[data-case]:not([data-case=corrected])') ? uncorrected : fragment
    }
  }

  /** A line at the foot of the window repeats the amount while the result is out of sight. */
  #dock () {
    el('dock-amount').textContent = el('you').querySelector('.currency').textContent + el('you').querySelector('.yuan').textContent + el('you').querySelector('.fen').textContent
    new IntersectionObserver(([entry]) => { el('dock').hidden = entry.isIntersecting }).observe(el('you'))
  }
}
