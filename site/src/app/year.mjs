// The year's view: a ledger of visits, each seeing what the ones before it have used up.
import { bill } from '../facts.json'
import plan from '../receipt.json'
import { fen, money, readAmount, typed } from './amount.mjs'
import { announcer, button, Desk, fragment, innerLinks, keepInAddress, notice, readForm, refusals, settled, startView, today } from './desk.mjs'
import { el, goTo, later, make, say } from './dom.mjs'
import { download } from './file.mjs'
import { Form } from './form.mjs'
import { benefitYear, byDay, COLUMNS, count, fromCSV, fromFile, fromLink, MOST_VISITS, newId, newMember, split, toCSV, toFile, toLink, visits, visitsOf, yearRequest } from './ledger.mjs'
import { toRequest } from './case.mjs'
import { regionField } from './region.mjs'
import { put } from './slots.mjs'
import { heading, inWords, readTable } from './table.mjs'
import { language, or, t, tf } from './texts.mjs'
import { assumed, bar, codeName, meansText, noteText, settlementView } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./ledger.mjs').Member} Member */
/** @typedef {import('./ledger.mjs').Entry} Entry */
/** @typedef {import('./ledger.mjs').Visit} Visit */
/** @typedef {import('./desk.mjs').Region} Region */
/** @typedef {{visit: Visit, s: any}} Line a visit and what the engine says of it */
/** @typedef {{lines: Line[], part: any, region: Region}} Book a member's year as settled */

const STORE = 'mingbai.year'
/** Up to so many visits every month stands open. */
const FEW = 24

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  startView(texts, lang, () => new Year().begin())
}

class Year {
  #form = new Form((path, settled) => this.#changed(path, settled))
  #field = regionField((code, failed) => this.#regionChanged(code, failed))
  #say = announcer()
  /** @type {Member[]} */
  #members = [newMember()]
  #at = 0
  /** @type {string} the entry that the form changes; '' for a new one */
  #editing = ''
  /** @type {(Book | null)[]} */
  #books = []
  /** @type {any} what the household shares, for the family's line */
  #together = null
  #example = false
  #year = 0
  #turn = 0
  #draftTurn = 0
  #asked = ''
  #shape = ''
  #noRegion = ''
  /** @type {Set<string>} layers that count over the year, of the region and scheme at hand */
  #counting = new Set()
  #countingOf = ''
  /** @type {Map<string, boolean>} months that the person has opened or shut */
  #months = new Map()
  /** @type {Map<string, any>} receipts of single visits, by their place in the ledger */
  #receipts = new Map()
  /** @type {Map<string, Promise<any>>} */
  #before = new Map()
  #remembered = false
  #unsaved = false
  #desk = new Desk({ again: () => { this.#asked = ''; this.#settle(); this.#check(false) }, busy: () => count(this.#members) > 0 })
  #complain = later(() => this.#check(true), 900)

  get #member () { return this.#members[this.#at] }

  begin () {
    el('case').reset()
    this.#form.read()
    const linked = fromLink(fragment())
    const kept = this.#kept()
    if (linked) this.#open(linked)
    else if (kept) this.#open(kept)
    else {
      this.#field.show(this.#field.first)
      this.#form.setRegion(this.#field.first)
      this.#form.read()
      this.#member.case = split(this.#form.case).person
    }
    if (linked === null) notice('form-notice', t('link.bad'))
    if (linked && kept) notice('form-notice', t('ledger.link_not_kept'))
    this.#remembered = Boolean(kept) && !linked
    el('remember').checked = this.#remembered
    el('i-date').value = today()
    this.#listen()
    this.#settle()
    this.#check(false)
    this.#showMembers()
    if (linked) this.#save()
    innerLinks()
    addEventListener('hashchange', () => {
      const other = fromLink(fragment())
      if (other === undefined) return
      if (other === null) { notice('form-notice', t('link.bad')); return }
      if (toLink(other) === toLink(this.#members)) return
      this.#replace(other, t('take.opened'))
    })
    new IntersectionObserver(([entry]) => { el('dock').dataset.seen = String(entry.isIntersecting); this.#dock() }).observe(el('you'))
  }

  #listen () {
    el('case').addEventListener('submit', () => this.#add())
    el('cancel').addEventListener('click', () => { this.#blank(); goTo(el('part-visit')) })
    el('example').addEventListener('click', () => this.#showExample())
    el('who').addEventListener('toggle', () => this.#whoLine())
    el('member-add').addEventListener('click', () => this.#addMember())
    el('member-remove').addEventListener('click', () => this.#removeMember())
    el('months').addEventListener('toggle', (/** @type {Event} */ event) => this.#toggled(/** @type {HTMLDetailsElement} */ (event.target)), true)
    el('months').addEventListener('click', (/** @type {Event} */ event) => {
      const act = /** @type {HTMLElement} */ (event.target).closest('[data-act]')
      if (act) this.#act(/** @type {HTMLElement} */ (act).dataset.act ?? '', /** @type {HTMLElement} */ (act.closest('.visit')).dataset.key ?? '')
    })
    el('year-chips').addEventListener('change', (/** @type {Event} */ event) => { this.#year = Number(/** @type {HTMLInputElement} */ (event.target).value); this.#show() })
    el('copy').addEventListener('click', () => this.#copy())
    el('save-file').addEventListener('click', () => { download(t('ledger.file_name', { day: today() }) + '.json', [toFile(this.#members)], 'application/json'); this.#unsaved = false })
    el('save-table').addEventListener('click', () => this.#saveTable())
    el('open').addEventListener('change', () => this.#openFile())
    el('print').addEventListener('click', () => print())
    el('clear').addEventListener('click', () => this.#replace([{ ...newMember(), case: this.#member.case }], t('ledger.cleared')))
    el('remember').addEventListener('change', () => {
      this.#remembered = el('remember').checked
      try { if (!this.#remembered) localStorage.removeItem(STORE) } catch { /* nothing is stored where storage is forbidden */ }
      this.#save()
    })
    // What was wiped, here or in another window, is not written again.
    const forget = () => { this.#remembered = el('remember').checked = false }
    addEventListener('mingbai:wiped', forget)
    addEventListener('storage', ({ key, newValue }) => { if ((key === STORE || key === null) && newValue === null) forget() })
    addEventListener('beforeprint', () => { this.#printing = true; this.#show() })
    addEventListener('afterprint', () => { this.#printing = false; this.#show() })
    addEventListener('beforeunload', (event) => { if (this.#unsaved) event.preventDefault() })
  }

  #printing = false

  // --- what is typed ---

  /** @param {string} path @param {boolean} settled */
  #changed (path, settled) {
    notice('form-notice')
    if (path === 'label') return
    if (path === 'member') { this.#turnTo(Number(el('case').elements.member.value)); return }
    if (path === 'name') { this.#member.name = el('i-name').value.trim(); this.#showMembers(); this.#save(); return }
    if (path.startsWith('repeat.')) { this.#repeat(settled); return }
    if (path === 'admissions' || path === 'share') { this.#check(settled); return }
    if (settled || !path.startsWith('bill.')) this.#check(true)
    else { this.#check(false); this.#complain() }
  }

  /** @param {string} code @param {string} [failed] */
  #regionChanged (code, failed = '') {
    this.#noRegion = code ? '' : failed
    this.#form.setRegion(code)
    this.#changed('region', true)
  }

  /** Reads the form; what is the person's goes into the ledger at once. @param {boolean} loud */
  #check (loud) {
    const errors = readForm(this.#form, this.#noRegion)
    const admissions = el('i-admissions').value.normalize('NFKC').trim()
    if (admissions && !/^\d{1,2}$/.test(admissions)) errors.set('admissions', t('error.count'))
    if (loud) this.#form.showErrors(errors)
    const { person } = split(this.#form.case)
    const pairs = (/** @type {Case} */ c) => JSON.stringify([...c].sort())
    const own = this.#member
    const before = pairs(own.case) + own.admissions + own.share
    const share = readAmount(el('i-share').value)
    if ('error' in share) errors.set('share', tf('error', share.error))
    if (!errors.has('admissions')) own.admissions = Number(admissions || 0)
    if ('value' in share) own.share = share.value
    if (![...errors.keys()].some((p) => /^(?:region|person|accounts|year)/.test(p))) {
      own.case = person
      if (pairs(own.case) + own.admissions + own.share !== before) this.#touch()
    }
    this.#whoLine()
    if (errors.size) { this.#preview(null); return errors }
    this.#ask()
    return errors
  }

  /** Shows what the visit in the form would cost, where it would stand in the ledger. */
  async #ask () {
    const turn = ++this.#draftTurn
    const c = this.#form.case
    const region = c.has('region') ? await this.#desk.region(c.get('region') ?? '') : null
    if (!region || turn !== this.#draftTurn) return
    this.#useCodes(region)
    const request = await this.#draft(region)
    if (turn !== this.#draftTurn) return
    this.#questions(request, c)
    const answer = await this.#desk.call({ op: 'settle', ...request }, 'draft')
    if (!answer || turn !== this.#draftTurn) return
    this.#preview(answer.ok ? answer.settlement : null)
    // What is still missing is said when the visit is to be entered.
    const problems = answer.ok ? [] : (answer.errors ?? [answer.error]).filter((/** @type {any} */ p) => p.code !== 'required')
    const errors = refusals(problems, c, region.names)
    for (const path of errors.keys()) if (!this.#form.has(path)) errors.delete(path)
    if (errors.size || !problems.length) this.#form.showErrors(errors)
  }

  #codesOf = ''

  /** @param {Region} region */
  #useCodes (region) {
    if (this.#codesOf === region.code) return
    this.#codesOf = region.code
    this.#form.codes(region.codes, region.names, this.#form.case)
    this.#form.read()
  }

  /** The request for the visit in the form. @param {Region} region */
  async #draft (region) {
    const c = new Map(this.#form.case)
    const day = c.get('date') || today()
    c.set('date', day)
    const state = await this.#state(this.#at, (v) => v.date <= day && v.entry.id !== this.#editing, day, region)
    const request = toRequest(c)
    if (request.visit.kind === 'inpatient' && request.visit.admission === undefined) request.visit.admission = Math.min(state.admissions, 98) + 1
    request.year = state.year
    if (state.accounts.length) request.accounts = state.accounts
    else delete request.accounts
    return request
  }

  /** Which questions matter; which of them do does not hang on how large the amounts are. @param {any} request @param {Case} c */
  async #questions (request, c) {
    const shape = JSON.stringify([...c].filter(([path]) => !/^(?:bill\.|year\.|accounts\.|date)/.test(path)))
    if (shape === this.#shape) return
    this.#shape = shape
    const answer = await this.#desk.call({ op: 'validate', ...request, bill: { total: '1000.00' } }, 'validate')
    if (!answer?.ok) { this.#shape = ''; return }
    const of = `${c.get('region')} ${c.get('person.scheme')}`
    if (of !== this.#countingOf) this.#counting = new Set()
    this.#countingOf = of
    for (const path of c.keys()) if (path.startsWith('year.')) this.#counting.add(path.split('.')[1])
    for (const field of answer.used) if (field.startsWith('year.') && /^year\.[a-z0-9_]+$/.test(field)) this.#counting.add(field.slice(5))
    const region = await this.#desk.region(c.get('region') ?? '')
    const layers = [...this.#counting].map((id) => ({ id, name: { zh: region?.rules.layer(`${c.get('person.scheme')}.${id}`), en: region?.rules.layer(`${c.get('person.scheme')}.${id}`) } }))
    this.#form.matter([...answer.used.filter((/** @type {string} */ f) => f !== 'visit.admission' && f !== 'accounts' && !f.startsWith('year.')), ...[...this.#counting].map((id) => `year.${id}`)], layers)
    settled()
  }

  /** @param {any} s */
  #preview (s) {
    el('preview').hidden = !s
    if (!s) return
    say(el('preview-you'), t('ledger.preview', { you: money(fen(s.psn_part_amt)) }))
    say(el('preview-fund'), t('ledger.preview_fund', { fund: money(fen(s.fund_pay_sumamt)) }))
  }

  /** @param {boolean} loud */
  #repeat (loud) {
    const every = el('case').elements['repeat.every'].value
    el('repeat-count').hidden = every === 'once'
    el('f-repeat.days').hidden = every !== 'days'
    say(el('l-repeat.times'), every === 'm1' ? t('ledger.repeat_months') : every === 'days' ? t('ledger.repeat_times') : t('ledger.repeat_weeks'))
    const repeat = this.#readRepeat()
    const errors = repeat instanceof Map ? repeat : new Map()
    // An error that goes only when the field is left would move the button from under the finger.
    if (loud || !errors.size) this.#form.showErrors(errors)
    const n = repeat instanceof Map ? 0 : visitsOf(repeat)
    const date = this.#form.case.get('date') || today()
    const last = n > 1 ? visits({ ...newMember(), entries: [{ id: '', label: '', case: new Map([['date', date]]), repeat: /** @type {any} */ (repeat) }] }).at(-1)?.date ?? '' : ''
    say(el('repeat-sum'), last ? t('ledger.repeat_sum', { n: String(n), day: this.#day(last) }) : '')
  }

  /** @returns {import('./ledger.mjs').Repeat | null | Map<string, string>} errors by field where it cannot be read */
  #readRepeat () {
    const every = el('case').elements['repeat.every'].value
    if (every === 'once') return null
    const errors = new Map()
    const whole = (/** @type {string} */ name, /** @type {number} */ most) => {
      const text = el(`i-${name}`).value.normalize('NFKC').trim()
      if (!/^\d{1,3}$/.test(text) || Number(text) < 1) errors.set(name, t('error.count'))
      else if (Number(text) > most) errors.set(name, t('error.too_large', { limit: String(most) }))
      return Number(text)
    }
    const days = every === 'days' ? whole('repeat.days', 366) : 0
    const times = whole('repeat.times', 999)
    return errors.size ? errors : { every: every === 'days' ? `d${days}` : every, times }
  }

  #adding = false

  async #add () {
    const errors = this.#check(true) ?? new Map()
    const repeat = this.#readRepeat()
    if (repeat instanceof Map) for (const [path, text] of repeat) errors.set(path, text)
    const date = this.#form.case.get('date')
    if (!date && !errors.has('date')) errors.set('date', t('error.required', { field: t('fact.date') }))
    const room = MOST_VISITS - count(this.#members.map((m) => ({ ...m, entries: m.entries.filter((e) => e.id !== this.#editing) })))
    if (!(repeat instanceof Map) && visitsOf(repeat) > room) errors.set(repeat ? 'repeat.times' : 'date', t('ledger.full', { most: String(MOST_VISITS) }))
    if (errors.size) { this.#wrong(errors); return }
    if (this.#adding) return
    this.#adding = true
    const region = await this.#desk.region(this.#form.case.get('region') ?? '')
    const answer = region && await this.#desk.call({ op: 'settle', ...await this.#draft(region) })
    this.#adding = false
    if (!answer) return
    if (!answer.ok) { this.#wrong(refusals(answer.errors ?? [answer.error], this.#form.case, region.names)); return }
    if (this.#example) { this.#example = false; this.#member.entries = [] }
    const { visit } = split(this.#form.case)
    const entry = { id: this.#editing || newId(), label: el('i-label').value.trim(), case: visit, repeat: /** @type {any} */ (repeat) }
    const entries = this.#member.entries.filter((e) => e.id !== entry.id)
    this.#member.entries = byDay([...entries, entry])
    const text = this.#editing ? t('ledger.changed') : visitsOf(entry.repeat) > 1 ? t('ledger.added_many', { n: String(visitsOf(entry.repeat)) }) : t('ledger.added')
    this.#year = 0
    this.#months.set((date ?? '').slice(0, 7), true)
    notice('undo')
    this.#touch(text)
    this.#blank()
    el('who').open = false
    notice('added', text, make('a', { href: '#result' }, t('ledger.jump')))
    goTo(el('i-date'))
  }

  /** @param {Map<string, string>} errors */
  #wrong (errors) {
    this.#form.showErrors(errors)
    const [path, text] = [...errors][0]
    notice('added')
    this.#say(t('result.announce_error', { text }))
    const at = el(`f-${path}`)
    if (at) {
      const shut = at.closest('details:not([open])')
      if (shut) shut.open = true
      at.hidden = false
      goTo(at)
    } else notice('form-notice', text)
  }

  /** The form without a visit: hospital and kind stay, amounts and the note go. */
  #blank () {
    this.#editing = ''
    for (const part of ['total', ...bill.split, ...bill.classes.map(({ id }) => id)]) {
      el(`i-bill.${part}`).value = ''
      const unknown = el('case').elements[`bill.${part}.unknown`]
      if (unknown) unknown.checked = false
    }
    el('i-label').value = ''
    el('case').elements['repeat.every'].value = 'once'
    this.#repeat(false)
    say(el('visit-title'), t('ledger.visit'))
    say(el('add'), t('ledger.add'))
    el('cancel').hidden = true
    this.#form.showErrors(new Map())
    this.#check(false)
  }

  /** Puts an entry into the form. @param {Entry} entry @param {boolean} anew as another entry */
  #edit (entry, anew) {
    this.#editing = anew ? '' : entry.id
    this.#form.write(new Map([...this.#member.case, ...entry.case]))
    if (anew) el('i-date').value = today()
    el('i-label').value = entry.label
    const every = !entry.repeat || anew ? 'once' : entry.repeat.every[0] === 'd' ? 'days' : entry.repeat.every
    el('case').elements['repeat.every'].value = every
    if (entry.repeat) {
      el('i-repeat.times').value = String(entry.repeat.times)
      if (every === 'days') el('i-repeat.days').value = entry.repeat.every.slice(1)
    }
    this.#repeat(false)
    say(el('visit-title'), anew ? t('ledger.visit') : t('ledger.change'))
    say(el('add'), anew ? t('ledger.add') : t('ledger.save'))
    el('cancel').hidden = anew
    notice('added')
    this.#check(true)
    goTo(el('part-visit'))
  }

  // --- the ledger ---

  /** @param {string} act @param {string} key an entry's id and the number of the day */
  #act (act, key) {
    const [id, n] = key.split('.')
    const entry = this.#member.entries.find((e) => e.id === id)
    if (!entry) return
    if (act === 'edit' || act === 'again') { this.#edit(entry, act === 'again'); return }
    const before = this.#snapshot()
    const at = this.#member.entries.indexOf(entry)
    let left = /** @type {Entry[]} */ ([])
    if (act === 'one') {
      // A series with a gap is written as its single days.
      left = visits({ ...newMember(), entries: [entry] }).filter((v) => v.n !== Number(n)).map(({ date }) => ({ ...entry, id: newId(), case: new Map([...entry.case, ['date', date]]), repeat: null }))
    }
    this.#member.entries.splice(at, 1, ...left)
    byDay(this.#member.entries)
    if (this.#editing === id) this.#blank()
    const text = act === 'one' || !entry.repeat ? t('ledger.removed') : t('ledger.removed_many', { n: String(visitsOf(entry.repeat)) })
    this.#touch(text)
    this.#offerUndo(text, before)
  }

  #snapshot () {
    const members = this.#members.map((m) => ({ ...m, case: new Map(m.case), entries: [...m.entries] }))
    return { members, at: this.#at, example: this.#example }
  }

  /** @param {string} text @param {{members: Member[], at: number, example: boolean}} before */
  #offerUndo (text, before) {
    notice('undo', text, button(t('ledger.undo'), () => {
      this.#example = before.example
      this.#open(before.members, before.at)
      notice('undo')
      this.#touch(t('ledger.undone'))
      this.#showMembers()
      goTo(el('result'))
    }))
  }

  /** The ledger has changed. @param {string} [text] */
  #touch (text = '') {
    this.#asked = ''
    this.#before.clear()
    this.#receipts.clear()
    this.#settle(text)
    this.#save()
  }

  /** @param {Member[]} members @param {number} [at] */
  #open (members, at = 0) {
    this.#members = members
    this.#at = Math.min(at, members.length - 1)
    this.#year = 0
    this.#before.clear()
    this.#receipts.clear()
    this.#turnTo(this.#at)
    if (this.#member.entries.length) el('who').open = false
  }

  /** Another ledger in place of this one, which can be had back. @param {Member[]} members @param {string} text */
  #replace (members, text) {
    const before = this.#snapshot()
    this.#example = false
    this.#open(members)
    this.#touch(text)
    this.#showMembers()
    if (count(before.members)) this.#offerUndo(text, before)
    else notice('undo', text)
  }

  #showExample () {
    const entry = (/** @type {string} */ date, /** @type {string} */ label, /** @type {Record<string, string>} */ fields, /** @type {any} */ repeat = null) =>
      ({ id: newId(), label, repeat, case: new Map(Object.entries({ date, 'visit.place': 'local', 'bill.form': 'split', ...fields })) })
    const stay = { 'visit.kind': 'inpatient', 'visit.level': 'tertiary' }
    const member = {
      ...newMember(),
      case: new Map([['region', '110000'], ['person.scheme', 'employee'], ['person.status', 'retired'], ['person.age', '68']]),
      entries: [
        entry('2026-01-12', t('ledger.example_drugs'), { 'visit.kind': 'outpatient', 'visit.level': 'community', 'bill.total': '460.00', 'bill.self_funded': '20.00', 'bill.over_limit': '0.00', 'bill.paid_first': '30.00' }, { every: 'm1', times: 10 }),
        entry('2026-03-20', t('ledger.example_stay'), { ...stay, 'bill.total': '30000.00', 'bill.self_funded': '2000.00', 'bill.over_limit': '0.00', 'bill.paid_first': '1000.00' }),
        entry('2026-05-08', t('ledger.example_check'), { 'visit.kind': 'outpatient', 'visit.level': 'tertiary', 'bill.total': '2600.00', 'bill.self_funded': '0.00', 'bill.over_limit': '0.00', 'bill.paid_first': '208.00' }),
        entry('2026-09-02', t('ledger.example_again'), { ...stay, 'bill.total': '52000.00', 'bill.self_funded': '3500.00', 'bill.over_limit': '600.00', 'bill.paid_first': '2400.00' })
      ]
    }
    byDay(member.entries)
    this.#replace([member], '')
    notice('undo')
    this.#example = true
    this.#touch(t('ledger.example_open'))
    goTo(el('result'))
  }

  // --- members ---

  /** @param {number} at */
  #turnTo (at) {
    this.#at = at
    const own = this.#member
    this.#editing = ''
    const draft = split(this.#form.case).visit
    if (!own.case.size) own.case = new Map([['region', this.#field.first], ['person.scheme', 'resident'], ['person.status', 'adult']])
    this.#form.write(new Map([...draft, ['date', draft.get('date') || today()], ...own.case]))
    const region = own.case.get('region') ?? ''
    this.#noRegion = this.#field.show(region) ? '' : region
    this.#form.setRegion(this.#noRegion ? '' : region)
    el('i-admissions').value = own.admissions ? String(own.admissions) : ''
    el('i-name').value = own.name
    el('i-share').value = own.share ? typed(own.share) : ''
    this.#codesOf = ''
    this.#shape = ''
    this.#year = 0
    this.#form.read()
    this.#check(false)
    this.#show()
    this.#showMembers()
  }

  /** @param {Member} m */
  #nameOf (m) {
    if (m.name) return m.name
    const same = this.#members.filter((o) => o.relation === m.relation)
    const word = tf('relation', m.relation)
    return same.length > 1 ? t('ledger.numbered', { name: word, n: String(same.indexOf(m) + 1) }) : word
  }

  #showMembers () {
    const several = this.#members.length > 1
    el('members').hidden = !several
    el('member-remove').hidden = !several
    el('member-chips').replaceChildren(...this.#members.map((m, i) => {
      const chip = document.importNode(el('tpl-chip').content, true).firstElementChild
      const [input, text] = chip.children
      Object.assign(input, { name: 'member', value: String(i), checked: i === this.#at })
      text.textContent = this.#nameOf(m)
      return chip
    }))
    el('member-add').disabled = this.#members.length >= 7
    if (several) el('family').open = true
    el('share-box').hidden = !several
    this.#whoLine()
  }

  #addMember () {
    const member = newMember(el('i-relation').value)
    const { case: own } = this.#member
    const child = member.relation === 'child' || member.relation === 'grandchild'
    member.case = new Map([['region', own.get('region') ?? this.#field.first], ['person.scheme', child ? 'resident' : own.get('person.scheme') ?? 'employee'],
      ['person.status', child ? 'student_child' : own.get('person.status') ?? 'active']])
    this.#members.push(member)
    this.#turnTo(this.#members.length - 1)
    el('who').open = true
    this.#touch(t('ledger.member_added', { name: this.#nameOf(member) }))
    goTo(el('members'))
  }

  #removeMember () {
    const before = this.#snapshot()
    const text = t('ledger.member_removed', { name: this.#nameOf(this.#member) })
    this.#members.splice(this.#at, 1)
    this.#turnTo(0)
    this.#touch(text)
    this.#offerUndo(text, before)
  }

  #whoLine () {
    const c = this.#member.case
    const names = this.#books[this.#at]?.region.names ?? {}
    const line = [this.#field.nameOf(c.get('region') ?? ''), c.has('person.scheme') ? tf('scheme', c.get('person.scheme') ?? '') : '', c.has('person.status') ? codeName(names, 'status', c.get('person.status') ?? '') : '']
    say(el('who-line'), line.filter(Boolean).join(t('result.caseline_sep')) || t('ledger.who_open'))
  }

  // --- the engine ---

  /** The members who are insured where this one is. @param {number} at */
  #household (at) {
    const region = this.#members[at].case.get('region')
    return this.#members.map((member, i) => ({ member, i })).filter(({ member }) => member.case.get('region') === region)
  }

  /** @param {string} [text] to be said with the result */
  async #settle (text = '') {
    const turn = ++this.#turn
    const regions = [...new Set(this.#members.filter((m) => m.entries.length).map((m) => m.case.get('region') ?? ''))]
    /** @type {(Book | null)[]} */
    const books = this.#members.map(() => null)
    this.#together = null
    for (const code of regions) {
      const region = await this.#desk.region(code)
      if (turn !== this.#turn) return
      const house = this.#household(this.#members.findIndex((m) => m.case.get('region') === code)).map(({ member, i }) => ({ member, i, list: visits(member) }))
      if (!region) { this.#stale(t('error.internal')); return }
      const answer = await this.#desk.call(yearRequest(house, region.yearStarts), `year ${code}`)
      if (!answer || turn !== this.#turn) return
      if (!answer.ok) { this.#refused(answer.errors ?? [answer.error], house, region); return }
      for (const [n, { i, list }] of house.entries()) {
        const part = answer.year.members.find((/** @type {any} */ m) => m.id === String(n))
        if (part) books[i] = { part: { ...part, policy: answer.policy }, region, lines: answer.year.settlements.filter((/** @type {any} */ s) => s.member === String(n)).map((/** @type {any} */ s) => ({ s, visit: list[s.index] })) }
      }
      if (regions.length === 1 && house.filter(({ list }) => list.length).length > 1) this.#together = answer.year
    }
    this.#books = books
    notice('problem')
    el('last').hidden = true
    el('sheet').classList.remove('stale')
    this.#show()
    const you = this.#headline()
    if (text) this.#say([text, you].filter(Boolean).join(' '))
  }

  #headline () {
    const part = this.#books[this.#at]?.part
    return part ? t('ledger.announce', { you: money(fen(part.totals.psn_part_amt)), fund: money(fen(part.totals.fund_pay_sumamt)) }) : ''
  }

  /** @param {any[]} problems @param {{member: Member, list: Visit[]}[]} house @param {Region} region */
  #refused (problems, house, region) {
    if (this.#desk.dead) return
    const [p] = problems
    const found = /^members\[(\d+)\]\.(?:visits\[(\d+)\]\.)?(.*)$/.exec(p.field ?? '')
    const filled = house.filter(({ list }) => list.length)
    const { member, list } = filled[Number(found?.[1] ?? 0)] ?? filled[0]
    const visit = found?.[2] ? list[Number(found[2])] : undefined
    const errors = refusals([{ ...p, field: found?.[3] ?? p.field }], new Map([...member.case, ...(visit?.entry.case ?? [])]), region.names)
    const [text] = [...errors.values()]
    const change = visit && member === this.#member ? [button(t('ledger.fix'), () => this.#edit(visit.entry, false))] : []
    this.#stale(visit ? t('ledger.problem', { day: this.#day(visit.date), text }) : text, ...change)
  }

  /** @param {string} text @param {...HTMLElement} actions */
  #stale (text, ...actions) {
    el('sheet').classList.add('stale')
    el('last').hidden = false
    notice('problem', text, ...actions)
    this.#say(t('result.announce_error', { text }))
  }

  /**
   * What is used up before a day: counters, what is left of the accounts, admissions.
   * @param {number} at whose @param {(v: Visit) => boolean} counts which visits come before
   * @param {string} day @param {Region} region
   */
  async #state (at, counts, day, region) {
    const house = this.#household(at).map(({ member, i }) => ({ member, i, list: visits(member).filter(counts) }))
    const me = house.findIndex(({ i }) => i === at)
    const own = house[me].member
    const key = `${at} ${house.map(({ list }) => list.length).join()} ${this.#editing}`
    const mine = house[me].list.at(-1)?.date
    const fresh = Boolean(mine && benefitYear(mine, region.yearStarts) !== benefitYear(day, region.yearStarts))
    const { year = {}, accounts = [] } = toRequest(own.case)
    if (!house.some(({ list }) => list.length)) return { year, accounts, admissions: own.admissions }
    let asked = this.#before.get(key)
    if (!asked) {
      asked = this.#desk.call(yearRequest(house, region.yearStarts))
      this.#before.set(key, asked)
    }
    const answer = await asked
    if (!answer?.ok) return { year, accounts, admissions: own.admissions }
    const part = answer.year.members.find((/** @type {any} */ m) => m.id === String(me))
    const stays = answer.year.settlements.filter((/** @type {any} */ s) => s.member === String(me) && s.admission)
    const counters = Object.entries(part?.year ?? year).filter(([name]) => !fresh || name.endsWith('@life'))
    return {
      year: Object.fromEntries(counters),
      accounts: (answer.year.accounts ?? []).map((/** @type {any} */ a) => a.owner === String(me)
        ? { owner: 'self', balance: a.left }
        : { owner: 'family', balance: a.left, ...(a.limit_left === undefined ? {} : { limit: a.limit_left }) }),
      admissions: fresh ? 0 : stays.at(-1)?.admission ?? own.admissions
    }
  }

  // --- what is shown ---

  /** A day in words: 5月1日, 1 May. @param {string} day */
  #day (day) {
    return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { month: language === 'zh' ? 'long' : 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
  }

  /** @param {string} month such as 2026-05 */
  #month (month) {
    return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`))
  }

  #show () {
    const book = this.#books[this.#at]
    const full = Boolean(book?.lines.length && this.#member.entries.length)
    el('empty').hidden = full
    el('book').hidden = !full
    if (full) put(el('book'), this.#view(/** @type {Book} */ (book)))
    this.#dock()
  }

  /** @param {Book} book */
  #view ({ lines, part, region }) {
    const years = part.years.map((/** @type {any} */ y) => ({ ...y, year: Number(y.from.slice(0, 4)) }))
    const chosen = years.find((/** @type {any} */ y) => y.year === this.#year) ?? years.at(-1)
    this.#years(years, chosen)
    const s = chosen.totals
    const total = fen(s.medfee_sumamt)
    const you = money(fen(s.psn_part_amt))
    const fund = fen(s.fund_pay_sumamt)
    const range = s.range?.psn_part_amt
    const mine = lines.filter(({ visit }) => benefitYear(visit.date, region.yearStarts) === chosen.year)
    const last = chosen === years.at(-1)
    const grades = mine.map((l) => l.s.grade).filter(Boolean).sort()
    const { gauges, next } = last ? this.#ahead(part, region) : { gauges: [], next: [] }
    const c = this.#member.case
    return {
      Tag: this.#example ? t('result.example') : '',
      CaseLine: [this.#members.length > 1 ? this.#nameOf(this.#member) : '', this.#field.nameOf(region.code), tf('scheme', c.get('person.scheme') ?? ''),
        c.has('person.status') ? codeName(region.names, 'status', c.get('person.status') ?? '') : '', t('ledger.count', { n: String(mine.length) })].filter(Boolean).join(t('result.caseline_sep')),
      YouLabel: t('ledger.you', { year: String(chosen.year) }),
      YouYuan: you.slice(0, -3),
      YouFen: you.slice(-3),
      RangeText: range ? t('result.range', { from: money(fen(range.from)), to: money(fen(range.to)) }) : '',
      Means: meansText(s),
      Fund: fund ? t('ledger.fund', { amount: money(fund), total: money(total) }) : t('ledger.fund_none'),
      ...bar(s, total),
      Sum: money(total),
      Gauges: gauges,
      Next: next,
      Months: this.#monthsOf(mine, region),
      TotalLabel: t('ledger.total', { n: String(mine.length) }),
      Total: you,
      Tax: this.#tax(chosen.tax_deduction ?? part.tax_deduction),
      Notes: this.#notes(mine),
      Family: this.#family(),
      Grade: grades.length ? tf('grade', grades.at(-1) ?? '') : '',
      GradeKey: grades.at(-1) ?? '',
      Policy: t('result.policy', { region: this.#field.nameOf(region.code), version: part.policy.version })
    }
  }

  /** @param {any[]} years @param {any} chosen */
  #years (years, chosen) {
    el('years').hidden = years.length < 2
    const box = el('year-chips')
    const want = years.map((y) => String(y.year)).join()
    if (box.dataset.years !== want) {
      box.dataset.years = want
      box.replaceChildren(...years.map((y) => {
        const chip = document.importNode(el('tpl-chip').content, true).firstElementChild
        Object.assign(chip.firstElementChild, { name: 'view-year', value: String(y.year) })
        chip.lastElementChild.textContent = t('ledger.year', { year: String(y.year) })
        return chip
      }))
    }
    for (const input of box.querySelectorAll('input')) input.checked = input.value === String(chosen.year)
  }

  /** How far the year has come: lines passed, lines ahead. @param {any} part @param {Region} region */
  #ahead (part, region) {
    const gauges = []
    const next = []
    const scheme = this.#member.case.get('person.scheme')
    const layers = region.policy.schemes.find((/** @type {any} */ s) => s.id === scheme)?.layers ?? []
    const name = (/** @type {string} */ id) => region.rules.layer(`${scheme}.${id}`)
    for (const [id, counter] of Object.entries(part.year)) {
      const layer = layers.find((/** @type {any} */ l) => l.id === id)
      const used = counter.deductible
      if (layer?.deductible?.per !== 'year' || typeof used !== 'string' || !fen(used) || part.ahead.some((/** @type {any} */ a) => a.layer === id && (a.code === 'deductible' || a.code === 'critical'))) continue
      gauges.push({ Key: `passed ${id}`, Label: t('ledger.gauge_passed', { layer: name(id) }), Text: '', Sub: t('ledger.gauge_full', { used: money(fen(used)) }), Width: '10000' })
    }
    for (const a of part.ahead) {
      const left = fen(a.remaining)
      const counter = part.year[a.layer] ?? {}
      const row = region.rules.row(a.rule)
      const figure = row?.unit === 'CNY' && /^\d+\.\d\d$/.test(row.value) ? fen(row.value) : 0n
      const counted = { deductible: counter.deductible, critical: counter.deductible, cap: counter.paid }[/** @type {'cap'} */ (a.code)]
      const used = figure > left ? figure - left : typeof counted === 'string' ? fen(counted) : 0n
      const all = used + left
      if (!['deductible', 'critical', 'cap'].includes(a.code) || !all) { next.push({ Key: a.code + a.layer, Text: tf('ahead', a.code, { layer: name(a.layer), amount: money(left) }) }); continue }
      gauges.push({
        Key: a.code + a.layer, Label: tf('gauge', a.code, { layer: name(a.layer) }), Text: tf('gauge_left', a.code, { left: money(left) }), Sub: t('ledger.gauge', { used: money(used), all: money(all) }), Width: String(used * 10000n / all)
      })
    }
    const n = part.next_admission
    if (n) {
      const level = this.#books[this.#at]?.lines.find((l) => l.s.index === n.index)?.visit.entry.case.get('visit.level')
      const where = level ? codeName(region.names, 'level', level) : ''
      next.unshift({ Key: 'admission', Text: fen(n.deductible) ? t('ledger.next_admission', { n: String(n.admission), amount: money(fen(n.deductible)), level: where }) : t('ledger.next_admission_free', { n: String(n.admission), level: where }) })
    }
    return { gauges, next }
  }

  /** @param {any} tax */
  #tax (tax) {
    const self = fen(tax.self_pay)
    const above = fen(tax.above)
    const values = { year: String(tax.year), self: money(self), above: money(above).slice(0, -3), limit: money(fen(tax.limit)).slice(0, -3), amount: money(fen(tax.deductible)), left: money(above > self ? above - self : 0n) }
    return [{ Key: 'tax', Text: fen(tax.deductible) ? t('ledger.tax_some', values) : t('ledger.tax_none', values) }]
  }

  /** @param {Line[]} lines */
  #notes (lines) {
    const seen = new Map()
    for (const { s } of lines) for (const n of s.notes) if (n.code !== 'assumed') seen.set(n.code + (n.key ?? '') + (n.reason ?? ''), n)
    return [...seen].map(([Key, n]) => ({ Key, Text: noteText(n) }))
  }

  #family () {
    if (!this.#together) return []
    const s = this.#together.totals
    const out = [{ Key: 'sum', Text: t('ledger.family_total', { you: money(fen(s.psn_part_amt)), fund: money(fen(s.fund_pay_sumamt)) }) }]
    for (const [n, a] of (this.#together.accounts ?? []).entries()) {
      const owner = a.owner === 'family' ? t('ledger.relatives') : this.#nameOf(this.#household(this.#at)[Number(a.owner)]?.member ?? this.#member)
      const left = typeof a.left === 'string' ? a.left : a.left.from
      out.push({ Key: `account ${n}`, Text: t('ledger.account_left', { owner, left: money(fen(left)) }) })
    }
    return out
  }

  /** @param {Line[]} lines @param {Region} region */
  #monthsOf (lines, region) {
    /** @type {Map<string, Line[]>} */
    const months = new Map()
    for (const line of lines) {
      const month = line.visit.date.slice(0, 7)
      months.set(month, [...(months.get(month) ?? []), line])
    }
    const latest = [...months.keys()].at(-1)
    return [...months].map(([month, list]) => {
      const open = this.#printing || (this.#months.get(month) ?? (lines.length <= FEW || month === latest))
      return {
        Key: month,
        Title: this.#month(month),
        Count: t('ledger.count', { n: String(list.length) }),
        You: money(list.reduce((sum, { s }) => sum + fen(s.psn_part_amt), 0n)),
        Open: open ? 'open' : '',
        Visits: open ? list.map((line) => this.#visit(line, region)) : []
      }
    })
  }

  /** @param {Line} line @param {Region} region */
  #visit ({ visit, s }, region) {
    const { entry, date } = visit
    const kind = codeName(region.names, 'kind', entry.case.get('visit.kind') ?? '')
    const level = entry.case.get('visit.level')
    const place = entry.case.get('visit.place')
    const receipt = this.#receipts.get(visit.id)
    const about = [entry.label ? kind : '', s.admission ? t('ledger.nth', { n: String(s.admission) }) : '', level ? codeName(region.names, 'level', level) : '', place && place !== 'local' ? codeName(region.names, 'place', place) : '',
      t('ledger.bill', { total: money(fen(s.medfee_sumamt)) }), t('ledger.funds', { fund: money(fen(s.fund_pay_sumamt)) })]
    return {
      Key: visit.id,
      Day: this.#day(date),
      What: entry.label || kind,
      Note: about.filter(Boolean).join(t('result.caseline_sep')),
      You: money(fen(s.psn_part_amt)),
      Edit: entry.repeat ? t('ledger.edit_series', { n: String(visitsOf(entry.repeat)) }) : t('ledger.edit'),
      Remove: entry.repeat ? t('ledger.remove_series', { n: String(visitsOf(entry.repeat)) }) : t('ledger.remove'),
      Series: entry.repeat ? 'yes' : '',
      Used: receipt ? receipt.Used : [],
      Groups: receipt ? receipt.Groups : []
    }
  }

  /** A month or a visit was opened or shut. @param {HTMLDetailsElement} details */
  #toggled (details) {
    const key = /** @type {HTMLElement} */ (details.closest('.visit') ?? details).dataset.key ?? ''
    if (details.matches('.month')) {
      if (this.#printing) return
      if (details.open === (details.querySelector('.visit') !== null)) return
      this.#months.set(key, details.open)
      this.#show()
    } else if (details.matches('.visit > .line') && details.open && !this.#receipts.has(key)) this.#receipt(key)
  }

  /** The whole receipt of one visit, asked for when somebody wants to see it. @param {string} key */
  async #receipt (key) {
    const book = this.#books[this.#at]
    const at = book?.lines.findIndex((l) => l.visit.id === key) ?? -1
    if (!book || at < 0) return
    const { visit, s } = book.lines[at]
    const before = new Set(book.lines.slice(0, at).map((l) => l.visit.id))
    const mine = new Set(book.lines.map((l) => l.visit.id))
    const turn = this.#turn
    const state = await this.#state(this.#at, (v) => mine.has(v.id) ? before.has(v.id) : v.date < visit.date, visit.date, book.region)
    const request = toRequest(new Map([...this.#member.case, ...visit.entry.case, ['date', visit.date]]))
    Object.assign(request, { year: state.year, accounts: state.accounts })
    if (!state.accounts.length) delete request.accounts
    if (s.admission) request.visit.admission = s.admission
    const answer = await this.#desk.call({ op: 'settle', ...request })
    if (turn !== this.#turn || !answer?.ok) return
    const view = settlementView(answer, { request, region: this.#field.nameOf(book.region.code), names: book.region.names })
    const scheme = request.person.scheme
    const used = Object.entries(answer.settlement.year).filter(([id, c]) => !id.includes('@') && typeof c.paid === 'string' && typeof c.deductible === 'string' && (fen(c.paid) || fen(c.deductible)))
      .map(([id, c]) => ({ Key: id, Text: t('ledger.used', { layer: book.region.rules.layer(`${scheme}.${id}`), deductible: money(fen(c.deductible)), paid: money(fen(c.paid)) }) }))
    const taken = answer.settlement.notes.filter((/** @type {any} */ n) => n.code === 'assumed').map((/** @type {any} */ n) => assumed(n, book.region.names))
    if (taken.length) used.push({ Key: 'assumed', Text: t('ledger.assumed', { list: taken.join(t('result.join')) }) })
    this.#receipts.set(key, { Groups: view.Groups, Used: used })
    this.#show()
  }

  #dock () {
    const part = this.#books[this.#at]?.part
    const on = Boolean(part && this.#member.entries.length && el('dock').dataset.seen === 'false')
    el('dock').hidden = !on
    if (part) say(el('dock-amount'), '¥' + money(fen((part.years.find((/** @type {any} */ y) => y.from.startsWith(String(this.#year))) ?? part.years.at(-1)).totals.psn_part_amt)))
  }

  // --- keeping ---

  #kept () {
    try {
      const read = fromFile(localStorage.getItem(STORE) ?? '')
      return 'members' in read ? read.members : null
    } catch { return null /* storage is forbidden here */ }
  }

  #save () {
    const full = count(this.#members) > 0
    if (this.#remembered) {
      try {
        localStorage.setItem(STORE, toFile(this.#members))
        this.#unsaved = false
        keepInAddress('')
        return
      } catch {
        this.#remembered = el('remember').checked = false
        say(el('taken'), t('ledger.no_storage'))
      }
    }
    const link = full || this.#members.length > 1 ? toLink(this.#members) : ''
    keepInAddress(link)
    this.#unsaved = full && !link && !this.#example
  }

  async #copy () {
    const link = toLink(this.#members)
    if (!link) { say(el('taken'), count(this.#members) ? t('ledger.link_long') : t('ledger.nothing')); return }
    const url = `${location.href.split('#')[0]}#${link}`
    try {
      await navigator.clipboard.writeText(url)
      say(el('taken'), t('ledger.copied'))
    } catch {
      keepInAddress(link)
      say(el('taken'), t('ledger.copy_self'))
    }
  }

  #saveTable () {
    const book = this.#books[this.#at]
    if (!book) { say(el('taken'), t('ledger.nothing')); return }
    const results = ['fund_pay_sumamt', ...plan.funds, 'psn_part_amt', ...plan.means, 'self_pay', 'self_funded']
    const shown = COLUMNS.filter((path) => path === 'date' || path === 'label' || book.lines.some(({ visit }) => visit.entry.case.has(path)))
    const rows = book.lines.map(({ visit, s }) => [
      ...shown.map((path) => path === 'date' ? visit.date : path === 'label' ? visit.entry.label : inWords(path, visit.entry.case.get(path) ?? '', book.region.names)),
      ...results.map((id) => s[id])
    ])
    download(t('ledger.file_name', { day: today() }) + '.csv', [toCSV([[...shown.map(heading), ...results.map((id) => or(id, 'line', id))], ...rows])], 'text/csv')
  }

  async #openFile () {
    const input = el('open')
    const file = input.files[0]
    if (!file) return
    input.value = ''
    if (file.size > 2_000_000) { say(el('taken'), t('ledger.file_size', { at: '' })); return }
    const text = await file.text()
    if (/^\uFEFF?\s*\{/.test(text)) {
      const read = fromFile(text)
      if ('error' in read) { say(el('taken'), tf('file_error', read.error, { at: read.at ?? '' })); return }
      say(el('taken'), '')
      this.#replace(read.members, t('take.opened'))
      goTo(el('result'))
      return
    }
    const rows = fromCSV(text)
    const region = await this.#desk.region(this.#member.case.get('region') ?? '')
    if (!rows?.length || !region) { say(el('taken'), t('file_error.file_format')); return }
    const { entries, troubles } = readTable(rows, region.names, region.codes)
    if (troubles.length) {
      const first = troubles.slice(0, 5).map((x) => x.column ? t('ledger.row_error', { line: String(x.line), column: x.column, text: x.text }) : x.text)
      if (troubles.length > 5) first.push(t('ledger.row_more', { n: String(troubles.length - 5) }))
      el('taken').replaceChildren(...first.flatMap((line) => [line, make('br')]))
      return
    }
    if (entries.length + (this.#example ? 0 : count(this.#members)) > MOST_VISITS) { say(el('taken'), t('ledger.full', { most: String(MOST_VISITS) })); return }
    say(el('taken'), '')
    const members = this.#members.map((m, i) => i === this.#at ? { ...m, entries: byDay([...(this.#example ? [] : m.entries), ...entries]) } : m)
    const at = this.#at
    this.#replace(members, t('ledger.added_many', { n: String(entries.length) }))
    if (at) this.#turnTo(at)
    goTo(el('result'))
  }
}
