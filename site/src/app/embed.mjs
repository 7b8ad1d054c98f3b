// The estimator in a frame of another site: the questions of the Estimate and a short
// result. It keeps nothing, and tells the page around it its height, nothing more, unless
// the reader agrees.
import presets from '../presets.json'
import { Client } from '../lib/client.mjs'
import { scriptUrl } from '../lib/trusted.mjs'
import { controlOf, fromFragment, toFragment, toRequest } from './case.mjs'
import { el, later } from './dom.mjs'
import { Form } from './form.mjs'
import { regionField } from './region.mjs'
import { put } from './slots.mjs'
import { benefitName, codeName, settlementView } from './view.mjs'
import { fen, money } from './amount.mjs'
import { or, setTexts, t, tf } from './texts.mjs'

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  if (self.origin === 'null') return
  setTexts(texts, lang)
  new Frame().begin()
}

/** @param {string} id @param {string} [text] */
function notice (id, text = '') {
  const node = el(id)
  node.hidden = !text
  if (node.textContent !== text) node.textContent = text
}

function today () {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
}

class Frame {
  #form = new Form((path, settled) => this.#changed(path, settled))
  #region = regionField((code, failed = '') => {
    this.#noRegion = code ? '' : failed
    this.#form.setRegion(code)
    this.#changed('region', true)
  })
  #client
  /** @type {import('./view.mjs').Names} */
  #names = {}
  /** @type {any[]} */
  #layers = []
  #policyOf = ''
  #noRegion = ''
  #touched = false
  /** the worked example of the page is what is shown */
  #example = false
  #turn = 0
  #asked = ''
  #said = ''
  /** @type {import('./case.mjs').Case | null} */
  #pending = null
  /** @type {any} what the page around may hear, if the reader agrees */
  #result = null
  /** @type {{origin: string, agreed: boolean} | null} */
  #asker = null
  /** tells the page around how high this is; out of sight the observer sleeps, so that changes call it, too */
  #measure = () => {}
  #tell = later(() => { if (el('announce').textContent !== this.#said) el('announce').textContent = this.#said }, 1000)
  #complain = later(() => this.#check(true), 900)

  constructor () {
    this.#client = new Client(() => new Worker(scriptUrl('engine'), { name: 'mingbai' }), (state) => {
      document.documentElement.dataset.engine = state
      notice('engine', { starting: this.#example ? '' : t('result.waiting'), ready: '', dead: t('error.internal'), offline: t('engine.offline') }[state])
      el('engine-again').hidden = state !== 'offline'
    })
  }

  begin () {
    const options = new URLSearchParams(location.hash.slice(1))
    const given = options.get('case')
    const linked = given === null ? undefined : fromFragment(given.replace(/^#?(c=)?/, 'c='))
    if (linked === null) notice('form-notice', t('link.bad'))
    this.#open(linked || this.#optional(options))
    el('engine-again').addEventListener('click', () => { this.#client.retry(); this.#asked = ''; this.#compute() })
    el('change').addEventListener('click', () => {
      delete document.documentElement.dataset.view
      el('case').querySelector('input, select')?.focus()
    })
    for (const agreed of [true, false]) {
      el(agreed ? 'consent-yes' : 'consent-no').addEventListener('click', () => this.#consent(agreed))
    }
    el('sharing-stop').addEventListener('click', () => this.#consent(false))
    this.#talk()
  }

  /** What the tag's attributes mean, on top of the page's example. @param {URLSearchParams} options @returns {import('./case.mjs').Case} */
  #optional (options) {
    const c = new Map()
    const region = options.get('region')
    const scheme = options.get('scheme')
    const preset = /** @type {any} */ (presets)[options.get('preset') ?? '']
    if (!region && !scheme && !preset) return c
    // Without a choice of its own the case is that of the page's example, as a total.
    c.set('region', region || this.#region.first)
    c.set('person.scheme', scheme === 'resident' ? 'resident' : 'employee')
    c.set('person.status', scheme === 'resident' ? 'adult' : 'active')
    c.set('bill.form', 'total')
    for (const [path, value] of Object.entries(preset ?? presets.inpatient)) c.set(path, value)
    return c
  }

  /** @param {import('./case.mjs').Case} c none: the page's own example */
  #open (c) {
    this.#example = c.size === 0
    if (this.#example) {
      /** @type {HTMLFormElement} */ (el('case')).reset()
      this.#region.show(this.#region.first)
      this.#form.setRegion(this.#region.first)
      this.#form.read()
    } else {
      // What the page was made with belongs to another place until the engine has spoken.
      el('sheet').hidden = true
      this.#form.write(c)
      const region = c.get('region') ?? ''
      this.#noRegion = this.#region.show(region) ? '' : region
      if (this.#noRegion) this.#form.setRegion('')
      this.#pending = c
    }
    this.#check(true)
  }

  /** @param {string} path @param {boolean} settled */
  #changed (path, settled) {
    this.#touched = true
    this.#example = false
    notice('form-notice')
    if (settled || !path.startsWith('bill.')) this.#check(true)
    else { this.#check(false); this.#complain() }
  }

  /** @param {boolean} loud */
  #check (loud) {
    this.#form.read()
    this.#form.unfold()
    this.#form.fitStatus()
    const wrong = this.#form.read()
    this.#form.unfold()
    const errors = new Map([...wrong].map(([path, code]) => [path, tf('error', code)]))
    if (this.#noRegion) errors.set('region', t('error.region_unknown', { text: this.#noRegion }))
    if (loud) this.#form.showErrors(errors)
    if (errors.size) this.#stale(loud ? [...errors.values()][0] : '')
    else this.#compute()
    el('whole').href = el('whole').dataset.home + '#' + toFragment(this.#form.case)
  }

  async #compute () {
    const turn = ++this.#turn
    const request = toRequest(this.#form.case)
    if (this.#example) request.date = el('case').dataset.date
    else request.date ??= today()
    const asked = JSON.stringify(request)
    if (!request.region || asked === this.#asked) return
    this.#asked = asked
    if (request.region !== this.#policyOf) {
      await this.#loadRegion(request.region)
      if (turn !== this.#turn) return
    }
    const settled = this.#client.call({ op: 'settle', ...request }, { latest: 'settle' })
    const checked = this.#client.call({ op: 'validate', ...request }, { latest: 'validate' })
    const answer = await settled
    if (answer?.ok) this.#show(answer, request)
    else if (answer) this.#refused(answer.errors ?? [answer.error])
    const questions = await checked
    if (questions?.ok) this.#form.matter(questions.used, this.#layers)
    this.#measure()
  }

  /** @param {string} region */
  async #loadRegion (region) {
    const answer = await this.#client.call({ op: 'policy', region }, { latest: 'policy' })
    if (!answer?.ok) return
    this.#policyOf = region
    this.#names = {}
    for (const [dim, codes] of Object.entries(answer.policy.codes)) {
      this.#names[dim] = Object.fromEntries(/** @type {any[]} */ (codes).filter((k) => k.name).map((k) => [k.code, k.name]))
    }
    this.#form.codes(answer.policy.codes, this.#names, this.#pending ?? this.#form.case)
    this.#pending = null
    this.#form.read()
  }

  /** @param {any} answer @param {any} request */
  #show (answer, request) {
    const s = answer.settlement
    this.#layers = s.layers
    this.#form.showErrors(new Map())
    notice('problem')
    const sheet = el('sheet')
    sheet.classList.remove('stale')
    sheet.hidden = false
    const view = settlementView(answer, { request, region: this.#region.nameOf(request.region), names: this.#names })
    if (this.#example) view.Tag = t('result.example')
    put(sheet, view)
    if (!performance.getEntriesByName('mingbai-estimate').length) performance.mark('mingbai-estimate')
    this.#result = {
      region: request.region, date: request.date, total: s.medfee_sumamt, fund: s.fund_pay_sumamt, own: s.psn_part_amt,
      range: s.range?.psn_part_amt ?? null, policy: answer.policy.version, build: document.body.dataset.build
    }
    this.#share()
    if (!this.#touched) return
    this.#said = t('result.announce', { you: money(fen(s.psn_part_amt)), fund: money(fen(s.fund_pay_sumamt)) })
    this.#tell()
  }

  /** @param {any[]} problems */
  #refused (problems) {
    const errors = new Map()
    let first = ''
    for (const p of problems) {
      const path = controlOf(p.field ?? '', this.#form.case)
      const dim = path.slice(path.indexOf('.') + 1)
      const limit = Array.isArray(p.limit) ? p.limit.map((/** @type {string} */ code) => codeName(this.#names, dim, code)).join('、') : p.limit ?? ''
      const text = or(t('error.internal'), 'error', p.code).replace('{field}', p.key ? benefitName(p.key) : or(path, 'fact', path))
        .replace('{limit}', p.code === 'contradiction' && /^[\d.]+$/.test(limit) ? money(fen(limit)) : limit)
      first ||= text
      const at = p.code === 'draft' ? 'accept' : path
      if (this.#form.has(at) && !errors.has(at)) errors.set(at, text)
    }
    this.#form.showErrors(errors)
    if (el('embed-more').querySelector('.wrong')) el('embed-more').open = true
    this.#stale(first)
  }

  /** @param {string} reason */
  #stale (reason) {
    this.#asked = ''
    this.#result = null
    el('sheet').classList.add('stale')
    if (!reason) return
    notice('problem', reason)
    this.#said = t('result.announce_error', { text: reason })
    this.#tell()
  }

  // --- with the page around ---

  #talk () {
    if (parent === self) return
    // Anybody may know that this frame is there and how high it is; nothing else goes to anybody.
    const say = (/** @type {object} */ message) => parent.postMessage({ mingbai: 1, ...message }, '*')
    let last = 0
    this.#measure = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height)
      if (height !== last) say({ type: 'height', height })
      last = height
    }
    new ResizeObserver(this.#measure).observe(document.body)
    document.addEventListener('toggle', this.#measure, true)
    addEventListener('message', ({ data, source, origin }) => {
      if (source !== parent || data?.mingbai !== 1) return
      if (data.type === 'prefill' && typeof data.case === 'string' && !this.#touched) {
        const c = fromFragment(data.case.replace(/^#?(c=)?/, 'c='))
        if (c) this.#open(c)
        else notice('form-notice', t('link.bad'))
      }
      // Who has no name cannot be told to the reader, and so gets nothing.
      if (data.type === 'ask' && origin !== 'null' && !this.#asker) {
        this.#asker = { origin, agreed: false }
        el('consent-text').textContent = t('embed.consent', { site: origin.replace(/^https?:\/\//, '') })
        el('consent').hidden = false
      }
    })
    say({ type: 'ready' })
  }

  /** @param {boolean} agreed */
  #consent (agreed) {
    if (!this.#asker) return
    this.#asker.agreed = agreed
    el('consent').hidden = true
    el('sharing').hidden = !agreed
    el('sharing-text').textContent = t('embed.sharing', { site: this.#asker.origin.replace(/^https?:\/\//, '') })
    this.#share()
  }

  #share () {
    if (this.#asker?.agreed && this.#result && !this.#example) parent.postMessage({ mingbai: 1, type: 'result', result: this.#result }, this.#asker.origin)
  }
}
