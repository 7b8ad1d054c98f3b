// The ledger of a family: members, their visits, what repeats. Plain data and the forms
// in which it travels: a link, a file, a table. Nothing here touches the page.
import { bill } from '../facts.json'
import { fromFragment, toFragment, toRequest } from './case.mjs'
import { parsed, readFields } from './file.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {{every: string, times: number}} Repeat times: how many weeks, months or visits */
/** @typedef {{id: string, label: string, case: Case, repeat: Repeat | null}} Entry the case holds date, visit.* and bill.* */
/**
 * @typedef {object} Member
 * @property {string} relation self, spouse, parent …
 * @property {string} name as typed; stays on the device
 * @property {Case} case region, person.*, accounts.*, accept; and year.* as the last receipt has it
 * @property {number} admissions stays in hospital before the first entry
 * @property {string} share what relatives may take of the account at most; '' is no limit
 * @property {Entry[]} entries by date
 */
/** @typedef {{id: string, date: string, entry: Entry, n: number, of: number}} Visit one day of an entry */

export const RELATIONS = ['self', 'spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild']
export const REPEATS = ['w1', 'w2', 'w3', 'w5', 'm1']
export const MOST_VISITS = 1000
export const LONGEST_LINK = 6000
export const FORMAT = 'mingbai-year'
export const FORMAT_VERSION = 1
const MOST_MEMBERS = 7
const LONGEST_TEXT = 40
// Days of the week on which care is given, counted from the first.
const WEEK = { w1: [0], w2: [0, 3], w3: [0, 2, 4], w5: [0, 1, 2, 3, 4] }
/** What belongs to the person; everything else of a case belongs to the visit. */
const OF_PERSON = /^(?:region|person\.|accounts\.|accept$|year\.)/
const REPEAT = /^(?:w[1235]|m1|d[1-9]\d{0,2})$/
const DAY = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/

let ids = 0
export const newId = () => `v${++ids}`

/** @param {string} [relation] @returns {Member} */
export const newMember = (relation = 'self') => ({ relation, name: '', case: new Map(), admissions: 0, share: '', entries: [] })

/** @param {Case} c @returns {{person: Case, visit: Case}} */
export function split (c) {
  const person = new Map()
  const visit = new Map()
  for (const [path, value] of c) (OF_PERSON.test(path) ? person : visit).set(path, value)
  return { person, visit }
}

/** The day n days later. @param {string} day @param {number} n */
export function addDays (day, n) {
  const d = new Date(`${day}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}

/** The same day n months later, or the last of a month that has no such day. @param {string} day @param {number} n */
export function addMonths (day, n) {
  const [year, month, date] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + n, 0))
  last.setUTCDate(Math.min(date, last.getUTCDate()))
  return last.toISOString().slice(0, 10)
}

/** The days on which an entry happens. @param {Entry} entry */
export function daysOf ({ case: c, repeat }) {
  const first = c.get('date') ?? ''
  if (!repeat) return [first]
  const { every, times } = repeat
  const days = []
  for (let i = 0; i < times; i++) {
    if (every === 'm1') days.push(addMonths(first, i))
    else if (every[0] === 'd') days.push(addDays(first, i * Number(every.slice(1))))
    else for (const offset of WEEK[/** @type {keyof WEEK} */ (every)]) days.push(addDays(first, i * 7 + offset))
  }
  return days
}

/** How many visits an entry stands for. @param {Repeat | null} repeat */
export const visitsOf = (repeat) => !repeat ? 1 : repeat.times * (WEEK[/** @type {keyof WEEK} */ (repeat.every)]?.length ?? 1)

/** All visits of a member in the order of their days; on one day in the order of the entries. @param {Member} member @returns {Visit[]} */
export function visits ({ entries }) {
  const all = entries.flatMap((entry) => {
    const days = daysOf(entry)
    return days.map((date, n) => ({ id: `${entry.id}.${n}`, date, entry, n, of: days.length }))
  })
  return all.sort((a, b) => a.date < b.date ? -1 : a.date > b.date ? 1 : 0)
}

/** @param {Entry[]} entries */
export const byDay = (entries) => entries.sort((a, b) => (a.case.get('date') ?? '') < (b.case.get('date') ?? '') ? -1 : (a.case.get('date') ?? '') > (b.case.get('date') ?? '') ? 1 : 0)

/** The benefit year that a day falls into. @param {string} day @param {string} starts such as 01-01 */
export const benefitYear = (day, starts) => Number(day.slice(0, 4)) - (day.slice(5) < starts ? 1 : 0)

/**
 * The visits of a member as a request lists them. The first stay of the first benefit
 * year says which one it is, where there were others before the ledger; the engine counts
 * on from there.
 * @param {Member} member @param {Visit[]} list @param {string} starts
 */
export function visitRequests (member, list, starts) {
  let told = member.admissions === 0
  return list.map(({ entry, date }) => {
    const { visit, bill } = toRequest(entry.case)
    if (!told && visit.kind === 'inpatient') {
      told = true
      if (visit.admission === undefined && benefitYear(date, starts) === benefitYear(list[0].date, starts)) visit.admission = member.admissions + 1
    }
    return { date, visit, bill }
  })
}

/**
 * One request for the members who are insured in one place. Those without visits in it
 * are there with what they share. The engine names a member by its place in the list.
 * @param {{member: Member, list: Visit[]}[]} household @param {string} starts
 */
export function yearRequest (household, starts) {
  const accounts = []
  const members = []
  let accept
  for (const [i, { member, list }] of household.entries()) {
    const { person, year, accept: accepted } = toRequest(member.case)
    const balance = member.case.get('accounts.self')
    const allowed = member.case.get('accounts.family')
    if (balance) accounts.push({ owner: list.length ? String(i) : 'family', balance, ...(member.share ? { limit: member.share } : {}) })
    if (allowed) accounts.push({ owner: 'family', limit: allowed })
    if (list.length) {
      members.push({ id: String(i), person, ...(year ? { year } : {}), visits: visitRequests(member, list, starts) })
      accept ??= accepted
    }
  }
  return { op: 'year', region: household[0].member.case.get('region'), members, ...(accounts.length ? { accounts } : {}), ...(accept ? { accept } : {}) }
}

// --- a link ---
//
// y=1.<member>!<member>…, a member is
// <relation>.<admissions>[.<share>]:<person>;<visit>;<visit>…
// in the pairs of a case's link. A visit writes only what differs from the one before it,
// and _ for what that one had and it has not; *w3.12 behind it is its repetition.
// Names and notes stay at home.

const GONE = '_'
const pairs = (/** @type {Case} */ c) => toFragment(c).slice(4)

/** @param {Member[]} members @returns {string} '' where nothing is in the ledger or the link would be too long */
export function toLink (members) {
  if (!members.some((m) => m.entries.length || m.case.size)) return ''
  const parts = members.map((m) => {
    /** @type {Case} */
    let before = new Map()
    const entries = m.entries.map(({ case: c, repeat }) => {
      const delta = new Map()
      for (const [path, value] of c) if (before.get(path) !== value) delta.set(path, value)
      for (const path of before.keys()) if (!c.has(path)) delta.set(path, GONE)
      before = c
      return pairs(delta) + (repeat ? `*${repeat.every}.${repeat.times}` : '')
    })
    return `${m.relation}.${m.admissions}${m.share && '.' + m.share}:${[pairs(m.case), ...entries].join(';')}`
  })
  const link = 'y=1.' + parts.join('!')
  return link.length > LONGEST_LINK ? '' : link
}

/**
 * Reads a link's fragment. Anything that is not exactly what toLink writes is refused as
 * a whole: half a ledger would give wrong figures.
 * @param {string} fragment without #
 * @returns {Member[] | null | undefined} undefined where it holds no ledger, null where it is damaged
 */
export function fromLink (fragment) {
  if (!fragment.startsWith('y=')) return undefined
  if (!fragment.startsWith('y=1.') || fragment.length > LONGEST_LINK) return null
  const members = []
  for (const part of fragment.slice(4).split('!')) {
    const head = /^([a-z]+)\.(\d{1,2})(?:\.(\d{1,9}\.\d\d))?:/.exec(part)
    if (!head || !RELATIONS.includes(head[1])) return null
    const [first, ...rest] = part.slice(head[0].length).split(';')
    const person = readPairs(first)
    if (!person || [...person].some(([path, value]) => !OF_PERSON.test(path) || value === GONE)) return null
    const member = { ...newMember(head[1]), case: person, admissions: Number(head[2]), share: head[3] ?? '' }
    /** @type {Case} */
    let before = new Map()
    for (const text of rest) {
      const [delta, again, ...more] = text.split('*')
      const changes = readPairs(delta)
      const repeat = again === undefined ? null : readRepeat(again)
      if (!changes || more.length || repeat === undefined) return null
      const c = new Map(before)
      for (const [path, value] of changes) {
        if (value === GONE ? !c.delete(path) : OF_PERSON.test(path)) return null
        if (value !== GONE) c.set(path, value)
      }
      before = c
      member.entries.push({ id: newId(), label: '', case: c, repeat })
    }
    members.push(member)
  }
  return sound(members) ? members : null
}

/** @param {string} text @returns {Case | null} */
function readPairs (text) {
  if (text === '') return new Map()
  return fromFragment('c=1.' + text) ?? null
}

/** @param {string} text @returns {Repeat | undefined} */
function readRepeat (text) {
  const found = /^(\w+)\.([1-9]\d{0,2})$/.exec(text)
  return found && REPEAT.test(found[1]) ? { every: found[1], times: Number(found[2]) } : undefined
}

/** @param {Member[]} members */
function sound (members) {
  return members.length > 0 && members.length <= MOST_MEMBERS && count(members) <= MOST_VISITS &&
    members.every((m) => m.entries.every((e) => isDay(e.case.get('date') ?? '')))
}

/** How many visits are in the ledgers together. @param {Member[]} members */
export const count = (members) => members.reduce((sum, m) => m.entries.reduce((n, e) => n + visitsOf(e.repeat), sum), 0)

/** @param {string} text */
export const isDay = (text) => DAY.test(text) && addDays(text, 0) === text

// --- a file ---

/** @param {Member[]} members */
export function toFile (members) {
  return JSON.stringify({
    format: FORMAT,
    version: FORMAT_VERSION,
    members: members.map((m) => ({
      relation: m.relation,
      ...(m.name ? { name: m.name } : {}),
      ...(m.admissions ? { admissions: m.admissions } : {}),
      ...(m.share ? { share: m.share } : {}),
      ...Object.fromEntries(m.case),
      visits: m.entries.map((e) => ({
        ...(e.label ? { label: e.label } : {}),
        ...(e.repeat ? { every: e.repeat.every, times: e.repeat.times } : {}),
        ...Object.fromEntries(e.case)
      }))
    }))
  }, null, 1)
}

/**
 * Reads a file that toFile wrote. It may come from anybody: every field is checked, and
 * what is wrong is named by where it stands.
 * @param {string} text
 * @returns {{members: Member[]} | {error: 'file_json' | 'file_format' | 'file_version' | 'file_field' | 'file_size', at?: string}}
 */
export function fromFile (text) {
  const data = parsed(text)
  if (data === undefined) return { error: 'file_json' }
  if (data?.format !== FORMAT || !Array.isArray(data.members)) return { error: 'file_format' }
  if (data.version !== FORMAT_VERSION) return { error: 'file_version', at: String(data.version) }
  const members = []
  for (const [i, m] of data.members.entries()) {
    const { relation, name = '', admissions = 0, share = '', visits = [], ...person } = Object(m)
    const at = `members[${i}]`
    if (!RELATIONS.includes(relation)) return { error: 'file_field', at: `${at}.relation` }
    if (!isText(name)) return { error: 'file_field', at: `${at}.name` }
    if (!Number.isInteger(admissions) || admissions < 0 || admissions > 99) return { error: 'file_field', at: `${at}.admissions` }
    if (typeof share !== 'string' || share && !/^\d{1,9}\.\d\d$/.test(share)) return { error: 'file_field', at: `${at}.share` }
    if (!Array.isArray(visits)) return { error: 'file_field', at: `${at}.visits` }
    const own = readFields(person, (path) => OF_PERSON.test(path))
    if (typeof own === 'string') return { error: 'file_field', at: `${at}.${own}` }
    const member = { relation, name, admissions, share, case: own, entries: /** @type {Entry[]} */ ([]) }
    for (const [n, v] of visits.entries()) {
      const { label = '', every, times, ...visit } = Object(v)
      const here = `${at}.visits[${n}]`
      const c = readFields(visit, (path) => !OF_PERSON.test(path))
      if (typeof c === 'string') return { error: 'file_field', at: `${here}.${c}` }
      if (!isText(label)) return { error: 'file_field', at: `${here}.label` }
      const repeat = every === undefined ? null : readRepeat(`${every}.${times}`)
      if (repeat === undefined) return { error: 'file_field', at: `${here}.every` }
      if (!isDay(c.get('date') ?? '')) return { error: 'file_field', at: `${here}.date` }
      member.entries.push({ id: newId(), label, case: c, repeat })
    }
    members.push(member)
  }
  return sound(members) ? { members } : { error: 'file_size' }
}

const isText = (/** @type {unknown} */ text) => typeof text === 'string' && [...text].length <= LONGEST_TEXT

// --- a table ---

/** The columns of a table of visits, by their paths in a case. */
export const COLUMNS = ['date', 'label', 'visit.kind', 'visit.level', 'visit.place', 'visit.filing', 'visit.disease', 'visit.referral', 'visit.hospital', 'visit.days', 'visit.admission',
  'bill.total', ...bill.split.map((p) => `bill.${p}`), ...bill.classes.map(({ id }) => `bill.${id}`)]

/**
 * Cells as a CSV text that spreadsheets open: with a byte order mark for the Chinese, and
 * a quote before whatever they would take for a formula.
 * @param {string[][]} rows
 */
export function toCSV (rows) {
  const cell = (/** @type {string} */ text) => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d,.]+$/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return '\uFEFF' + rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

/**
 * Cells of a CSV text: commas, semicolons or tabs, quoted or not.
 * @param {string} text
 * @returns {string[][] | null} null where a quote is never closed
 */
export function fromCSV (text) {
  text = text.replace(/^\uFEFF/, '')
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const comma = ['\t', ';', ','].find((c) => line.includes(c)) ?? ','
  const rows = []
  let row = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') { cell += c; i++ } else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === comma) { row.push(cell); cell = '' } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++
      rows.push([...row, cell])
      row = []
      cell = ''
    } else cell += c
  }
  if (quoted) return null
  if (cell || row.length) rows.push([...row, cell])
  return rows.filter((r) => r.some((c) => c.trim()))
}
