// A real receipt: its figures beside the case, what it says against itself, its link.
import { fen, money } from './amount.mjs'
import { fromFragment, toFragment } from './case.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {Map<string, string>} Figures amounts by the names of the interface, and others */

/** What a receipt says beside its bill, in its order. "others" is the line of the national receipt that holds all funds but the pooled one. */
export const LINES = ['inscp_scp_amt', 'act_pay_dedc', 'hifp_pay', 'others', 'hifob_pay', 'hifmi_pay', 'maf_pay', 'cvlserv_pay', 'hifes_pay', 'oth_pay', 'hosp_part_amt',
  'fund_pay_sumamt', 'self_pay', 'self_funded', 'psn_part_amt', 'acct_pay', 'acct_mulaid_pay', 'psn_cash_pay']
const OTHERS = ['hifob_pay', 'hifmi_pay', 'maf_pay', 'cvlserv_pay', 'hifes_pay', 'oth_pay']
const AMOUNT = /^\d{1,9}\.\d\d$/

/** @param {bigint} f */
const plain = (f) => money(f).replaceAll(',', '')

/** The figures as the engine compares them: what the national receipt adds up becomes the sum of the funds. @param {Figures} figures */
export function toReceipt (figures) {
  /** @type {Record<string, string>} */
  const receipt = {}
  for (const name of LINES) {
    const value = figures.get(name)
    if (value && name !== 'others') receipt[name] = value
  }
  const [pooled, others] = [figures.get('hifp_pay'), figures.get('others')]
  if (pooled && others && !receipt.fund_pay_sumamt) receipt.fund_pay_sumamt = plain(fen(pooled) + fen(others))
  return receipt
}

/**
 * Where the receipt contradicts itself, or lacks a line that must be there: the field and
 * what it can be at most, must be, or how much is missing.
 * @param {Case} c @param {Figures} figures
 * @returns {{at: string, code: 'most' | 'sum' | 'gap' | 'pooled', amount: string}[]}
 */
export function contradictions (c, figures) {
  /** @type {{at: string, code: 'most' | 'sum' | 'gap' | 'pooled', amount: string}[]} */
  const found = []
  const said = (/** @type {string} */ name) => { const v = name.startsWith('bill.') ? c.get(name) : figures.get(name); return v && v !== 'unknown' ? fen(v) : undefined }
  /**
   * A whole and its parts. Parts that are not given may be anything from nothing up.
   * @param {string} whole @param {string[]} parts @param {string} at the field that the reader looks at
   */
  const adds = (whole, parts, at) => {
    const all = said(whole)
    const given = parts.map(said)
    if (all === undefined || given.every((v) => v === undefined)) return
    const sum = given.reduce((a, v) => /** @type {bigint} */ (a) + (v ?? 0n), 0n) ?? 0n
    if (sum > all) found.push({ at, code: 'most', amount: plain(sum) })
    else if (sum < all && given.every((v) => v !== undefined)) found.push({ at, code: 'sum', amount: plain(sum) })
  }
  // Of a bill in classes or by its total alone, what is self-funded or paid first is not typed.
  if (c.get('bill.form') === 'split') adds('bill.total', ['bill.self_funded', 'bill.over_limit', 'bill.paid_first', 'inscp_scp_amt'], 'bill.total')
  if (figures.get('others')) {
    if (!figures.get('hifp_pay')) found.push({ at: 'others', code: 'pooled', amount: '' })
    adds('fund_pay_sumamt', ['hifp_pay', 'others'], 'fund_pay_sumamt')
    adds('others', OTHERS, 'others')
  }
  adds('fund_pay_sumamt', ['hifp_pay', ...OTHERS], 'fund_pay_sumamt')
  adds('psn_part_amt', ['self_pay', 'self_funded'], 'psn_part_amt')
  adds('psn_part_amt', ['acct_pay', 'acct_mulaid_pay', 'psn_cash_pay'], 'psn_part_amt')
  const total = said('bill.total')
  const receipt = toReceipt(figures)
  // Without a sum of the funds, those that are named pay at least this.
  const funds = receipt.fund_pay_sumamt ? fen(receipt.fund_pay_sumamt) : ['hifp_pay', ...OTHERS].reduce((sum, name) => sum + (said(name) ?? 0n), 0n)
  const own = said('psn_part_amt')
  if (total !== undefined && funds && own !== undefined) {
    const sum = funds + own + (said('hosp_part_amt') ?? 0n)
    if (sum > total) found.push({ at: 'bill.total', code: 'most', amount: plain(sum) })
    else if (sum < total && receipt.fund_pay_sumamt) found.push({ at: 'psn_part_amt', code: 'gap', amount: plain(total - sum) })
  } else {
    for (const name of LINES) {
      const v = said(name)
      if (total !== undefined && v !== undefined && v > total) { found.push({ at: 'bill.total', code: 'most', amount: plain(v) }); break }
    }
  }
  return found.filter((f, i) => found.findIndex((o) => o.at === f.at) === i)
}

/** What stands after # in a link of this view. @param {Case} c @param {Figures} figures */
export function toLink (c, figures) {
  const lines = LINES.filter((name) => figures.get(name)).map((name) => `${name}-${figures.get(name)}`)
  return `r=1.${toFragment(c).slice(4)}!${lines.join('~')}`
}

/**
 * Reads such a link, or one of the Estimate. Anything that is not exactly what is written
 * is refused as a whole.
 * @param {string} fragment without #
 * @returns {{case: Case, figures: Figures} | null | undefined} undefined where it holds nothing, null where it is damaged
 */
export function fromLink (fragment) {
  if (!fragment.startsWith('r=')) {
    const c = fromFragment(fragment)
    return c && { case: c, figures: new Map() }
  }
  const cut = fragment.indexOf('!')
  if (!fragment.startsWith('r=1.') || cut < 0 || fragment.length > 3000) return null
  const c = fromFragment('c=1.' + fragment.slice(4, cut))
  const figures = new Map()
  for (const pair of fragment.slice(cut + 1).split('~')) {
    if (!pair) continue
    const [name, value, more] = pair.split('-')
    if (more !== undefined || !LINES.includes(name) || !AMOUNT.test(value ?? '') || figures.has(name)) return null
    figures.set(name, value)
  }
  return c ? { case: c, figures } : null
}
