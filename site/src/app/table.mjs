// Visits as a table that people fill in with a spreadsheet: headings and codes in words.
import { sections } from '../facts.json'
import { readAmount } from './amount.mjs'
import { COLUMNS, isDay, newId } from './ledger.mjs'
import { isField } from './case.mjs'
import { or, t, tf } from './texts.mjs'
import { codeName } from './view.mjs'

/** @typedef {import('./ledger.mjs').Entry} Entry */
/** @typedef {import('./view.mjs').Names} Names */
/** @typedef {{line: number, column: string, text: string}} Trouble */

const FACTS = /** @type {Record<string, any>} */ (Object.fromEntries(sections.flatMap((s) => s.facts.map((f) => [f.path, f]))))
const plain = (/** @type {string} */ text) => text.normalize('NFKC').trim().toLowerCase()
const dimOf = (/** @type {string} */ path) => path.slice(path.indexOf('.') + 1)

/** @param {string} path */
export const heading = (path) => path === 'label' ? t('ledger.label_column') : or(path, 'fact', path)

/** A value in words. @param {string} path @param {string} value @param {Names} names */
export const inWords = (path, value, names) => /^(?:person|visit)\./.test(path) && !/^\d+$/.test(value) ? codeName(names, dimOf(path), value) : value

/**
 * Reads rows with a heading.
 * @param {string[][]} rows @param {Names} names @param {Record<string, {code: string}[]>} codes of the region
 * @returns {{entries: Entry[], troubles: Trouble[]}}
 */
export function readTable (rows, names, codes) {
  /** @type {Entry[]} */
  const entries = []
  /** @type {Trouble[]} */
  const troubles = []
  const paths = COLUMNS.filter((path) => path === 'label' || isField(path))
  const columns = rows[0].map((cell) => paths.find((path) => plain(path) === plain(cell) || plain(heading(path)) === plain(cell)) ?? '')
  if (!columns.includes('date') || !columns.some((path) => path.startsWith('bill.'))) {
    return { entries, troubles: [{ line: 1, column: '', text: t('ledger.table_heading', { date: heading('date'), total: heading('bill.total') }) }] }
  }
  for (const [n, row] of rows.slice(1).entries()) {
    const c = new Map()
    let label = ''
    for (const [i, path] of columns.entries()) {
      const cell = (row[i] ?? '').trim()
      if (!path || !cell) continue
      const read = path === 'label' ? { value: (label = cell.replace(/^'(?=[=+\-@])/, '').slice(0, 40)) } : readCell(path, cell, names, codes)
      if ('error' in read) troubles.push({ line: n + 2, column: heading(path), text: read.error })
      else if (path !== 'label' && read.value) c.set(path, read.value)
    }
    if (!c.has('date') && !troubles.some((x) => x.line === n + 2)) troubles.push({ line: n + 2, column: heading('date'), text: t('error.date') })
    c.set('bill.form', ['a', 'b_drug', 'b_exam', 'b_treatment', 'b_consumable', 'c'].some((k) => c.has(`bill.${k}`)) ? 'classes' : 'split')
    if (!c.has('visit.kind')) c.set('visit.kind', 'outpatient')
    entries.push({ id: newId(), label, case: c, repeat: null })
  }
  return { entries, troubles }
}

/** @param {string} path @param {string} cell @param {Names} names @param {Record<string, {code: string}[]>} codes @returns {{value: string} | {error: string}} */
function readCell (path, cell, names, codes) {
  if (path === 'date') {
    const parts = /^(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(cell.normalize('NFKC'))
    const day = parts ? [parts[1], parts[2].padStart(2, '0'), parts[3].padStart(2, '0')].join('-') : ''
    return isDay(day) ? { value: day } : { error: t('error.date') }
  }
  if (path.startsWith('bill.')) {
    if ([plain(t('option.unknown')), 'unknown'].includes(plain(cell))) return { value: 'unknown' }
    const read = readAmount(cell)
    return 'error' in read ? { error: tf('error', read.error) } : read
  }
  const fact = FACTS[path]
  if (fact.type === 'count') return /^\d{1,4}$/.test(cell) ? { value: String(Number(cell)) } : { error: t('error.count') }
  const possible = new Set([...(codes[dimOf(path)] ?? []).map((k) => k.code), ...(fact.options ?? []), ...(fact.rare ?? [])])
  const found = [...possible].find((code) => code === cell || plain(codeName(names, dimOf(path), code)) === plain(cell))
  if (found) return { value: found }
  const some = [...possible].slice(0, 12).map((code) => codeName(names, dimOf(path), code)).join('、')
  return { error: t('error.not_allowed', { field: heading(path), limit: some }) }
}
