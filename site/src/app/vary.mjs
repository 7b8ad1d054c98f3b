// What can be varied about a case: the axes, the values offered on each, what they mean
// to the engine and how they stand in a link.
import { bill, sections } from '../facts.json'
import { t, tf } from './texts.mjs'
import { codeName } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./desk.mjs').Region} Region */
/** @typedef {Map<string, string[]>} Choice the alternatives taken on each axis */
/** @typedef {{id: string, title: string, now: string, values: string[], hint: string}} Axis now: what the case itself has */

/** More cases than these do not fit on a screen. */
export const MOST_CASES = 12
const MOST_REGIONS = 4
const NAMES = ['place', 'level', 'hospital', 'admission', 'status', 'date', 'region', ...bill.classes.map(({ id }) => `class_${id}`)]
const VALUE = /^[a-z0-9_.-]{1,40}$/
const FACTS = /** @type {any[]} */ (sections.flatMap((s) => s.facts))
const fact = (/** @type {string} */ path) => FACTS.find((f) => f.path === path)

/** @param {Choice} choice @returns {string} what follows &w= in a link */
export const choiceText = (choice) => [...choice].filter(([, values]) => values.length).map(([id, values]) => `${id}-${values.join(',')}`).join('~')

/** Anything that choiceText does not write is refused. @param {string} text @returns {Choice | null} */
export function readChoice (text) {
  /** @type {Choice} */
  const choice = new Map()
  for (const part of text ? text.split('~') : []) {
    const cut = part.indexOf('-')
    const id = part.slice(0, cut)
    const values = part.slice(cut + 1).split(',')
    if (!NAMES.includes(id) || choice.has(id) || values.length > 20 || new Set(values).size < values.length || !values.every((v) => VALUE.test(v))) return null
    choice.set(id, values)
  }
  return choice
}

/**
 * The axes that this case has, with the values to choose from beside its own.
 * @param {Case} c @param {any} request @param {Region} region @param {string[]} used questions that the case hangs on
 * @param {Choice} choice what is taken already, which may hold values of the reader's own
 * @returns {Axis[]}
 */
export function axesOf (c, request, region, used, choice) {
  const codes = (/** @type {string} */ dim) => (region.codes[dim] ?? []).map((k) => k.code)
  /** @type {Axis[]} */
  const axes = []
  const add = (/** @type {string} */ id, /** @type {string} */ now, /** @type {string[]} */ all, title = tf('vary', id)) => {
    const values = all.filter((v) => v !== now)
    for (const v of choice.get(id) ?? []) if (v !== now && !values.includes(v) && (id === 'date' || id === 'region')) values.push(v)
    if (values.length || id === 'region') axes.push({ id, title, now, values, hint: id.startsWith('class') ? t('vary_hint.class') : tf('vary_hint', id) })
  }
  if (request.visit.level) add('level', request.visit.level, codes('level'))
  const filings = codes('filing').filter((f) => f !== 'none')
  const away = codes('place').filter((p) => p !== 'local')
  add('place', placeOf(request.visit), ['local', ...away.flatMap((p) => p === 'in_province' || p === 'out_of_province' ? filings.map((f) => `${p}.${f}`) : [p])])
  if (used.includes('visit.hospital')) add('hospital', request.visit.hospital ?? 'general', fact('visit.hospital').options)
  if (fact('visit.admission').when['visit.kind'].includes(request.visit.kind)) add('admission', String(request.visit.admission ?? 1), ['1', '2', '3'])
  const may = region.policy.schemes.find((/** @type {any} */ s) => s.id === request.person.scheme)?.statuses
  if (request.person.status) add('status', request.person.status, codes('status').filter((s) => may ? may.includes(s) : fact('person.status').only[s]?.['person.scheme'].includes(request.person.scheme)))
  if (c.get('bill.form') === 'classes') {
    for (const { id, class: of } of bill.classes) if (c.get(`bill.${id}`)) add(`class_${id}`, of, ['a', 'b', 'c'], t('vary.class', { line: tf('fact', `bill.${id}`) }))
  }
  add('date', request.date, days(region.policy, request))
  add('region', region.code, [])
  return axes
}

/** Where and how filed, as one value. @param {any} visit */
const placeOf = ({ place = 'local', filing = '' }) => place === 'local' || !filing ? place : `${place}.${filing}`

/** Days on which the rules of a case's scheme may differ: when a figure begins or ends, a year ago, the next January. @param {any} policy @param {any} request */
function days (policy, request) {
  const found = new Set()
  const walk = (/** @type {any} */ value) => {
    if (!value || typeof value !== 'object') return
    if (value.valid?.from) found.add(value.valid.from)
    if (value.valid?.until) found.add(dayAfter(value.valid.until))
    for (const inner of Object.values(value)) walk(inner)
  }
  walk(policy.schemes.find((/** @type {any} */ s) => s.id === request.person.scheme)?.layers)
  const year = Number(request.date.slice(0, 4))
  // Of the past only the last changes matter; all that is decided for the future does.
  const changes = [...found].filter((d) => d > policy.from && d !== request.date).sort()
  const past = changes.filter((d) => d < request.date).slice(-3)
  const coming = changes.filter((d) => d > request.date)
  const ago = `${year - 1}${request.date.slice(4).replace('-02-29', '-02-28')}`
  const near = [...(ago >= policy.from ? [ago] : [policy.from]), ...past, ...coming, `${year + 1}-01-01`]
  return [...new Set(near)].filter((d) => d >= policy.from).sort().slice(-8)
}

/** @param {string} day */
function dayAfter (day) {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

/** A value in words. @param {string} id @param {string} value @param {Region} region @param {(code: string) => string} regionName */
export function valueText (id, value, region, regionName) {
  if (id === 'region') return regionName(value) || value
  if (id === 'date') return value
  if (id === 'admission') return value === 'unknown' ? t('option.unknown') : t('vary.nth', { n: value })
  if (id === 'place') {
    const [place, filing] = value.split('.')
    return [codeName(region.names, 'place', place), filing ? codeName(region.names, 'filing', filing) : ''].filter(Boolean).join(t('result.caseline_sep'))
  }
  if (id.startsWith('class_')) return tf('class', value)
  return codeName(region.names, id, value)
}

/** How many cases a choice makes, the case itself among them. @param {Axis[]} axes @param {Choice} choice */
export const countCases = (axes, choice) => axes.reduce((n, a) => n * (1 + taken(a, choice).length), 1)

/** @param {Axis} axis @param {Choice} choice */
export const taken = (axis, choice) => (choice.get(axis.id) ?? []).filter((v) => axis.values.includes(v))

/** @param {Axis[]} axes @param {Choice} choice */
export const varied = (axes, choice) => axes.filter((a) => taken(a, choice).length)

export const moreRegions = (/** @type {Choice} */ choice) => (choice.get('region')?.length ?? 0) < MOST_REGIONS

/**
 * What the engine is asked to vary. Place and filing go together, so they are varied as
 * the visit; it comes first, for what follows may vary parts of it.
 * @param {Axis[]} axes @param {Choice} choice @param {any} request
 */
export function varyOf (axes, choice, request) {
  /** @type {Record<string, any[]>} */
  const vary = {}
  const order = varied(axes, choice).sort((a, b) => Number(b.id === 'place') - Number(a.id === 'place'))
  for (const axis of order) vary[pathOf(axis.id, request)] = [axis.now, ...taken(axis, choice)].map((v) => asked(axis.id, v, request))
  return vary
}

/** What of a request holds where it is asked alone: counters and corrected figures are of one region. @param {any} request */
export function elsewhere (request) {
  const { overrides: _, year: __, ...rest } = request
  return rest
}

/** @param {string} id @param {any} request */
function pathOf (id, request) {
  if (id === 'place') return 'visit'
  if (id === 'date' || id === 'region') return id
  if (id.startsWith('class_')) {
    const { class: of, kind } = /** @type {any} */ (bill.classes.find((k) => `class_${k.id}` === id))
    return `bill.classes[${request.bill.classes.findIndex((/** @type {any} */ line) => line.class === of && line.kind === kind)}].class`
  }
  return id === 'status' ? 'person.status' : `visit.${id}`
}

/** @param {string} id @param {string} value @param {any} request */
function asked (id, value, request) {
  if (id === 'admission') return value === 'unknown' ? value : Number(value)
  if (id !== 'place') return value
  const { filing: _, ...visit } = request.visit
  const [place, filing] = value.split('.')
  return filing ? { ...visit, place, filing } : { ...visit, place }
}

/**
 * The values that a case of the answer has on the varied axes.
 * @param {Record<string, any>} set @param {Axis[]} axes @param {any} request
 * @returns {Map<string, string>}
 */
export function valuesOf (set, axes, request) {
  return new Map(axes.map((a) => {
    const value = set[pathOf(a.id, request)]
    return [a.id, a.id === 'place' ? placeOf(value) : String(value)]
  }))
}

/** A case's own request: the request with its values put in. @param {any} request @param {Map<string, string>} values */
export function requestOf (request, values) {
  const region = values.get('region') ?? request.region
  const one = structuredClone(region === request.region ? request : elsewhere(request))
  const place = values.get('place')
  if (place) one.visit = asked('place', place, one)
  for (const [id, value] of values) {
    const path = pathOf(id, request)
    const line = /^bill\.classes\[(\d+)\]/.exec(path)
    if (line) one.bill.classes[Number(line[1])].class = value
    else if (path === 'date' || path === 'region') one[path] = value
    else if (id !== 'place') {
      const [head, name] = path.split('.')
      one[head][name] = asked(id, value, one)
    }
  }
  return one
}
