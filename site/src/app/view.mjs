// A settlement in words. site/build/view.go builds the same view of the example when the
// page is made; the browser tests hold the two to the same page.
import plan from '../receipt.json'
import { fen, money, percentOf, portion } from './amount.mjs'
import { named, or, t, tf } from './texts.mjs'

/** @typedef {Record<string, Record<string, {zh?: string, en?: string}>>} Names names of a region's own codes, by dimension */

/** The name of a code: the region's own, ours, or the code. @param {Names} names @param {string} dim @param {string} code */
export const codeName = (names, dim, code) => code === 'unknown' ? t('option.unknown') : named(names[dim]?.[code]) || or(code, dim, code)

/**
 * @param {any} answer of settle
 * @param {{request: any, region: string, names: Names, doubts?: boolean}} about doubts: whether figures can be corrected where this is shown
 */
export function settlementView ({ settlement: s, policy }, { request, region, names, doubts = false }) {
  const total = fen(s.medfee_sumamt)
  const you = money(fen(s.psn_part_amt))
  const fund = fen(s.fund_pay_sumamt)
  const range = s.range?.psn_part_amt
  const [from, to] = range ? [money(fen(range.from)), money(fen(range.to))] : [you, '']
  // Where the rules themselves are not known, what the person pays is a range and nothing else.
  const doubtful = matter(s)
  const leads = range && doubtful.some((/** @type {any} */ x) => x.rule)
  const own = fen(s.self_pay)
  const fixes = String(Object.keys(request.overrides ?? {}).length)
  const paid = s.range?.fund_pay_sumamt
  return {
    Tag: '',
    Corrected: fixes === '0' ? '' : t('fix.stamp', { n: fixes }),
    CaseLine: caseLine(request, region, total, names),
    YouYuan: (leads ? from : you).slice(0, -3),
    YouFen: (leads ? from : you).slice(-3),
    YouTo: leads ? '–' + to : '',
    RangeText: range ? leads ? t('result.range_leads') : t('result.range', { from, to }) : '',
    Means: leads ? '' : meansText(s),
    Fund: leads && paid ? t('result.fund_range', { from: money(fen(paid.from)), to: money(fen(paid.to)) }) : fund ? t('result.fund', { amount: money(fund), percent: portion(fund, total) }) : t('result.fund_none'),
    Caption: t('result.bar_title') + (leads ? t('result.bar_worst') : '') + (fixes === '0' ? '' : t('fix.caption', { n: fixes })),
    Fixes: [],
    ...bar(s, total),
    Sum: money(total),
    Groups: plan.groups.map((g) => group(g, s, policy, names, doubts)),
    Counter: [
      { Key: 'direct', Text: t('result.counter_direct', { amount: money(fen(s.counter.direct)) }) },
      ...(fen(s.counter.refund) ? [{ Key: 'manual', Text: t('result.counter_manual', { amount: money(fen(s.counter.manual)), refund: money(fen(s.counter.refund)) }) }] : [])
    ],
    Tax: own ? [{ Key: 'tax', Text: t('result.tax', { amount: money(own) }) }] : [],
    Ahead: s.ahead.map((/** @type {any} */ x, /** @type {number} */ i) => ({
      Key: String(i), Text: tf('ahead', x.code, { layer: layerName(s, x.layer), amount: money(fen(x.remaining ?? x.amount)) })
    })),
    Unknowns: doubtful.map((/** @type {any} */ x) => ({
      Key: (x.rule ?? '') + (x.field ?? ''), Text: [t('result.unknown', { field: doubtName(s, x), amount: money(fen(x.matters)) }), whereToFind(x)].filter(Boolean).join(t('result.stop')), Rule: doubts ? x.rule ?? '' : ''
    })),
    Assumed: s.notes.filter((/** @type {any} */ n) => n.code === 'assumed').map((/** @type {any} */ n) => ({
      Key: n.field, Text: assumed(n, names), URL: `#f-${n.field}`, Action: t('result.change')
    })),
    Notes: s.notes.filter((/** @type {any} */ n) => n.code !== 'assumed').map((/** @type {any} */ n) => ({
      Key: n.code + (n.key ?? '') + (n.reason ?? ''), Text: noteText(n)
    })),
    Grade: s.grade ? tf('grade', s.grade) : '',
    GradeKey: s.grade ?? '',
    Policy: t('result.policy', { region, version: policy.version })
  }
}

/** What is not known and is worth telling: what was asked of the person, and rules that change the result. @param {any} s @returns {any[]} */
export const matter = (s) => (s.unknowns ?? []).filter((/** @type {any} */ x) => x.field || fen(x.matters))

/** @param {any} request @param {string} region @param {bigint} total @param {Names} names */
function caseLine ({ person, visit, date }, region, total, names) {
  const parts = [region, tf('scheme', person.scheme)]
  if (person.status) parts.push(codeName(names, 'status', person.status))
  parts.push(codeName(names, 'kind', visit.kind))
  if (visit.level) parts.push(codeName(names, 'level', visit.level))
  if (visit.place && visit.place !== 'local') parts.push(codeName(names, 'place', visit.place))
  parts.push(t('result.total_of', { amount: money(total) }), date)
  return parts.join(t('result.caseline_sep'))
}

/** @param {any} s */
export function meansText (s) {
  const parts = plan.means.filter((id) => fen(s[id])).map((id) => t('result.mean', { label: tf('payer', id), amount: money(fen(s[id])) }))
  return parts.length < 2 ? t('result.all_cash') : t('result.means', { parts: parts.join(t('result.join')) })
}

/** The payers side by side on a line of ten thousand units. @param {any} s @param {bigint} total */
export function bar (s, total) {
  const Segments = []
  const Rows = []
  let before = 0n
  for (const id of plan.bar) {
    const f = fen(s[id])
    if (!f) continue
    const x = before * 10000n / total
    before += f
    Segments.push({ Key: id, X: String(x), Width: String(before * 10000n / total - x) })
    Rows.push({ Key: id, Label: tf('payer', id), Amount: money(f), Percent: portion(f, total) })
  }
  return { Segments, Rows }
}

/** @param {{id: string, total: string, lines: {id: string, to?: string[], left?: string[]}[]}} g @param {any} s @param {any} policy @param {Names} names @param {boolean} doubts */
function group (g, s, policy, names, doubts) {
  const Lines = []
  const Zeros = []
  for (const { id, to = [], left } of g.lines) {
    const amount = left ? leftIn(s, left) : fen(s[id])
    const line = { Key: id, Label: tf('line', id), Amount: money(amount), Word: tf('word', id) }
    if (!amount) {
      if (!left || to[0]) Zeros.push(line) // a line without steps of its own is rare
      continue
    }
    const Steps = []
    let sum = 0n
    let rule = ''
    for (const [i, st] of s.steps.entries()) {
      // A later payer's deductible may stay where it was: that moved nothing.
      if (!to.includes(st.to) || st.from === st.to || !fen(st.amount)) continue
      // What one share pays out of several buckets is one payment.
      if (st.share && st.rule === rule) Steps.pop()
      else sum = 0n
      rule = st.rule
      sum += fen(st.amount)
      Steps.push(stepView(i, st, sum, s, policy, names, doubts))
    }
    Lines.push({ ...line, Steps })
  }
  return {
    Key: g.id, Title: tf('group', g.id), Label: tf('line', g.total), Total: money(fen(s[g.total])), Lines, Zeros,
    ZeroLabel: Zeros.length ? t('result.zero', { n: String(Zeros.length) }) : ''
  }
}

/** What stays in some buckets for the person. @param {any} s @param {string[]} buckets */
function leftIn (s, buckets) {
  let sum = 0n
  for (const st of s.steps) {
    if (st.kind === 'account' || st.kind === 'cash') continue
    if (buckets.includes(st.to)) sum += fen(st.amount)
    if (buckets.includes(st.from)) sum -= fen(st.amount)
  }
  return sum
}

/** A document in words. @param {any} doc @param {string} id */
export const sourceText = ({ title, number, url = '' }, id) => ({ text: (number ? `${title} ${number}` : title) ?? id, url })

/** From when to when a figure holds. @param {any} [valid] */
export const validText = (valid = {}) => valid.asof
  ? t('valid.asof', { asof: valid.asof.replace('/', '–') })
  : valid.until ? t('valid.span', { from: valid.from, until: valid.until }) : valid.from ? t('valid.from', { from: valid.from }) : ''

/** @param {number} i @param {any} st @param {bigint} amount @param {any} s @param {any} policy @param {Names} names @param {boolean} doubts */
function stepView (i, st, amount, s, policy, names, doubts) {
  const kind = tf('step', st.kind)
  // Of what stays with the person it is said which part is paid.
  const [layer, step] = st.layer ? [layerName(s, st.layer), kind] : [kind, or('', 'line', 'own_' + st.from)]
  const because = (st.because ?? []).map((/** @type {any} */ b) => `${or(b.cond, 'cond', b.cond)} ${condValue(names, b.cond, b.is)}`)
  const adjusted = (st.adjusted ?? []).map((/** @type {any} */ a) => tf('op', a.op, {
    value: a.amount || a.op === 'times' || a.op === 'own_share_times' ? a.value : percentOf(a.value),
    share: a.amount ?? percentOf(a.share)
  }))
  return {
    Key: String(i),
    Title: step ? t('step.layer', { layer, step }) : layer,
    Formula: st.share && st.base
      ? t('step.formula', { base: money(fen(st.base)), share: percentOf(st.share), amount: money(amount) })
      : money(amount),
    Because: because.length ? t('step.because', { list: because.join(t('result.join')) }) : '',
    Adjusted: adjusted.length ? t('step.adjusted', { list: adjusted.join(t('result.join')) }) : '',
    Valid: validText(st.valid),
    Grade: st.grade ? tf('grade', st.grade) : '',
    GradeKey: st.grade ?? '',
    GradeWord: st.grade ? tf('grade_word', st.grade) : '',
    Overridden: st.overridden ? t('step.overridden') : '',
    // What the engine worked out itself rests on no figure.
    Rules: doubts && (st.grade || st.overridden) ? [st.rule, ...(st.adjusted ?? []).map((/** @type {any} */ a) => a.rule)].join(' ') : '',
    Sources: (st.sources ?? []).map((/** @type {string} */ id) => sourceView(id, policy.sources[id]))
  }
}

/** A document below a figure; one without an address is no link. @param {string} id @param {any} [doc] */
export function sourceView (id, doc = {}) {
  const { text, url } = sourceText(doc, id)
  return { Key: id, Text: text, URL: url, Target: url ? '_blank' : '', Role: url ? '' : 'none' }
}

/** @param {Names} names @param {string} cond @param {any} is @returns {string} */
function condValue (names, cond, is) {
  if (Array.isArray(is)) return is.map((one) => condValue(names, cond, one)).join('/')
  if (is && typeof is === 'object') return `${is.from}–${is.to}`
  return typeof is === 'string' ? codeName(names, cond, is) : String(is)
}

/** @param {any} s @param {string} id */
function layerName (s, id) {
  const layer = s.layers.find((/** @type {any} */ l) => l.id === id)
  if (!layer) return or(id, 'layer', id)
  return named(layer.name) || or(tf('payer', layer.payer), 'layer', id)
}

/** @param {any} s @param {{rule?: string, field?: string}} x */
export function doubtName (s, { rule = '', field = '' }) {
  const [head, counter, figure] = field.split('.')
  if (head === 'year' && figure) return t('step.layer', { layer: layerName(s, counter), step: tf('year', figure) })
  if (field) return or(field, 'fact', field)
  // What several layers share has no layer of its own.
  const [of, layer] = rule.split('.')
  return layer ? layerName(s, of === 'shared' ? of : layer) : rule
}

/** On which line of which paper the answer to a doubt stands. @param {{rule?: string, field?: string}} x */
export const whereToFind = ({ field = 'rule' }) => or('', 'find', field.startsWith('year.') ? 'year' : field)

/** @param {{field: string, value: string}} n @param {Names} names */
export function assumed ({ field, value }, names) {
  const dim = field.slice(field.indexOf('.') + 1)
  return t('result.assumed', { field: or(field, 'fact', field), value: codeName(names, dim, value) })
}

/** A benefit's key, such as employee.critical_illness.bands, in words. @param {string} key */
export const benefitName = (key) => key.split('.')
  .map((part) => or('', 'scheme', part) || or('', 'benefit', part) || or(part, 'kind', part)).join(t('benefit_join'))

/** @param {{code: string, key?: string, reason?: string, months?: string, until?: string}} n */
export const noteText = ({ code, key = '', reason = '', months = '', until = '' }) =>
  tf('note', code === 'waiting' && !until ? 'waiting_open' : code, { key: benefitName(key), reason: or(reason, 'excluded', reason), months, until })
