// Rules in words: what a region's figure says, by its id, such as
// employee.inpatient.bands.table[0].
import { money, fen, percentOf } from './amount.mjs'
import { named, or, t, tf } from './texts.mjs'
import { codeName } from './view.mjs'

/** @typedef {{layer: string, part: string, row: any, op?: string}} Rule */
/** @typedef {Map<string, Rule>} Rows */
/** @typedef {{layer: (id: string) => string, text: (id: string) => string, row: (id: string) => any}} RuleBook */

/** @param {any} policy as the engine tells it @param {import('./view.mjs').Names} names @returns {RuleBook} */
export function ruleBook (policy, names) {
  /** @type {Rows} */
  const rows = new Map()
  /** @type {Map<string, string>} */
  const layers = new Map()
  for (const scheme of policy.schemes) {
    for (const layer of scheme.layers) {
      const name = named(layer.name) || or(tf('payer', layer.payer), 'layer', layer.id)
      layers.set(`${scheme.id}.${layer.id}`, name)
      if (!layers.has(layer.id)) layers.set(layer.id, name)
      for (const [part, value] of Object.entries(layer)) collect(value, name, part, rows)
    }
    collect(scheme.classify, t('rule.classify'), 'classify', rows)
  }
  collect(policy.exclude, t('rule.exclude'), 'exclude', rows)
  return {
    layer: (id) => layers.get(id) ?? or(id, 'layer', id),
    text: (id) => {
      const found = rows.get(id)
      return found ? words(found, names) : ''
    },
    row: (id) => rows.get(id)?.row
  }
}

/** Every figure below a part of a layer, with the part that it belongs to. @param {any} value @param {string} layer @param {string} part @param {Rows} rows @param {string} [op] how the figure changes another */
export function collect (value, layer, part, rows, op) {
  if (!value || typeof value !== 'object') return
  op = value.op ?? op
  if (typeof value.id === 'string' && (value.when || value.reason !== undefined)) rows.set(value.id, { layer, part, row: value, op })
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'when' || name === 'valid' || name === 'note' || name === 'sources') continue
    // Changes of a deductible and its floor are told as what they are, not as the deductible.
    collect(inner, layer, ['adjust', 'floor', 'ceiling', 'limit', 'extra', 'paid_first', 'never'].includes(name) ? name : part, rows, op)
  }
}

/** @param {Rule} rule @param {import('./view.mjs').Names} names */
export function words ({ layer, part, row }, names) {
  const when = conditions(row, names)
  const text = t('rule.text', { layer, part: or(part, 'rule_part', part), value: figure(row) })
  return when ? t('rule.when', { text, when }) : text
}

/** The conditions of a figure. @param {any} row @param {import('./view.mjs').Names} names */
export const conditions = (row, names) => (row.when ?? []).filter((/** @type {any} */ c) => c.cond !== 'kind')
  .map((/** @type {any} */ c) => `${or(c.cond, 'cond', c.cond)} ${condition(c, names)}`).join(t('result.join'))

/** @param {any} row */
export function figure ({ value, unit, reason }) {
  if (reason !== undefined) return or(reason, 'excluded', reason)
  if (value === undefined) return ''
  if (value === 'none') return t('rule.none')
  if (value === 'unknown') return t('rule.unknown')
  if (unit === 'CNY') return t('rule.yuan', { amount: signed(value).replace(/\.00$/, '') })
  if (unit === 'factor') return `× ${value}`
  if (unit === 'months') return t('rule.months', { n: value })
  return percentOf(value)
}

/** @param {string} yuan */
const signed = (yuan) => yuan.startsWith('-') ? '−' + money(fen(yuan.slice(1))) : money(fen(yuan))

/** @param {any} c @param {import('./view.mjs').Names} names */
function condition (c, names) {
  if (c.in) return c.in.map((/** @type {string} */ code) => codeName(names, c.cond, code)).join('/')
  if (c.to === undefined) return t('rule.from', { from: String(c.from) })
  return c.from === c.to ? String(c.from) : `${c.from}–${c.to}`
}
