// A case: everything that was typed, as a flat list of paths and texts. It is what the
// form shows, what a link carries and what a request is made of.
import { bill, short } from '../facts.json'

/** @typedef {Map<string, string>} Case */

// Short names for the paths that nearly every link has.
const SHORT = /** @type {Record<string, string>} */ (short)
const LONG = Object.fromEntries(Object.entries(SHORT).map(([short, path]) => [path, short]))
const SCHEMES = ['employee', 'resident']
const COUNTS = ['person.age', 'person.months_enrolled', 'visit.admission', 'visit.days']
const PATH = new RegExp('^(?:region|date|accept|accounts\\.(?:self|family)|' +
  'person\\.(?:scheme|status|age|assistance|months_enrolled|tier|enrolment)|' +
  'visit\\.(?:kind|level|admission|place|filing|referral|disease|cause|days|institution|hospital)|' +
  `bill\\.(?:form|total|${[...bill.split, ...bill.classes.map((c) => c.id)].join('|')})|` +
  'year\\.[a-z0-9_]{1,40}\\.(?:entered|deductible|paid))$')
const VALUE = /^[a-z0-9_.-]{1,40}$/
// A figure that the person corrected: its rule with points for brackets, and as the value
// their own figure and the one it replaced.
const FIX = /^fix(?:\.[a-z0-9_]{1,40}){3,9}$/
const FIGURES = /^(?:none|-?\d{1,7}(?:\.\d{1,6})?)_(?:none|unknown|-?\d{1,7}(?:\.\d{1,6})?)$/
const LONGEST = 6000
/** @param {string} path */
export const isField = (path) => PATH.test(path)
/** @param {string} value */
export const isValue = (value) => VALUE.test(value)
/** @param {string} path @param {unknown} value */
export const isFix = (path, value) => FIX.test(path) && typeof value === 'string' && FIGURES.test(value)

/** What stands after # in an address; messengers write some of it with percent signs. @param {string} hash */
export function plainFragment (hash) {
  const text = hash.slice(1).replace(/%(?![0-9a-f]{2})/gi, '')
  try { return decodeURIComponent(text) } catch { return text }
}

/** What stands after # in a link. @param {Case} c */
export function toFragment (c) {
  const pairs = []
  for (const [path, value] of c) {
    if (value !== '') pairs.push(`${LONG[path] ?? path}-${value}`)
  }
  return 'c=1.' + pairs.join('~')
}

/**
 * Reads a link's fragment. Anything that is not exactly what toFragment writes is
 * refused as a whole: half a case would give a wrong figure.
 * @param {string} fragment without #
 * @param {boolean} [fixes] whether corrected figures are shown and marked where it is read; elsewhere they are refused
 * @returns {Case | null | undefined} undefined where the fragment holds no case, null where it is damaged
 */
export function fromFragment (fragment, fixes = false) {
  if (!fragment.startsWith('c=')) return undefined
  if (!fragment.startsWith('c=1.') || fragment.length > LONGEST) return null
  const c = new Map()
  for (const pair of fragment.slice(4).split('~')) {
    const cut = pair.indexOf('-')
    const name = pair.slice(0, cut)
    const path = Object.hasOwn(SHORT, name) ? SHORT[name] : name
    const value = pair.slice(cut + 1)
    const fine = fixes && isFix(path, value) || PATH.test(path) && VALUE.test(value)
    if (cut < 1 || !fine || c.has(path)) return null
    c.set(path, value)
  }
  return c
}

/** The rule that a correction is about: fix.employee.inpatient.bands.table.1 is employee.inpatient.bands.table[1]. @param {string} path */
export const fixedRule = (path) => path.slice(4).replace(/\.(\d+)(?=\.|$)/g, '[$1]')

/** The request that a case means, without its operation. @param {Case} c */
export function toRequest (c) {
  /** @type {Record<string, any>} */
  const request = { person: {}, visit: {}, bill: {} }
  for (const [path, value] of c) {
    const [head, name, figure] = path.split('.')
    if (value === '') continue
    if (head === 'person' || head === 'visit') request[head][name] = COUNTS.includes(path) && value !== 'unknown' ? Number(value) : value
    else if (head === 'year') ((request.year ??= {})[name] ??= {})[figure] = value
    else if (head === 'region' || head === 'date') request[head] = value
    else if (head === 'accept') request.accept = [value]
    // What was corrected in the other scheme waits there.
    else if (head === 'fix' && !(SCHEMES.includes(name) && name !== c.get('person.scheme'))) (request.overrides ??= {})[fixedRule(path)] = value.split('_')[0]
  }
  const form = c.get('bill.form')
  if (form === 'classes') {
    const classes = bill.classes.filter(({ id }) => c.get(`bill.${id}`))
    request.bill.classes = classes.map(({ id, class: of, kind }) => ({ class: of, kind, amount: c.get(`bill.${id}`) }))
  } else {
    for (const part of ['total', ...(form === 'split' ? bill.split : [])]) {
      const value = c.get(`bill.${part}`)
      if (value) request.bill[part] = value
    }
  }
  const self = c.get('accounts.self')
  const family = c.get('accounts.family')
  if (self || family) {
    request.accounts = []
    if (self) request.accounts.push({ owner: 'self', balance: self })
    if (family) request.accounts.push({ owner: 'family', limit: family })
  }
  return request
}

/** The control that a field of a request belongs to. @param {string} field @param {Case} c */
export function controlOf (field, c) {
  const line = /^bill\.classes\[(\d+)\]/.exec(field)
  if (line) return `bill.${bill.classes.filter(({ id }) => c.get(`bill.${id}`))[Number(line[1])]?.id}`
  if (/^bill\.classes/.test(field)) return `bill.${bill.classes[0].id}`
  const account = /^accounts\[(\d+)\]/.exec(field)
  if (account) return account[1] === '0' && c.get('accounts.self') ? 'accounts.self' : 'accounts.family'
  if (field.startsWith('accept')) return 'accept'
  if (field.startsWith('overrides')) return 'fix'
  return field
}
