// The figures behind an estimate: opened with what they rest on, doubted, corrected for
// this estimate alone, and taken back. Fetched when somebody asks for it.
import { readAmount, typed } from './amount.mjs'
import { fixedRule } from './case.mjs'
import { make, say } from './dom.mjs'
import { policyAnchor, policyLink } from './policylink.mjs'
import { collect, conditions, figure } from './rules.mjs'
import { named, or, t, tf } from './texts.mjs'
import { sourceText, validText } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./rules.mjs').Rule} Rule */
/** @typedef {Rule & {layers: string[]}} Found a figure and the layers that use it */
/**
 * @typedef {object} Estimated
 * @property {any} policy the region's rules as the engine tells them
 * @property {import('./view.mjs').Names} names
 * @property {any} request
 * @property {any} settlement null where nothing could be settled
 * @property {Case} fixes
 * @property {(overrides: Record<string, string>) => Promise<any>} settle the case with other figures
 * @property {(fixes: Case) => void} apply
 */

const MOST = 40
const AMOUNTS = ['CNY']
const PERCENT = ['share', 'points']
/** Limits that need not be. */
const MAY_BE_NONE = ['caps', 'limit', 'floor', 'ceiling']
/** What a claim says that says nothing. */
const DEFAULTS = {
  place: 'local', referral: 'none', assistance: 'none', cause: 'illness', hospital: 'general', institution: 'designated', enrolment: 'insured',
  admission: 1, missed_years: 0, repaired_years: 0
}

/** All figures of a scheme by their rule. @param {Estimated} e @returns {Map<string, Found>} */
function rulesOf ({ policy, request }) {
  const out = new Map()
  const scheme = policy.schemes.find((/** @type {any} */ s) => s.id === request.person.scheme)
  const add = (/** @type {any} */ value, /** @type {string} */ layer, /** @type {string} */ part, /** @type {string} */ layerId) => {
    /** @type {import('./rules.mjs').Rows} */
    const rows = new Map()
    collect(value, layer, part, rows)
    for (const [id, rule] of rows) {
      if (out.has(id)) out.get(id).layers.push(layerId)
      else if (rule.row.value !== undefined) out.set(id, { ...rule, layers: [layerId] })
    }
  }
  add(scheme.classify, t('rule.classify'), 'classify', 'classify')
  for (const layer of scheme.layers) {
    const name = named(layer.name) || or(tf('payer', layer.payer), 'layer', layer.id)
    for (const [part, value] of Object.entries(layer)) add(value, name, part, layer.id)
  }
  add(scheme.waiting, t('rule_part.waiting'), 'waiting', 'waiting')
  return out
}

/** Whether a figure may hold for the case. @param {any} row @param {any} request @param {any} settlement */
function holds (row, request, settlement) {
  const { from, until } = row.valid ?? {}
  if (from && request.date < from || until && request.date > until) return false
  /** @type {Record<string, any>} */
  const said = { ...DEFAULTS, filing: (request.visit.place ?? 'local') === 'local' ? 'none' : 'unfiled', ...request.person, ...request.visit }
  for (const n of settlement?.notes ?? []) if (n.code === 'assumed') said[n.field.slice(n.field.indexOf('.') + 1)] ??= n.value
  return (row.when ?? []).every((/** @type {any} */ c) => {
    if (c.cond === 'supplements') return false
    const value = said[c.cond]
    if (value === undefined || value === 'unknown') return true
    if (c.in) return c.in.includes(value)
    return Number(value) >= c.from && (c.to === undefined || Number(value) <= c.to)
  })
}

/** The figures that have to do with the case. @param {Estimated} e @param {Map<string, Found>} all */
function atPlay (e, all) {
  const layers = new Set((e.settlement?.layers ?? []).map((/** @type {any} */ l) => l.id))
  layers.add('classify')
  if (e.request.person.enrolment === 'waiting') layers.add('waiting')
  return [...all].filter(([, f]) => f.layers.some((id) => layers.has(id)) && (f.layers[0] !== 'classify' || e.request.bill.classes || f.part === 'extra') && holds(f.row, e.request, e.settlement)).map(([key]) => key)
}

/** What a figure is, without its value. @param {Rule} f @param {boolean} [bound] */
function label ({ layer, part, op, row }, bound) {
  const name = or(part, 'rule_part', part)
  const to = row.to ? inWords(row.to, 'CNY') : ''
  const what = bound ? t('fix.bound', { to }) : to ? t('fix.to', { part: name, to }) : op ? t('fix.op', { part: name, op: tf('fix_op', op) }) : name
  return row.id.startsWith('shared.') ? what : t('fix.label', { layer, what })
}

/** A figure of a correction in words. @param {string} value @param {string} unit */
const inWords = (value, unit) => figure({ value, unit })

/** Where a correction belongs: its rule and whether it is the bound of a band. @param {string} path */
function placeOf (path) {
  const rule = fixedRule(path)
  return rule.endsWith('.to') ? { id: rule.slice(0, -3), bound: true } : { id: rule, bound: false }
}
const pathOf = (/** @type {string} */ id, bound = false) => 'fix.' + policyAnchor(id) + (bound ? '.to' : '')

/** The corrections of a case as items of the sheet. @param {Estimated} e */
export function fixed (e) {
  const all = rulesOf(e)
  return [...e.fixes].filter(([path]) => e.request.overrides?.[fixedRule(path)] !== undefined).map(([path, value]) => {
    const { id, bound } = placeOf(path)
    const [own, was] = value.split('_')
    const f = all.get(id)
    if (!f) return { Key: path, Text: id, Note: t('error.unknown_rule'), Rule: '' }
    const unit = bound ? 'CNY' : f.row.unit
    const is = bound ? f.row.to : f.row.value
    const when = conditions(f.row, e.names)
    return {
      Key: path, Rule: id,
      Text: t('fix.item', { label: label(f, bound) + (when ? t('fix.when', { when }) : ''), own: inWords(own, unit), was: inWords(is ?? 'none', unit) }),
      Note: is === was ? '' : t('fix.moved', { was: inWords(was, unit) })
    }
  })
}

/** What somebody typed as a figure of a unit. @param {string} text @param {string} unit @returns {{value: string} | {error: string}} */
function read (text, unit) {
  const plain = text.normalize('NFKC').replace(/\s/g, '').replace(/[−–]/g, '-').replace(/。/g, '.')
  if (!plain) return { value: '' }
  if (AMOUNTS.includes(unit)) {
    const [, sign, amount] = /** @type {RegExpExecArray} */ (/^(-?)(.*)$/.exec(plain))
    const r = readAmount(amount)
    return 'error' in r ? { error: tf('error', r.error) } : { value: sign + r.value }
  }
  if (PERCENT.includes(unit)) {
    const p = /^(-?)(\d{1,4})(?:\.(\d{1,4}))?(%?)$/.exec(plain)
    if (!p) return { error: t('fix.format_percent') }
    if (!p[4] && Number(p[2]) === 0 && Number(p[3] ?? 0) > 0) return { error: t('fix.format_fraction', { text: plain }) }
    const digits = p[2].padStart(3, '0')
    const fraction = (digits.slice(-2) + (p[3] ?? '')).replace(/0+$/, '')
    return { value: p[1] + digits.slice(0, -2).replace(/^0+(?=\d)/, '') + (fraction && '.' + fraction) }
  }
  const n = /^(\d{1,4})(?:\.(\d{1,6}))?$/.exec(plain.replace(/^[x×*]/i, ''))
  if (!n || unit === 'months' && n[2]) return { error: t('fix.format_number') }
  return { value: n[1].replace(/^0+(?=\d)/, '') + (n[2] ? '.' + n[2] : '') }
}

/** A figure as somebody would type it. @param {string} value @param {string} unit */
function asTyped (value, unit) {
  if (value === 'none' || value === 'unknown') return ''
  if (AMOUNTS.includes(unit)) return typed(value)
  if (!PERCENT.includes(unit)) return value
  return figure({ value, unit }).replace('%', '')
}

/** @type {HTMLDialogElement | undefined} */
let dialog

/**
 * Opens the figures of a step, or all of the case.
 * @param {Estimated} e @param {string[]} rules @param {HTMLElement} opener takes the focus back
 */
export function openFigures (e, rules, opener) {
  const all = rulesOf(e)
  dialog?.remove()
  /** @type {{path: string, unit: string, was: string, input: HTMLInputElement, none: HTMLInputElement | null, error: HTMLElement, box: HTMLElement}[]} */
  const fields = []
  const list = make('div', { className: 'figures' })
  const problem = make('p', { className: 'error', role: 'alert', hidden: true })
  const form = make('form', { noValidate: true, autocomplete: 'off' },
    make('h2', { id: 'figures-title', tabIndex: -1 }, rules.length ? t('fix.title') : t('fix.title_all')),
    make('p', { className: 'hint' }, t('fix.lead')), list, problem)
  const more = make('button', { type: 'button', className: 'action quiet', hidden: !rules.length }, t('fix.all'))
  const close = make('button', { type: 'button', className: 'action quiet' }, t('fix.close'))
  form.append(make('p', { className: 'figures-foot' }, make('button', { type: 'submit', className: 'action' }, t('fix.apply')), close, more))
  const box = make('dialog', { id: 'figures', className: 'figures-dialog', 'aria-labelledby': 'figures-title' }, form)
  dialog = box

  /** @param {string} id @param {boolean} open */
  function show (id, open) {
    const f = /** @type {Found} */ (all.get(id))
    const about = make('div', { className: 'figure' })
    const parts = [[f.row.value, f.row.unit, false], ...(f.row.to ? [[f.row.to, 'CNY', true]] : [])]
    for (const [value, unit, bound] of parts) about.append(field(f, value, unit, bound))
    const when = conditions(f.row, e.names)
    for (const text of [when && t('step.because', { list: when }), validText(f.row.valid), f.row.grade && tf('grade_word', f.row.grade), named(f.row.note)]) {
      if (text) about.append(make('p', { className: 'why' }, text))
    }
    about.append(make('ul', { className: 'sources' }, ...(f.row.sources ?? []).map((/** @type {string} */ s) => {
      const { text, url } = sourceText(e.policy.sources[s] ?? {}, s)
      return make('li', { lang: 'zh-CN' }, url ? make('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text) : text)
    })), make('p', {}, make('a', { href: policyLink(e.request.region, f.row.id), target: '_blank' }, t('fix.page'))))
    const fixes = parts.some(([, , bound]) => e.fixes.has(pathOf(f.row.id, bound)))
    const own = e.fixes.get(pathOf(f.row.id))?.split('_')[0]
    const head = [
      make('span', { className: 'line-label' }, label(f)), make('span', { className: 'leader' }),
      ...(fixes ? [make('span', { className: 'stamp' }, t('fix.mark'))] : []),
      make('span', { className: 'num' }, own ? inWords(own, f.row.unit) : figure(f.row)), ...(f.row.grade && !own ? [make('span', { className: 'grade', 'data-grade': f.row.grade }, tf('grade', f.row.grade))] : [])
    ]
    const line = make('details', { className: 'line', open, 'data-id': id }, make('summary', {}, ...head), make('div', { className: 'opened' }, about))
    list.append(line)
  }

  /** @param {Found} f @param {string} value @param {string} unit @param {boolean} bound */
  function field (f, value, unit, bound) {
    const path = pathOf(f.row.id, bound)
    const n = `fix-${fields.length}`
    const own = e.fixes.get(path)?.split('_')[0]
    const input = make('input', { id: n, type: 'text', inputMode: PERCENT.includes(unit) || f.op === 'plus' ? 'text' : 'decimal', maxLength: 24, spellcheck: false, value: own ? asTyped(own, unit) : '', 'aria-describedby': `e-${n} h-${n}` })
    if (unit === 'share') input.inputMode = 'decimal'
    const error = make('p', { className: 'error', id: `e-${n}`, hidden: true })
    const none = unit === 'CNY' && !bound && MAY_BE_NONE.includes(f.part) ? make('input', { type: 'checkbox', checked: own === 'none' }) : null
    const reset = make('button', { type: 'button', className: 'action quiet', hidden: !own }, t('fix.reset', { value: inWords(value, unit) }))
    const fact = make('div', { className: 'fact' },
      make('label', { htmlFor: n }, bound ? t('fix.own_bound') : t('fix.own', { what: label(f) })),
      make('p', { className: 'hint', id: `h-${n}` }, t('fix.document', { value: inWords(value, unit) })),
      make('span', { className: 'money' }, input, make('span', { className: 'unit', 'aria-hidden': 'true' }, tf('unit', unit === 'CNY' ? 'yuan' : PERCENT.includes(unit) ? 'percent' : unit))),
      ...(none ? [make('label', { className: 'check small' }, none, make('span', {}, t('fix.none')))] : []), error, reset)
    const entry = { path, unit, was: value, input, none, error, box: fact }
    reset.addEventListener('click', () => {
      input.value = ''
      if (none) none.checked = false
      reset.hidden = true
      wrong(entry, '')
      input.focus()
    })
    fields.push(entry)
    return fact
  }

  /** @param {typeof fields[0]} f @param {string} text */
  function wrong (f, text) {
    say(f.error, text)
    f.error.hidden = !text
    f.box.classList.toggle('wrong', text !== '')
    if (text) f.input.setAttribute('aria-invalid', 'true')
    else f.input.removeAttribute('aria-invalid')
  }

  /** @param {typeof fields[0]} f */
  function goTo (f) {
    /** @type {HTMLDetailsElement} */ (f.box.closest('details')).open = true
    f.input.focus()
  }

  async function apply () {
    problem.hidden = true
    const fixes = new Map(e.fixes)
    let first
    for (const f of fields) {
      const r = f.none?.checked ? { value: 'none' } : read(f.input.value, f.unit)
      wrong(f, 'error' in r ? r.error : '')
      if ('error' in r) { first ??= f; continue }
      if (r.value === '' || r.value === f.was) fixes.delete(f.path)
      else fixes.set(f.path, `${r.value}_${f.was}`)
    }
    if (first) { goTo(first); return }
    if (fixes.size > MOST) { refuse(t('error.too_many', { limit: String(MOST) })); return }
    /** @type {Record<string, string>} */
    const overrides = {}
    for (const [path, value] of fixes) overrides[fixedRule(path)] = value.split('_')[0]
    const answer = await e.settle(overrides)
    if (!answer) return
    const bad = answer.ok ? undefined : (answer.errors ?? [answer.error]).find((/** @type {any} */ x) => x.field?.startsWith('overrides.'))
    const at = bad && fields.find((f) => 'overrides.' + fixedRule(f.path) === bad.field)
    if (at) {
      const limit = Array.isArray(bad.limit) ? '' : inWords(String(bad.limit ?? ''), at.unit)
      wrong(at, or(t('error.internal'), 'error', bad.code).replace('{limit}', /^-?\d/.test(String(bad.limit)) ? limit : ''))
      goTo(at)
      return
    }
    if (bad) { refuse(or(t('error.internal'), 'error', bad.code)); return }
    // What else is wrong stands at its own field in the form.
    box.close()
    e.apply(fixes)
  }

  /** @param {string} text */
  function refuse (text) { say(problem, text); problem.hidden = false }

  const keys = rules.length ? [...all.keys()].filter((id) => rules.includes(id)) : []
  const fill = (/** @type {string[]} */ ids, /** @type {boolean} */ open) => { for (const id of ids) if (![...list.children].some((c) => /** @type {HTMLElement} */ (c).dataset.id === id)) show(id, open) }
  const everything = () => fill(atPlay(e, all), false)
  if (keys.length) fill(keys, true)
  else everything()
  more.addEventListener('click', () => { more.hidden = true; everything() })
  close.addEventListener('click', () => box.close())
  form.addEventListener('submit', (/** @type {Event} */ event) => { event.preventDefault(); apply() })
  box.addEventListener('close', () => {
    box.remove()
    dialog = undefined
    const back = opener.isConnected && opener.getClientRects().length ? opener : document.getElementById('result')
    if (back && back !== opener && back.tabIndex < 0) back.tabIndex = -1
    back?.focus({ preventScroll: back === opener })
  })
  document.body.append(box)
  box.showModal()
  // Not the field: a keyboard on the screen would hide what the figure rests on.
  const title = form.querySelector('h2')
  title.focus()
}
