// The view that changes one thing at a time: cases side by side, the curve of a bill, what
// an unknown figure leaves open, and the way back from a payment to the bill.
import plan from '../receipt.json'
import { fen, money, readAmount, typed } from './amount.mjs'
import { fromFragment, toFragment, toRequest } from './case.mjs'
import { drawCurve, legend, ofHundred } from './curve.mjs'
import { announcer, button, Desk, fragment, innerLinks, keepInAddress, notice, readForm, refusals, settled, startView, today } from './desk.mjs'
import { el, goTo, later, make, say } from './dom.mjs'
import { Form } from './form.mjs'
import { regionField } from './region.mjs'
import { put } from './slots.mjs'
import { or, t, tf } from './texts.mjs'
import { axesOf, choiceText, countCases, elsewhere, moreRegions, MOST_CASES, readChoice, requestOf, taken, valuesOf, valueText, varied, varyOf } from './vary.mjs'
import { bar, doubtName, matter, settlementView, sourceView, whereToFind } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./desk.mjs').Region} Region */
/** @typedef {import('./vary.mjs').Axis} Axis */

/** How far the ways to a threshold are followed. */
const FAR = '3000000.00'
const THRESHOLDS = ['deductible', 'band', 'cap', 'critical']

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  startView(texts, lang, () => new WhatIf().begin())
}

class WhatIf {
  /** @type {HTMLSelectElement} the list of regions, before the field takes its place */
  #regions = el('i-region').cloneNode(true)
  #form = new Form((path, done) => this.#changed(path, done))
  #field = regionField((code, failed) => this.#regionChanged(code, failed))
  #say = announcer()
  /** @type {import('./vary.mjs').Choice} */
  #choice = new Map()
  /** The reader has chosen what to vary; until then it is the hospital's level. */
  #chosen = false
  /** @type {Axis[]} */
  #axes = []
  #axesShown = ''
  #example = true
  #dated = false
  #noRegion = ''
  #turn = 0
  #wanted = 0
  #asked = ''
  #shape = ''
  /** @type {string[]} */
  #used = []
  /** @type {Case | null} a linked case whose region's own codes are not in the form yet */
  #pending = null
  #codesOf = ''
  #touched = false
  /** @type {{curve: any, figures: string[], now: bigint | null} | null} */
  #drawn = null
  #desk = new Desk({ again: () => { this.#asked = ''; this.#check(false) }, busy: () => this.#touched || !this.#example })
  #complain = later(() => this.#check(true), 900)
  #keep = later(() => this.#remember(), 400)

  begin () {
    el('case').reset()
    const ok = this.#openLink()
    if (!ok) {
      this.#field.show(this.#field.first)
      this.#form.setRegion(this.#field.first)
      this.#form.read()
      if (ok === null) notice('form-notice', t('link.bad'))
    }
    this.#regionList()
    this.#listen()
    this.#check(Boolean(ok))
    innerLinks(() => this.#keep.now())
    addEventListener('hashchange', () => {
      const now = this.#link()
      if (fragment() === now) return
      const opened = this.#openLink()
      if (opened === null) notice('form-notice', t('link.bad'))
      else if (opened) this.#check(true)
    })
    // Drawn in a frame of its own: what is drawn may change the size once more.
    new ResizeObserver(() => requestAnimationFrame(() => this.#draw())).observe(el('curve-box'))
    new IntersectionObserver(([entry]) => { el('dock').hidden = entry.isIntersecting }).observe(el('you'))
  }

  #listen () {
    el('vary-more').addEventListener('click', () => this.#addRegion())
    el('vary-none').addEventListener('click', () => { this.#choice = new Map(); this.#chosen = true; this.#axesShown = ''; this.#check(false); goTo(el('part-vary')) })
    el('axis').addEventListener('change', () => this.#beyond())
    for (const id of ['i-to', 'i-want']) {
      el(id).addEventListener('input', later(() => this.#beyond(), 250))
      el(id).addEventListener('change', () => this.#beyond())
    }
    el('figure').addEventListener('change', () => this.#beyond())
    el('print').addEventListener('click', () => print())
    el('copy').addEventListener('click', async () => {
      const url = `${location.href.split('#')[0]}#${this.#link()}`
      try {
        await navigator.clipboard.writeText(url)
        say(el('taken'), t('whatif.copied'))
      } catch {
        this.#touched = true
        this.#remember()
        say(el('taken'), t('whatif.copy_self'))
      }
    })
  }

  // --- the link ---

  #link () { return toFragment(this.#caseToKeep()) + (this.#chosen ? '&w=' + choiceText(this.#choice) : '') }

  #caseToKeep () {
    const c = new Map(this.#form.case)
    if (!this.#dated) c.delete('date')
    return c
  }

  /** @returns {boolean | null} false where the address holds no case, null where it is damaged */
  #openLink () {
    const [text, ...rest] = fragment().split('&w=')
    const linked = fromFragment(text, true)
    const choice = rest.length === 1 ? readChoice(rest[0]) : new Map()
    if (linked === undefined) return false
    if (!linked || !choice || rest.length > 1) return null
    this.#example = false
    this.#dated = linked.has('date')
    this.#chosen = rest.length === 1
    this.#choice = choice
    this.#axesShown = ''
    const region = linked.get('region') ?? ''
    this.#form.write(linked)
    this.#noRegion = this.#field.show(region) ? '' : region
    if (this.#noRegion) this.#form.setRegion('')
    this.#form.read()
    this.#pending = linked
    this.#codesOf = ''
    el('base').open = false
    notice('form-notice')
    return true
  }

  #remember () {
    const c = this.#caseToKeep()
    // What a link says in its region's own codes is not in the form before the region is here.
    if (this.#pending || c.size < 3 || this.#example && !this.#touched) return
    keepInAddress(this.#link())
    el('to-estimate').hash = toFragment(c)
  }

  // --- what is typed ---

  /** @param {string} path @param {boolean} done */
  #changed (path, done) {
    notice('form-notice')
    this.#touched = true
    if (path === 'vary.region.more') return
    if (path === 'vary.date.own') { if (done) this.#addDay(); return }
    if (path.startsWith('vary.')) { this.#choose(path.slice(5)); return }
    if (path === 'date') this.#dated = true
    if (path.startsWith('bill.') && path !== 'bill.form') this.#example = false
    if (done || !path.startsWith('bill.')) this.#check(true)
    else { this.#check(false); this.#complain() }
  }

  /** @param {string} code @param {string} [failed] */
  #regionChanged (code, failed = '') {
    this.#noRegion = code ? '' : failed
    this.#form.setRegion(code)
    this.#changed('region', true)
  }

  /** @param {string} id */
  #choose (id) {
    if (!this.#chosen) this.#choice = new Map(this.#axes.map((a) => [a.id, taken(a, this.#choice)]))
    this.#chosen = true
    this.#choice.set(id, [...document.querySelectorAll(`[name="vary.${id}"]`)].filter((i) => /** @type {HTMLInputElement} */ (i).checked).map((i) => /** @type {HTMLInputElement} */ (i).value))
    this.#check(false)
  }

  /** @param {string} id @param {string} value */
  #take (id, value) {
    if (!this.#chosen) this.#choice = new Map(this.#axes.map((a) => [a.id, taken(a, this.#choice)]))
    this.#chosen = this.#touched = true
    const values = this.#choice.get(id) ?? []
    if (!values.includes(value)) this.#choice.set(id, [...values, value])
    this.#axesShown = ''
    this.#check(false)
  }

  #addDay () {
    const day = el('i-vary.date.own').value
    if (!day) return
    if (!/^20\d\d-\d\d-\d\d$/.test(day)) { this.#form.showErrors(new Map([['vary', t('error.date')]])); return }
    el('i-vary.date.own').value = ''
    if (day !== this.#request().date) this.#take('date', day)
  }

  #addRegion () {
    const code = this.#regions.value
    if (!code || code === this.#form.case.get('region')) return
    if (!moreRegions(this.#choice)) { this.#form.showErrors(new Map([['vary', t('whatif.regions_full')]])); return }
    this.#take('region', code)
  }

  /** The list from which other regions are taken. */
  #regionList () {
    this.#regions.id = 'i-vary.region.more'
    this.#regions.name = 'vary.region.more'
    this.#regions.removeAttribute('aria-describedby')
    for (const option of this.#regions.options) option.removeAttribute('data-k')
    this.#regions.prepend(make('option', { value: '' }, t('whatif.region_pick')))
    this.#regions.value = ''
    el('vary-region-slot').replaceWith(this.#regions)
  }

  /** Reads the form, shows what is wrong if it is time, and computes what can be. @param {boolean} loud */
  #check (loud) {
    const errors = readForm(this.#form, this.#noRegion)
    if (loud) this.#form.showErrors(errors)
    if (errors.size) this.#stale(loud ? [...errors.values()][0] : '', [...errors.keys()][0])
    else this.#compute()
    this.#keep()
  }

  #request () {
    const request = toRequest(this.#form.case)
    if (!request.date) request.date = this.#example ? el('case').dataset.date : today()
    return request
  }

  // --- the engine ---

  async #compute () {
    const wanted = ++this.#wanted
    const code = this.#form.case.get('region')
    const region = code ? await this.#desk.region(code) : null
    if (wanted !== this.#wanted || !region) return
    if (this.#codesOf !== region.code) {
      this.#codesOf = region.code
      this.#form.codes(region.codes, region.names, this.#pending ?? this.#form.case)
      if (this.#pending) this.#keep()
      this.#pending = null
      this.#form.read()
    }
    const request = this.#request()
    const asked = JSON.stringify([request, choiceText(this.#choice), this.#chosen])
    if (asked === this.#asked) return
    this.#asked = asked
    const turn = ++this.#turn
    const settling = this.#desk.call({ op: 'settle', ...request }, 'base')
    await this.#questions(request, turn)
    const answer = await settling
    if (!answer || turn !== this.#turn) return
    if (!answer.ok) { this.#refused(answer.errors ?? [answer.error], region); return }
    this.#form.showErrors(new Map())
    this.#form.matter(this.#used, answer.settlement.layers)
    this.#showNow(answer, request, region)
    this.#axes = axesOf(this.#form.case, request, region, this.#used, this.#choice)
    if (!this.#chosen) this.#choice = new Map(this.#axes.filter((a) => a.id === 'level').map((a) => [a.id, a.values]))
    this.#showAxes(region)
    await this.#compare(request, region, answer, turn)
    if (turn !== this.#turn) return
    this.#offerAxes(answer)
    this.#now = { request, region, s: answer.settlement }
    await this.#beyond()
    settled()
  }

  /** @type {{request: any, region: Region, s: any} | null} the case as it stands */
  #now = null

  /** Which questions matter; which of them do does not hang on how large the amounts are. @param {any} request @param {number} turn */
  async #questions (request, turn) {
    const shape = toFragment(this.#form.case).replace(/-\d+\.\d\d(?=~|$)/g, '-') + request.date
    if (shape === this.#shape) return
    const answer = await this.#desk.call({ op: 'validate', ...request }, 'validate')
    if (!answer?.ok || turn !== this.#turn) return
    this.#shape = shape
    this.#used = answer.used
  }

  /** @param {any[]} problems @param {Region} region */
  #refused (problems, region) {
    if (this.#desk.dead) return
    const errors = refusals(problems, this.#form.case, region.names)
    const [text] = [...errors.values()]
    for (const path of errors.keys()) if (!this.#form.has(path)) errors.delete(path)
    this.#form.showErrors(errors)
    this.#stale(text, [...errors.keys()][0] ?? '')
    // A link may correct a figure that these rules no longer have.
    if (problems.some((p) => p.field?.startsWith('overrides'))) notice('problem', text, button(t('fix.reset_all'), () => { this.#form.fixes = new Map(); this.#touched = true; this.#check(true) }))
    el('base').open = true
    settled()
  }

  /** @param {string} reason @param {string} [path] */
  #stale (reason, path = '') {
    this.#turn++
    this.#wanted++
    this.#asked = ''
    el('sheet').classList.add('stale')
    el('last').hidden = false
    if (!reason) return
    const link = path ? [make('a', { href: `#f-${path}`, className: 'action quiet' }, t('dock.fix'))] : []
    notice('problem', reason, ...link)
    this.#say(t('result.announce_error', { text: reason }))
  }

  // --- the case as it is ---

  /** @param {any} answer @param {any} request @param {Region} region */
  #showNow (answer, request, region) {
    const view = settlementView(answer, { request, region: this.#field.nameOf(region.code), names: region.names })
    const s = answer.settlement
    notice('problem')
    el('sheet').classList.remove('stale')
    el('sheet').hidden = false
    el('last').hidden = true
    say(el('base-line'), view.CaseLine)
    put(el('now'), { ...view, Tag: this.#example ? t('result.example') : '', Own: view.Corrected ? t('whatif.fixes') : '' })
    put(el('foot'), view)
    const doubts = matter(s)
    put(el('doubts'), {
      Lead: doubts.length ? t('whatif.doubts_lead') : t('whatif.doubts_none'),
      Doubts: doubts.map((/** @type {any} */ x) => ({
        Key: (x.rule ?? '') + (x.field ?? ''),
        Text: fen(x.matters) ? t('result.unknown', { field: doubtName(s, x), amount: money(fen(x.matters)) }) : t('whatif.doubt_masked', { field: doubtName(s, x) }),
        Find: whereToFind(x), URL: x.field ? `#f-${x.field}` : '', Action: x.field ? t('result.change') : ''
      }))
    })
    say(el('dock-amount'), `¥${view.YouYuan}${view.YouFen}${view.YouTo}`)
  }

  // --- what is varied ---

  /** @param {Region} region */
  #showAxes (region) {
    const shown = JSON.stringify([this.#axes, [...this.#choice]])
    if (shown === this.#axesShown) return
    this.#axesShown = shown
    const held = /** @type {HTMLInputElement | null} */ (document.activeElement)
    const open = new Set([...document.querySelectorAll('#axes > details[open]')].map((d) => /** @type {HTMLElement} */ (d).dataset.axis))
    const first = !el('axes').childElementCount
    const boxes = this.#axes.map((axis) => {
      const values = taken(axis, this.#choice)
      const chips = axis.values.map((value) => {
        const chip = document.importNode(el('tpl-chip').content, true).firstElementChild
        const [input, text] = chip.children
        Object.assign(input, { type: 'checkbox', name: `vary.${axis.id}`, value, checked: values.includes(value), id: `i-vary.${axis.id}.${value}` })
        text.textContent = valueText(axis.id, value, region, this.#field.nameOf)
        return chip
      })
      const now = t('vary_now', { value: valueText(axis.id, axis.now, region, this.#field.nameOf) })
      const count = make('span', { className: 'fold-count' }, values.length ? t('whatif.taken', { n: String(values.length) }) : '')
      const fields = make('fieldset', { className: 'fact' }, make('legend', { className: 'sr' }, axis.title), make('p', { className: 'hint' }, now), ...(chips.length ? [make('div', { className: 'chips' }, ...chips)] : []))
      const details = make('details', { className: 'fold axis', open: open.has(axis.id) || first && values.length > 0 }, make('summary', {}, axis.title, ' ', count), make('p', { className: 'hint' }, axis.hint), fields)
      details.dataset.axis = axis.id
      if (axis.id === 'date') details.append(el('vary-date'))
      if (axis.id === 'region') details.append(el('vary-region'))
      return details
    })
    // The boxes with fields of their own are kept aside while the others are made anew.
    el('axes').replaceChildren(...boxes)
    if (held?.id && held !== document.activeElement) el(held.id)?.focus({ preventScroll: true })
  }

  /** @param {any} request @param {Region} region @param {any} base the answer for the case itself @param {number} turn */
  async #compare (request, region, base, turn) {
    const axes = varied(this.#axes, this.#choice)
    const n = countCases(this.#axes, this.#choice)
    el('vary-none').hidden = !axes.length
    if (n > MOST_CASES) {
      this.#form.showErrors(new Map([['vary', t('whatif.too_many', { n: String(n), most: String(MOST_CASES) })]]))
      put(el('compare'), { Best: t('whatif.too_many', { n: String(n), most: String(MOST_CASES) }), Cases: [] })
      return
    }
    if (n < 2) { put(el('compare'), { Best: t('whatif.nothing'), Cases: [] }); return }
    const answer = await this.#askCases(axes, request)
    if (!answer || turn !== this.#turn) return
    if (!answer.ok) { put(el('compare'), { Best: [...refusals(answer.errors ?? [answer.error], this.#form.case, region.names).values()][0], Cases: [] }); return }
    const named = [...axes].sort((a, b) => Number(b.id === 'region') - Number(a.id === 'region'))
    /** @type {{one: any, values: Map<string, string>, what: string, now: boolean}[]} */
    const cases = answer.compare.cases.map((/** @type {any} */ one) => {
      const values = valuesOf(one.set, axes, request)
      return { one, values, what: named.map((a) => valueText(a.id, values.get(a.id) ?? '', region, this.#field.nameOf)).join(t('result.caseline_sep')), now: axes.every((a) => values.get(a.id) === a.now) }
    })
    const why = await Promise.all(cases.map((x) => this.#why(x, request, region, base)))
    if (turn !== this.#turn) return
    const drafts = cases.filter(({ one }) => one.error?.code === 'draft')
    const best = this.#best(answer.compare, cases)
    put(el('compare'), {
      Best: best,
      Care: this.#care(axes, request),
      Drafts: drafts.length ? t('whatif.drafts', { n: String(drafts.length) }) : '',
      Cases: cases.map(({ one, what, now }, i) => this.#row(one, answer.compare.base, what, now, why[i], i))
    })
    el('draft').replaceChildren(...(drafts.length ? [button(t('option.accept'), () => { el('i-accept').checked = true; this.#touched = true; this.#check(true) })] : []))
    el('draft').hidden = !drafts.length
    if (this.#touched) this.#say(best)
  }

  /**
   * Counters of the year and corrected figures belong to the case's own region: other
   * regions are asked without them, and both answers put together.
   * @param {Axis[]} axes @param {any} request
   */
  async #askCases (axes, request) {
    const vary = varyOf(axes, this.#choice, request)
    const ask = (/** @type {any} */ of, /** @type {any} */ what, /** @type {string} */ latest) => this.#desk.call({ op: 'compare', ...of, vary: what }, latest)
    if (!vary.region || !request.overrides && !request.year) return ask(request, vary, 'compare')
    const [here, there] = await Promise.all([ask(request, { ...vary, region: vary.region.slice(0, 1) }, 'compare'), ask(elsewhere(request), { ...vary, region: vary.region.slice(1) }, 'compare elsewhere')])
    if (!here?.ok || !there) return here
    const { base } = here.compare
    const away = there.ok ? there.compare.cases : []
    for (const one of away) {
      if (one.error || base.error) continue
      const more = fen(one.psn_part_amt) - fen(base.psn_part_amt)
      one.difference = (more < 0n ? '-' : '') + money(more < 0n ? -more : more).replaceAll(',', '')
    }
    const cases = [...here.compare.cases, ...away]
    const order = (/** @type {any} */ one) => one.error ? 10n ** 12n : fen(one.psn_part_amt)
    cases.sort((a, b) => order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)
    const saves = !base.error && !cases[0].error && order(cases[0]) < order(base)
    return { ok: true, compare: { base, cases, ...(saves ? { most_saved: 0 } : {}) } }
  }

  /** @param {any} one @param {any} base @param {string} what @param {boolean} now @param {any} why @param {number} i */
  #row (one, base, what, now, why, i) {
    const row = { Key: `${i} ${what}`, What: what, Tag: now ? t('whatif.now_tag') : '', ...why }
    if (one.error) return { ...row, You: '—', Less: t('whatif.impossible'), Segments: [] }
    const range = one.range?.psn_part_amt
    const more = against(one, base)
    return {
      ...row,
      You: range ? t('whatif.between', { from: money(fen(range.from)), to: money(fen(range.to)) }) : money(fen(one.psn_part_amt)),
      Less: now || !more ? '' : tf('versus', more, { amount: money(fen(one.difference.replace('-', ''))) }),
      Way: now ? '' : more,
      Segments: bar(one, fen(one.medfee_sumamt) || 1n).Segments
    }
  }

  /**
   * The rule that makes a case differ, with its figure, document and grade.
   * @param {{one: any, values: Map<string, string>, now: boolean}} x @param {any} request @param {Region} region @param {any} base the answer for the case as it is
   */
  async #why ({ one, values, now }, request, region, base) {
    const other = values.get('region')
    const there = other && other !== region.code ? await this.#desk.region(other) : region
    if (one.error) {
      const [path, text] = [...refusals([one.error], new Map([...this.#form.case]), there?.names ?? region.names)][0]
      return { Why: path === 'accept' ? t('whatif.draft_row') : text, Grade: '', Sources: [] }
    }
    if (now) return { Why: '', Grade: '', Sources: [] }
    if (there && there !== region) {
      // Another region has rules of its own: the one that pays most of this bill there is named.
      const answer = await this.#desk.call({ op: 'settle', ...requestOf(request, values) })
      if (!answer?.ok) return { Why: '', Grade: '', Sources: [] }
      const shares = answer.settlement.steps.filter((/** @type {any} */ st) => st.kind === 'share' && st.rule)
      const first = shares.reduce((/** @type {any} */ a, /** @type {any} */ b) => !a || fen(b.amount) > fen(a.amount) ? b : a, null)
      const name = this.#field.nameOf(there.code)
      if (!first) return { Why: t('whatif.why_region_only', { region: name }), Grade: '', Sources: [] }
      const rule = this.#rule(there, first.rule)
      return { ...rule, Why: t('whatif.why_region', { region: name, deductible: money(fen(one.act_pay_dedc)), rule: rule.Why }) }
    }
    if (one.rule) {
      const before = rulesIn(base.settlement)
      let [mine, old] = [one.rule, '']
      if (before.has(mine)) {
        // The figure that went: what stands in its place is found in the case itself.
        const answer = await this.#desk.call({ op: 'settle', ...requestOf(request, values) })
        const after = rulesIn(answer?.settlement)
        if (!after.has(mine)) [mine, old] = [counterpart(mine, after, before, region), mine]
      } else old = counterpart(mine, before, new Set(), region)
      if (!mine) return { ...this.#rule(region, old), Why: t('whatif.why_gone', { rule: region.rules.text(old) }) }
      const rule = this.#rule(region, mine)
      return { ...rule, Why: old ? t('whatif.why_instead', { rule: rule.Why, old: region.rules.text(old) }) : t('whatif.why', { rule: rule.Why }) }
    }
    return { Why: one.difference && fen(one.difference.replace('-', '')) ? t('whatif.why_several') : t('whatif.why_none'), Grade: '', Sources: [] }
  }

  /** A figure in words, with its grade and its documents. @param {Region} region @param {string} id */
  #rule (region, id) {
    const row = region.rules.row(id)
    return {
      Why: region.rules.text(id) || id,
      Grade: row?.grade ? tf('grade', row.grade) : '',
      GradeKey: row?.grade ?? '',
      Sources: (row?.sources ?? []).map((/** @type {string} */ s) => sourceView(s, region.policy.sources[s]))
    }
  }

  /** What would save most, in a sentence. @param {any} compare @param {{one: any, what: string, now: boolean}[]} cases */
  #best ({ base, most_saved: at }, cases) {
    const could = cases.filter(({ one }) => !one.error)
    if (could.length < 2) return t('whatif.best_alone')
    // With something unknown the cases are weighed by both ends of what they may be.
    if (could.some(({ one }) => one.range?.psn_part_amt)) {
      const least = could.reduce((a, b) => fen(b.one.range?.psn_part_amt.from ?? b.one.psn_part_amt) < fen(a.one.range?.psn_part_amt.from ?? a.one.psn_part_amt) ? b : a)
      const verdict = against(least.one, base)
      if (verdict !== 'less') return t('whatif.best_unsure', { what: least.what })
    }
    if (at === undefined) return could.every(({ one }) => one.psn_part_amt === base.psn_part_amt) ? t('whatif.best_same') : t('whatif.best_now')
    const { one } = cases[at]
    const as = could.filter((x) => x.one.psn_part_amt === one.psn_part_amt).map((x) => x.what)
    return t('whatif.best', { what: as.slice(0, 3).join(t('whatif.or')), you: money(fen(one.psn_part_amt)), less: money(fen(base.psn_part_amt) - fen(one.psn_part_amt)) })
  }

  /** What must be said beside a comparison. @param {Axis[]} axes @param {any} request */
  #care (axes, request) {
    const ids = axes.map((a) => a.id)
    const said = [ids.some((id) => id === 'level' || id === 'place' || id === 'hospital') ? t('whatif.care') : '']
    if (ids.includes('region')) said.push(t('whatif.care_region'), request.overrides || request.year ? t('whatif.care_fresh') : '')
    if (ids.includes('status') || ids.includes('admission')) said.push(t('whatif.care_given'))
    if ([request.date, ...this.#choice.get('date') ?? []].some((d) => d > today())) said.push(t('whatif.care_coming'))
    return said.filter(Boolean).join(' ')
  }

  // --- the curve, and the way back ---

  /** The amounts along which a curve can be drawn. @param {any} answer */
  #offerAxes ({ settlement: s }) {
    const classes = this.#form.case.get('bill.form') === 'classes'
    const years = this.#used.filter((f) => /^year\.[a-z0-9_]+$/.test(f)).flatMap((f) => ['paid', 'deductible', 'entered'].map((figure) => `${f}.${figure}`))
    const list = [...(classes ? [] : ['bill.total', 'bill.self_funded', 'bill.over_limit', 'bill.paid_first']), ...years]
    const select = el('axis')
    const chosen = list.includes(select.value) ? select.value : list[0] ?? ''
    const shown = list.join()
    if (select.dataset.shown !== shown) {
      select.dataset.shown = shown
      select.replaceChildren(...list.map((path) => make('option', { value: path }, path.startsWith('year.') ? doubtName(s, { field: path }) : tf('fact', path))))
    }
    select.value = chosen
    el('by-classes').hidden = !classes
  }

  #further = 0

  /** Asks for the curve and for the way back, which may take a little longer. */
  async #beyond () {
    if (!this.#now) return
    const turn = ++this.#further
    const { request, region, s } = this.#now
    const axis = el('axis').value
    const to = readAmount(el('i-to').value)
    this.#errorAt('to', 'error' in to ? tf('error', to.error) : '')
    const line = axis ? { ...request, axis } : null
    const [curve] = await Promise.all([
      line && !('error' in to) ? this.#desk.call({ op: 'curve', ...line, ...('value' in to && to.value ? { to: to.value } : {}) }, 'curve') : null,
      this.#untils(request, region, s, turn), this.#want(request, turn)
    ])
    if (turn !== this.#further) return
    if (curve && !curve.ok) {
      const p = curve.error
      const limit = p.field === 'to' && p.code === 'contradiction' ? money(fen(p.limit)) : ''
      const full = axis.startsWith('bill.') && axis !== 'bill.total'
      this.#errorAt('to', !limit ? '' : full ? t('whatif.to_most', { amount: limit }) : t('whatif.to_least', { amount: limit }))
      if (p.field !== 'to') { this.#drawn = null; put(el('curve'), { Next: [...refusals([p], this.#form.case, region.names).values()][0], Bends: [] }) }
      el('curve-box').hidden = !this.#drawn
      return
    }
    if (curve) this.#showCurve(curve.curve, region)
    else if (!line) { this.#drawn = null; el('curve-box').hidden = true; put(el('curve'), { Next: '', Bends: [] }) }
  }

  /** @param {string} name @param {string} text */
  #errorAt (name, text) {
    const slot = el(`e-${name}`)
    say(slot, text)
    slot.hidden = !text
    slot.closest('.fact').classList.toggle('wrong', text !== '')
    el(`i-${name}`).toggleAttribute('aria-invalid', text !== '')
    if (text) el(`i-${name}`).setAttribute('aria-invalid', 'true')
  }

  /** @param {any} curve @param {Region} region */
  #showCurve (curve, region) {
    const figures = ['psn_part_amt', ...plan.funds, 'hosp_part_amt'].filter((f, i) => !i || curve.bends.some((/** @type {any} */ b) => fen(b.after[f]) || b.before && fen(b.before[f])))
    const name = (/** @type {string} */ f) => f === 'psn_part_amt' ? t('result.you') : tf('payer', f)
    const last = curve.bends.length - 1
    const next = curve.next_100
    put(el('curve'), {
      Next: next ? t('whatif.next', { at: money(fen(next.at)), person: signed(next.person), funds: signed(next.funds) }) : '',
      Uncertain: curve.uncertain ? t('whatif.uncertain') : '',
      Bends: curve.bends.map((/** @type {any} */ b, /** @type {number} */ i) => {
        const at = fen(b.at)
        const jump = b.before ? fen(b.after.psn_part_amt) - fen(b.before.psn_part_amt) : 0n
        const jumps = jump > 100n || jump < -100n
        // "Over 4,300.00" is told by the figures at 4,300.00, unless they jump there.
        const at0 = b.before && !jumps && i < last ? b.before : b.after
        const rule = b.rule ? this.#rule(region, b.rule) : { Why: '', Grade: '', GradeKey: '', Sources: [] }
        return {
          Key: String(i), N: i && i < last ? String(i) : '',
          From: i === last ? t('whatif.bend_to', { at: money(at) }) : i ? t('whatif.bend_over', { at: money(at - 1n) }) : t('whatif.bend_from', { at: money(at) }),
          You: money(fen(at0.psn_part_amt)),
          Funds: figures.slice(1).filter((f) => fen(at0[f])).map((f) => t('result.mean', { label: name(f), amount: money(fen(at0[f])) })).join(t('result.join')) || t('whatif.no_fund'),
          Rate: i === last ? '' : b.slope?.psn_part_amt && b.slope.fund_pay_sumamt ? t('whatif.rate', { amount: ofHundred(b.slope.psn_part_amt), funds: ofHundred(b.slope.fund_pay_sumamt) }) : t('whatif.rate_short'),
          ...rule, Jump: jumps ? t('whatif.jump', { from: money(fen(b.before.psn_part_amt)), to: money(fen(b.after.psn_part_amt)) }) : ''
        }
      })
    })
    this.#drawn = { curve, figures, now: next ? fen(next.at) : null }
    el('curve-box').hidden = false
    say(el('curve-desc'), t('whatif.curve_alt', { axis: el('axis').selectedOptions[0].text, from: money(fen(curve.from)), to: money(fen(curve.to)), n: String(Math.max(0, last - 1)) }))
    say(el('curve-axis'), t('whatif.curve_axis', { axis: el('axis').selectedOptions[0].text }))
    el('legend').replaceChildren(...legend(figures.map((key) => ({ key, text: name(key) }))))
    this.#draw()
  }

  #draw () {
    if (this.#drawn) drawCurve(el('chart'), this.#drawn.curve, this.#drawn.figures, { now: this.#drawn.now, nowText: t('whatif.here') })
  }

  /** How much more until the next lines are reached. @param {any} request @param {Region} region @param {any} s @param {number} turn */
  async #untils (request, region, s, turn) {
    if (request.bill.classes) { put(el('until'), { Until: [] }); return }
    const own = request.bill.total && request.bill.total !== 'unknown' ? fen(request.bill.total) : 0n
    const to = own * 2n > fen(FAR) ? typed(money(own * 2n).replaceAll(',', '')) : FAR
    const answers = await Promise.all(THRESHOLDS.map((until) => this.#desk.call({ op: 'invert', ...request, axis: 'bill.total', to, until }, `until ${until}`)))
    if (turn !== this.#further || answers.some((a) => !a)) return
    const scheme = request.person.scheme
    put(el('until'), {
      Uncertain: s.range ? t('whatif.until_worst') : '',
      Until: answers.flatMap((a, i) => (a.ok ? a.invert.answers : []).map((/** @type {any} */ x, /** @type {number} */ n) => ({
        Key: `${i} ${n}`, Text: x.more
          ? tf('until', THRESHOLDS[i], { layer: region.rules.layer(`${scheme}.${x.layer}`), more: money(fen(x.more)), at: money(fen(x.from)) })
          : tf('until_far', THRESHOLDS[i], { layer: region.rules.layer(`${scheme}.${x.layer}`), to: money(fen(to)) })
      })))
    })
  }

  /** Which bill gives a payment. @param {any} request @param {number} turn */
  async #want (request, turn) {
    const read = readAmount(el('i-want').value)
    this.#errorAt('want', 'error' in read ? tf('error', read.error) : '')
    if ('error' in read || !read.value || request.bill.classes) { put(el('answers'), { Lead: '', Answers: [] }); return }
    const figure = el('figure').value
    const to = fen(read.value) * 3n > fen(FAR) ? '999999999.99' : FAR
    const answer = await this.#desk.call({ op: 'invert', ...request, axis: 'bill.total', to, target: { figure, amount: read.value } }, 'want')
    if (!answer || turn !== this.#further) return
    if (!answer.ok) { put(el('answers'), { Lead: t('error.internal'), Answers: [] }); return }
    const { answers, reach } = answer.invert
    const line = `“${tf('line', figure)}”`
    const values = { figure: or(line, 'want', figure), amount: money(fen(read.value)), n: String(answers.length), from: money(fen(reach.from)), to: money(fen(reach.to)), most: money(fen(to)) }
    const shown = answers.slice(0, 8)
    put(el('answers'), {
      Lead: !answers.length ? t('whatif.want_none', values) : answers.length > 1 ? t('whatif.want_many', values) : t('whatif.want_one', values),
      Answers: [
        ...shown.map((/** @type {any} */ a, /** @type {number} */ i) => ({ Key: String(i), Text: a.from === a.to ? t('whatif.want_at', { at: money(fen(a.from)) }) : t('whatif.want_between', { from: money(fen(a.from)), to: money(fen(a.to)) }) })),
        ...(answers.length > 8 ? [{ Key: 'more', Text: t('whatif.want_more', { n: String(answers.length - 8) }) }] : [])
      ]
    })
    this.#say(el('answers').innerText)
  }
}

/** −12.50 with a sign that is read. @param {string} amount */
const signed = (amount) => amount.startsWith('-') ? '−' + money(fen(amount.slice(1))) : money(fen(amount))

/**
 * How a case stands against the present one; with unknowns only where their bounds are apart.
 * @param {any} one @param {any} base @returns {'' | 'less' | 'more' | 'same' | 'unsure'}
 */
function against (one, base) {
  if (one.difference === undefined) return ''
  const mine = one.range?.psn_part_amt
  const now = base.range?.psn_part_amt
  if (mine || now) {
    if (fen(mine?.to ?? one.psn_part_amt) < fen(now?.from ?? base.psn_part_amt)) return 'less'
    return fen(mine?.from ?? one.psn_part_amt) > fen(now?.to ?? base.psn_part_amt) ? 'more' : 'unsure'
  }
  return one.difference.startsWith('-') ? 'less' : fen(one.difference) ? 'more' : 'same'
}

/** The figures that a settlement used. @param {any} settlement @returns {Set<string>} */
const rulesIn = (settlement) => new Set((settlement?.steps ?? []).map((/** @type {any} */ st) => st.rule))

/**
 * Another row of the same table for the same segment, '' unless there is exactly one.
 * @param {string} id @param {Set<string>} among @param {Set<string>} without @param {Region} region
 */
function counterpart (id, among, without, region) {
  const table = (/** @type {string} */ rule) => rule.replace(/\[\d+\]$/, '')
  const row = region.rules.row(id)
  const found = [...among].filter((other) => other !== id && !without.has(other) && table(other) === table(id) && region.rules.row(other)?.to === row?.to)
  return found.length === 1 ? found[0] : ''
}
