// The view that checks a real receipt: its figures beside ours, and the single facts that
// would explain every difference.
import { bill, sections } from '../facts.json'
import { fen, money, readAmount, typed } from './amount.mjs'
import { toRequest } from './case.mjs'
import { announcer, button, Desk, fragment, innerLinks, keepInAddress, notice, readForm, refusals, settled, startView, today } from './desk.mjs'
import { el, goTo, later, say } from './dom.mjs'
import { download } from './file.mjs'
import { Form } from './form.mjs'
import { contradictions, fromLink, LINES, toLink, toReceipt } from './receiptcase.mjs'
import { regionField } from './region.mjs'
import { put } from './slots.mjs'
import { or, t, tf } from './texts.mjs'
import { codeName, settlementView } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./desk.mjs').Region} Region */

const FACTS = /** @type {any[]} */ (sections.flatMap((s) => s.facts))
const COUNTED = ['visit.admission', 'person.age']

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  startView(texts, lang, () => new Check().begin())
}

class Check {
  #form = new Form((path, left) => this.#changed(path, left))
  #field = regionField((code, failed) => this.#regionChanged(code, failed))
  #say = announcer()
  /** @type {import('./receiptcase.mjs').Figures} */
  #figures = new Map()
  #example = false
  #turn = 0
  #asked = ''
  #shape = ''
  #codesOf = ''
  #noRegion = ''
  /** @type {Case | null} a case from outside whose region's own codes are not loaded yet */
  #pending = null
  #text = ''
  #desk = new Desk({ again: () => { this.#asked = ''; this.#compute() }, busy: () => this.#figures.size > 0 })
  #complain = later(() => this.#check(true), 900)
  #soon = later(() => this.#compute(), 250)

  begin () {
    el('case').reset()
    const linked = fromLink(fragment())
    if (linked) this.#open(linked.case, linked.figures)
    else this.#blank()
    if (linked === null) notice('form-notice', t('link.bad'))
    this.#listen()
    innerLinks()
    addEventListener('hashchange', () => {
      const other = fromLink(fragment())
      if (other === undefined) return
      if (other === null) { notice('form-notice', t('link.bad')); return }
      if (toLink(other.case, other.figures) === toLink(this.#form.case, this.#figures)) return
      this.#open(other.case, other.figures)
    })
    new IntersectionObserver(([entry]) => { el('dock').dataset.seen = String(entry.isIntersecting); this.#dock() }).observe(el('verdict'))
  }

  #listen () {
    el('example').addEventListener('click', () => this.#showExample())
    el('found').addEventListener('click', (/** @type {Event} */ event) => {
      const use = /** @type {HTMLElement} */ (event.target).closest('[data-path]')
      if (use?.matches('button')) this.#use(/** @type {HTMLElement} */ (use))
    })
    for (const id of ['print', 'print-nothing']) el(id).addEventListener('click', () => print())
    el('copy').addEventListener('click', () => this.#copy(`${location.href.split('#')[0]}#${toLink(this.#form.case, this.#figures)}`, t('check.copied')))
    el('clear').addEventListener('click', () => this.#clear())
    el('export-copy').addEventListener('click', () => this.#copy(this.#text, t('check.export_copied')))
    el('export-save').addEventListener('click', () => download(`${this.#form.case.get('region')}-${this.#form.case.get('date') || today()}.txtar`, [this.#text], 'text/plain'))
  }

  // --- what is typed ---

  #blank () {
    this.#field.show(this.#field.first)
    this.#form.setRegion(this.#field.first)
    el('i-date').value = today()
    this.#check(false)
  }

  /** @param {Case} c @param {import('./receiptcase.mjs').Figures} figures */
  #open (c, figures) {
    notice('form-notice')
    this.#example = false
    const region = c.get('region') ?? ''
    this.#form.write(new Map([...c, ['date', c.get('date') || today()]]))
    this.#noRegion = this.#field.show(region) ? '' : region
    this.#form.setRegion(this.#noRegion ? '' : region)
    for (const name of LINES) el(`i-receipt.${name}`).value = figures.has(name) ? typed(figures.get(name) ?? '') : ''
    this.#pending = c
    this.#codesOf = ''
    this.#check(true)
  }

  #clear () {
    const before = { c: new Map(this.#form.case), figures: new Map(this.#figures), example: this.#example }
    const c = new Map([...before.c].filter(([path]) => /^(?:region|date|person\.|visit\.|bill\.form)/.test(path)))
    this.#open(c, new Map())
    this.#undo(t('check.cleared'), before)
    goTo(el('part-receipt'))
  }

  /** @param {string} text @param {{c: Case, figures: import('./receiptcase.mjs').Figures, example: boolean}} before */
  #undo (text, before) {
    notice('undo', text, button(t('check.undo'), () => {
      notice('undo')
      this.#open(before.c, before.figures)
      this.#example = before.example
      goTo(el('verdict'))
    }))
  }

  // A retired employee in Beijing, in hospital for the second time: whoever leaves that out
  // is told the first stay's figures.
  #showExample () {
    this.#open(new Map(Object.entries({
      region: '110000', date: '2026-09-01', 'person.scheme': 'employee', 'person.status': 'retired', 'visit.kind': 'inpatient', 'visit.level': 'tertiary', 'visit.place': 'local',
      'bill.form': 'split', 'bill.total': '30000.00', 'bill.self_funded': '2000.00', 'bill.over_limit': '0.00', 'bill.paid_first': '1000.00'
    })), new Map(Object.entries({ inscp_scp_amt: '27000.00', hifp_pay: '23978.50', self_pay: '4021.50', self_funded: '2000.00', psn_part_amt: '6021.50' })))
    this.#example = true
    goTo(el('result'))
  }

  /** @param {string} code @param {string} [failed] */
  #regionChanged (code, failed = '') {
    this.#noRegion = code ? '' : failed
    this.#form.setRegion(code)
    this.#changed('region', true)
  }

  /** @param {string} path @param {boolean} left the person has left the field */
  #changed (path, left) {
    notice('form-notice')
    notice('undo')
    if (this.#example) this.#example = false
    const amount = /^(?:bill|receipt|year|accounts)\./.test(path) && path !== 'bill.form'
    if (left || !amount) this.#check(true)
    else { this.#check(false); this.#complain() }
  }

  /** Reads the form, says what is wrong if it is time, and compares what can be. @param {boolean} loud */
  #check (loud) {
    const errors = readForm(this.#form, this.#noRegion)
    this.#figures = new Map()
    for (const name of LINES) {
      const read = readAmount(el(`i-receipt.${name}`).value)
      if ('error' in read) errors.set(`receipt.${name}`, tf('error', read.error))
      else if (read.value) this.#figures.set(name, read.value)
    }
    if (['cvlserv_pay', 'hifes_pay', 'oth_pay', 'hosp_part_amt'].some((name) => this.#figures.has(name))) el('receipt-rare').open = true
    // A receipt that contradicts itself is compared all the same: that, too, is an answer.
    const against = this.#against()
    const shown = new Map([...against, ...errors])
    if (loud) this.#form.showErrors(shown)
    const link = this.#figures.size && !this.#example ? toLink(this.#form.case, this.#figures) : ''
    keepInAddress(link)
    if (errors.size) this.#stale(loud ? [...errors.values()][0] : '', [...errors.keys()][0])
    else if (loud) this.#compute()
    else this.#soon()
  }

  /** What the receipt says against itself, in words by field. @returns {Map<string, string>} */
  #against () {
    return new Map(contradictions(this.#form.case, this.#figures).map(({ at, code, amount }) =>
      [at.startsWith('bill.') ? at : `receipt.${at}`, tf('check_against', code, { amount: amount && money(fen(amount)) })]))
  }

  #request () {
    const { region, date = today(), ...rest } = toRequest(this.#form.case)
    /** @type {Record<string, any>} in the order in which a test case is read */
    const request = { region, date, ...rest }
    // What the receipt took from the accounts was there to be taken.
    if (!request.accounts) {
      const [own, family] = [this.#figures.get('acct_pay'), this.#figures.get('acct_mulaid_pay')]
      const accounts = [...(own ? [{ owner: 'self', balance: own }] : []), ...(family ? [{ owner: 'family', limit: family }] : [])]
      if (accounts.length) request.accounts = accounts
    }
    return request
  }

  async #compute () {
    const turn = ++this.#turn
    const c = this.#form.case
    const region = c.has('region') ? await this.#desk.region(c.get('region') ?? '') : null
    if (turn !== this.#turn) return
    if (!region) { if (!this.#noRegion) this.#stale(t('error.internal'), '') ; return }
    if (this.#codesOf !== region.code) {
      this.#codesOf = region.code
      this.#form.codes(region.codes, region.names, this.#pending ?? c)
      this.#pending = null
      this.#form.read()
    }
    const request = this.#request()
    this.#questions(request, region)
    const receipt = toReceipt(this.#figures)
    const asked = JSON.stringify([request, receipt])
    if (asked === this.#asked) return
    this.#asked = asked
    if (!Object.keys(receipt).length) { this.#empty(); return }
    const answer = await this.#desk.call({ op: 'reconcile', ...request, receipt }, 'reconcile')
    // The same may have been asked again meanwhile: what counts is whether it is still the question.
    if (!answer || asked !== this.#asked) return
    if (answer.ok) this.#show(answer, request, receipt, region)
    else this.#refused(answer.errors ?? [answer.error], region)
  }

  /** Which questions matter; that does not hang on how large the amounts are. @param {any} request @param {Region} region */
  async #questions (request, region) {
    const shape = JSON.stringify([...this.#form.case].filter(([path]) => !/^(?:bill\.|year\.|accounts\.)/.test(path)))
    if (shape === this.#shape) return
    this.#shape = shape
    const answer = await this.#desk.call({ op: 'validate', ...request, bill: { total: '1000.00' } }, 'validate')
    if (!answer?.ok) { this.#shape = ''; return }
    const layers = answer.used.filter((/** @type {string} */ f) => /^year\.[a-z0-9_]+$/.test(f)).map((/** @type {string} */ f) => {
      const name = region.rules.layer(`${request.person.scheme}.${f.slice(5)}`)
      return { id: f.slice(5), name: { zh: name, en: name } }
    })
    this.#form.matter(answer.used, layers)
    settled()
  }

  // --- what is shown ---

  #empty () {
    el('empty').hidden = false
    el('found').hidden = true
    el('take').hidden = true
    notice('problem')
    this.#dockSays('', '')
    if (this.#form.case.has('bill.total') && this.#figures.size === 0) this.#form.showErrors(this.#against())
  }

  /** @param {any} answer @param {any} request @param {Record<string, string>} receipt @param {Region} region */
  #show (answer, request, receipt, region) {
    const { differences, explanations, settlement } = answer.reconcile
    const place = this.#field.nameOf(request.region)
    const view = settlementView({ settlement, policy: answer.policy }, { request, region: place, names: region.names })
    const against = [...this.#against().values()]
    const causes = this.#causes(explanations, region)
    const n = Object.keys(receipt).length
    const verdict = differences.length ? t('check.differ', { n: String(n), m: String(differences.length) }) : t('check.agree', { n: String(n) })
    const alone = differences.length && !causes.firm.length
    put(el('found'), {
      ...view,
      Tag: this.#example ? t('result.example') : '',
      Verdict: verdict,
      Lines: this.#lines(receipt, settlement),
      Causes: causes.firm,
      Slips: causes.slips,
      Nothing: !alone ? '' : against.length ? t('check.nothing_against', { text: against.join(' ') }) : t('check.nothing_text', { region: place }),
      Facts: this.#facts(request, region),
      Notes: [...against.map((text, i) => ({ Key: `against${i}`, Text: text })), ...view.Notes]
    })
    el('empty').hidden = true
    el('found').hidden = false
    el('take').hidden = false
    el('sheet').classList.remove('stale')
    el('last').hidden = true
    notice('problem')
    this.#form.showErrors(this.#against())
    this.#text = answer.reconcile.case
    say(el('export-text'), this.#text)
    say(el('taken'), '')
    this.#dockSays('', verdict)
    this.#say([verdict, causes.firm.length ? t('check.announce', { text: causes.firm[0].Text }) : alone ? t('check.nothing') : ''].filter(Boolean).join(' '))
    settled()
  }

  /** @param {Record<string, string>} receipt @param {any} s */
  #lines (receipt, s) {
    return LINES.filter((name) => name in receipt).map((name) => {
      const [theirs, ours] = [fen(receipt[name]), fen(s[name])]
      const difference = theirs - ours
      return {
        Key: name, Label: tf('line', name), Theirs: money(theirs), Ours: money(ours), State: difference ? 'other' : 'same',
        Difference: !difference ? t('check.same') : difference > 0n ? t('check.more', { amount: money(difference) }) : t('check.less', { amount: money(-difference) })
      }
    })
  }

  /**
   * The explanations, those of one fact together. A figure of the bill that the receipt
   * itself gives can only have been copied wrongly: those stand apart.
   * @param {any[]} explanations @param {Region} region
   */
  #causes (explanations, region) {
    /** @type {Map<string, {Key: string, Text: string, Choices: any[]}>} */
    const found = new Map()
    for (const e of explanations) {
      const key = e.field
      if (e.field === 'rounding') {
        found.set(key, { Key: key, Text: t('check.rounding', { amount: money(fen(e.within)) }), Choices: [] })
        continue
      }
      const is = this.#valueText(e, region)
      const cause = found.get(key) ?? { Key: key, Text: '', Choices: [] }
      cause.Choices.push({ Key: String(e.value), Path: e.field, Value: String(e.value), is, Text: t('check.use', { value: is }) })
      found.set(key, cause)
      const list = cause.Choices.map((/** @type {any} */ x) => x.is)
      cause.Text = t('check.cause', { field: this.#fieldName(e.field, region), value: list.slice(0, 6).join(t('check.or')) })
      if (fen(e.within)) cause.Text += t('check.but_rounding')
    }
    const all = [...found.values()]
    const slip = ({ Key }) => Key.startsWith('bill.') && this.#form.case.has(Key)
    return { firm: all.filter((x) => !slip(x)), slips: all.filter(slip) }
  }

  /** @param {string} path @param {Region} region */
  #fieldName (path, region) {
    const [head, layer, figure] = path.split('.')
    return head === 'year' ? t('check.year_field', { layer: region.rules.layer(`${this.#form.case.get('person.scheme')}.${layer}`), figure: tf('year', figure) }) : or(path, 'fact', path)
  }

  /** @param {{field: string, value: any, to?: string}} e @param {Region} region */
  #valueText ({ field, value, to }, region) {
    if (to !== undefined) return value === to ? t('check.amount', { amount: money(fen(value)) }) : t('check.amounts', { from: money(fen(value)), to: money(fen(to)) })
    if (field === 'visit.admission') return t('check.nth', { n: String(value) })
    if (COUNTED.includes(field)) return String(value)
    return codeName(region.names, field.slice(field.indexOf('.') + 1), String(value))
  }

  /** The case in words, so that a sheet of paper says all. @param {any} request @param {Region} region */
  #facts (request, region) {
    const out = []
    const c = this.#form.case
    const yuan = (/** @type {string} */ value) => value === 'unknown' ? t('option.unknown') : t('check.amount', { amount: money(fen(value)) })
    const add = (/** @type {string} */ path, /** @type {string} */ label, /** @type {string} */ value) => out.push({ Key: path, Text: t('result.assumed', { field: label, value }) })
    add('region', t('fact.region'), this.#field.nameOf(request.region))
    add('date', t('fact.date'), request.date)
    for (const { path, type } of FACTS) {
      const value = c.get(path)
      if (!value || ['region', 'date', 'accept'].includes(path)) continue
      add(path, tf('fact', path), type === 'count' && value !== 'unknown' ? value : codeName(region.names, path.slice(path.indexOf('.') + 1), value))
    }
    for (const path of [...(c.get('bill.form') === 'classes' ? [] : ['total']), ...(c.get('bill.form') === 'split' ? bill.split : []), ...(c.get('bill.form') === 'classes' ? bill.classes.map(({ id }) => id) : [])].map((p) => `bill.${p}`)) {
      const value = c.get(path)
      if (value) add(path, tf('fact', path), yuan(value))
    }
    for (const [path, value] of c) if (path.startsWith('year.')) add(path, this.#fieldName(path, region), yuan(value))
    return out
  }

  /** Takes an explanation into the case. @param {HTMLElement} use */
  #use (use) {
    const { path = '', value = '' } = use.dataset
    const before = { c: new Map(this.#form.case), figures: new Map(this.#figures), example: this.#example }
    const c = new Map([...before.c, [path, value]])
    if (path.startsWith('bill.')) c.set('bill.form', 'split')
    const text = t('check.used', { text: use.textContent ?? '' })
    this.#open(c, before.figures)
    this.#undo(text, before)
    if (path.startsWith('year.')) el('year-details').open = true
    el('verdict').focus({ preventScroll: true })
    el('result').scrollIntoView({ block: 'start' })
  }

  /** @param {any[]} problems @param {Region} region */
  #refused (problems, region) {
    if (this.#desk.dead) return
    const errors = refusals(problems, this.#form.case, region.names)
    const [text] = [...errors.values()]
    for (const path of errors.keys()) if (!this.#form.has(path)) errors.delete(path)
    // What is still missing is a matter of going on, not a mistake.
    const missing = problems[0].code === 'required'
    this.#form.showErrors(new Map([...this.#against(), ...(missing ? [] : errors)]))
    this.#stale(text, [...errors.keys()][0] ?? '', missing)
  }

  /**
   * What is shown no longer belongs to what is typed.
   * @param {string} reason @param {string} path @param {boolean} [missing]
   */
  #stale (reason, path, missing = false) {
    this.#asked = ''
    el('sheet').classList.add('stale')
    el('last').hidden = false
    if (el('found').hidden) el('sheet').classList.remove('stale')
    if (!reason) return
    notice('problem', reason)
    const field = path.startsWith('receipt.') ? or(path, 'line', path.slice(8)) : or(path, 'fact', path)
    if (path) this.#dockSays('', missing ? t('dock.missing', { field }) : t('dock.wrong', { field }), t('dock.fix'), `#f-${path}`)
    this.#say(t('result.announce_error', { text: reason }))
  }

  // --- taking it along ---

  /** @param {string} text @param {string} done */
  async #copy (text, done) {
    try {
      await navigator.clipboard.writeText(text)
      say(el('taken'), done)
    } catch {
      el('export').open = true
      getSelection()?.selectAllChildren(el('export-text'))
      say(el('taken'), t('check.copy_self'))
    }
  }

  /** @param {string} label @param {string} strong @param {string} [action] @param {string} [href] */
  #dockSays (label, strong, action = t('result.jump'), href = '#result') {
    say(el('dock-label'), label)
    say(el('dock-amount'), strong)
    say(el('dock-link'), action)
    el('dock-link').setAttribute('href', href)
    this.#dock()
  }

  #dock () { el('dock').hidden = el('dock').dataset.seen !== 'false' && !el('found').hidden || !el('dock-amount').textContent }
}
