// The form: reads a case from its controls, writes one into them, unfolds the questions
// that matter and shows errors at the field.
import { sections, bill } from '../facts.json'
import { readAmount, typed } from './amount.mjs'
import { el, make, say } from './dom.mjs'
import { t, tf, or } from './texts.mjs'
import { codeName } from './view.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {import('./view.mjs').Names} Names */

const FACTS = /** @type {any[]} */ (sections.flatMap((s) => s.facts))

export class Form {
  #root = /** @type {HTMLFormElement} */ (el('case'))
  /** @type {Case} what the controls say, only with values that can be used */
  case = new Map()
  /** @type {Set<string>} questions that matter to this case */
  #used = new Set()
  /** @type {Set<string>} questions with an error, which must be seen */
  #wrong = new Set()
  #all = false
  #region = ''
  /** @type {Map<string, Case>} figures that the person corrected, by region */
  #fixes = new Map()

  /** @param {(path: string, settled: boolean) => void} changed settled: the person has left the field */
  constructor (changed) {
    for (const type of ['input', 'change']) {
      this.#root.addEventListener(type, (event) => {
        const path = /** @type {HTMLInputElement} */ (event.target).name?.replace(/\.unknown$/, '')
        if (path) changed(path, type === 'change')
      })
    }
    this.#root.addEventListener('submit', (event) => event.preventDefault())
    this.#root.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLInputElement && target.inputMode === 'decimal') target.select()
    })
    el('more-toggle').addEventListener('click', () => {
      this.#all = !this.#all
      this.unfold()
    })
  }

  /** @param {string} path @returns {HTMLInputElement[]} */
  #controls (path) {
    const found = this.#root.elements.namedItem(path)
    return found instanceof RadioNodeList ? /** @type {any} */ ([...found]) : found ? [/** @type {any} */ (found)] : []
  }

  /** @param {string} code */
  setRegion (code) { this.#region = code }

  /** What the person corrected of the region's figures: part of the case. */
  get fixes () { return this.#fixes.get(this.#region) ?? new Map() }
  set fixes (fixes) { this.#fixes.set(this.#region, fixes) }

  /**
   * Reads the controls. What cannot be read is left out of the case and named.
   * @returns {Map<string, string>} by path, the code of what is wrong
   */
  read () {
    const wrong = new Map()
    /** @type {Case} */
    const c = new Map()
    if (this.#region) c.set('region', this.#region)
    for (const fact of FACTS) {
      if (fact.type === 'choice' && this.#holds(fact.when, c)) {
        const value = this.#controls(fact.path).find((i) => i.checked && !i.disabled)?.value
        if (value) c.set(fact.path, value)
      } else if (fact.type === 'count' || fact.type === 'code' || fact.type === 'date') {
        if (this.#controls(`${fact.path}.unknown`)[0]?.checked && this.#holds(fact.when, c)) { c.set(fact.path, 'unknown'); continue }
        const text = this.#controls(fact.path)[0].value.normalize('NFKC').trim()
        if (!text || !this.#holds(fact.when, c)) continue
        if (fact.type === 'count' && !/^\d{1,4}$/.test(text)) wrong.set(fact.path, 'count')
        else if (fact.type === 'date' && !/^\d{4}-\d\d-\d\d$/.test(text)) wrong.set(fact.path, 'date')
        else c.set(fact.path, fact.type === 'count' ? String(Number(text)) : text)
      } else if (fact.type === 'accept' && this.#controls('accept')[0].checked) {
        c.set('accept', 'draft')
      }
    }
    const form = this.#controls('bill.form').find((i) => i.checked)?.value ?? 'total'
    c.set('bill.form', form)
    const amounts = ['bill.total', ...bill.split.map((p) => `bill.${p}`), ...bill.classes.map(({ id }) => `bill.${id}`), 'accounts.self', 'accounts.family']
    for (const input of this.#root.querySelectorAll('#year-layers .money input')) amounts.push(/** @type {HTMLInputElement} */ (input).name)
    for (const path of amounts) {
      if (this.#controls(`${path}.unknown`)[0]?.checked) { c.set(path, 'unknown'); continue }
      const read = readAmount(this.#controls(path)[0].value)
      if ('error' in read) {
        if (this.#inForm(path, form)) wrong.set(path, read.error)
      } else if (read.value) c.set(path, read.value)
    }
    for (const [path, value] of this.fixes) c.set(path, value)
    this.case = c
    return wrong
  }

  /** @param {string} path @param {string} form */
  #inForm (path, form) {
    const part = path.replace('bill.', '')
    if (!path.startsWith('bill.')) return true
    return part === 'total' ? form !== 'classes' : bill.split.includes(part) ? form === 'split' : form === 'classes'
  }

  /** Writes a case into the controls. @param {Case} c */
  write (c) {
    this.#region = c.get('region') ?? ''
    this.fixes = new Map([...c].filter(([path]) => path.startsWith('fix.')))
    for (const fact of FACTS) {
      for (const input of this.#controls(fact.path)) {
        let value = c.get(fact.path) ?? ''
        const unsure = this.#controls(`${fact.path}.unknown`)[0]
        if (unsure) {
          unsure.checked = value === 'unknown'
          if (unsure.checked) value = ''
        }
        if (input.type === 'radio') input.checked = input.value === value
        else if (input.type === 'checkbox') input.checked = value !== ''
        else input.value = value
      }
    }
    // What was used up this year has no fields before the engine has named the layers.
    this.case = new Map(c)
    this.#year([...new Set([...c.keys()].filter((p) => p.startsWith('year.')).map((p) => p.split('.')[1]))], [])
    const form = c.get('bill.form') ?? 'total'
    for (const input of this.#controls('bill.form')) input.checked = input.value === form
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.#root.querySelectorAll('.money input'))) {
      const value = c.get(input.name) ?? ''
      const unknown = this.#controls(`${input.name}.unknown`)[0]
      if (unknown) unknown.checked = value === 'unknown'
      input.value = value === 'unknown' ? '' : typed(value)
    }
  }

  /** @param {string} path @returns {HTMLFieldSetElement} */
  #fieldset (path) { return el(`f-${path}`) }

  /** @param {Record<string, string[]> | undefined} when @param {Case} [c] */
  #holds (when, c = this.case) {
    return Object.entries(when ?? {}).every(([path, values]) => {
      const value = c.get(path) ?? ''
      return values.some((v) => v.startsWith('!') ? value !== '' && value !== v.slice(1) : v === value)
    })
  }

  /** Questions that validate says the case hangs on. @param {string[]} used @param {any} layers for their names */
  matter (used, layers) {
    this.#used = new Set(used)
    this.unfold()
    this.#year(used.filter((f) => f.startsWith('year.')).map((f) => f.slice(5)), layers)
  }

  /** Shows the questions that matter, and those that hold something. */
  unfold () {
    let more = 0
    for (const fact of FACTS) {
      const box = this.#fieldset(fact.path)
      if (!box) continue
      const set = fact.type === 'accounts' ? this.case.has('accounts.self') || this.case.has('accounts.family') : this.case.has(fact.path)
      const asked = fact.basic || 'basic' in box.dataset || this.#wrong.has(fact.path) || (fact.type === 'date' ? this.#all : set)
      const matters = this.#used.has(fact.path) && (this.#all || !fact.aside && fact.type !== 'date')
      const shown = this.#holds(fact.when) && (asked || fact.type !== 'accept' && (matters || this.#all && fact.aside))
      box.hidden = !shown
      if (shown && !fact.basic && !('basic' in box.dataset)) more++
      for (const input of this.#controls(fact.path)) {
        const only = fact.only?.[input.value]
        if (!only) continue
        const possible = this.#holds(only)
        input.disabled = !possible
        const chip = /** @type {HTMLElement} */ (input.closest('.chip'))
        chip.hidden = !possible
      }
    }
    for (const details of /** @type {NodeListOf<HTMLDetailsElement>} */ (this.#root.querySelectorAll('.rare'))) {
      if (details.querySelector('input:checked')) details.open = true
    }
    const form = this.case.get('bill.form')
    el('bill-total').hidden = form === 'classes'
    el('bill-split').hidden = form !== 'split'
    el('bill-classes').hidden = form !== 'classes'
    say(el('more-lead'), more ? t('more.lead') : t('more.none'))
    say(el('more-toggle'), this.#all ? t('more.hide') : t('more.show'))
    el('more-toggle').setAttribute('aria-expanded', String(this.#all))
  }

  /** A status belongs to a scheme: when the scheme changes, the first fitting one is taken. @returns {boolean} whether one was */
  fitStatus () {
    const inputs = this.#controls('person.status').filter((i) => i.value)
    if (inputs.some((i) => i.checked && !i.disabled)) return false
    const first = inputs.find((i) => !i.disabled)
    if (first) first.checked = true
    return Boolean(first)
  }

  /**
   * The codes that a region adds to the usual ones, and its lists of diseases and tiers.
   * @param {Record<string, {code: string, name?: any}[]>} codes @param {Names} names @param {Case} c
   */
  codes (codes, names, c) {
    for (const { path, type, options, rare = [] } of FACTS) {
      const dim = path.split('.')[1]
      const list = codes[dim] ?? []
      if (type === 'code') {
        const select = this.#controls(path)[0]
        const none = select.firstElementChild
        select.replaceChildren(.../** @type {any} */ (none ? [none] : []), ...list.map(({ code }) => make('option', { value: code }, codeName(names, dim, code))))
        select.value = list.some((k) => k.code === c.get(path)) ? c.get(path) ?? '' : ''
      }
      if (type !== 'choice') continue
      const known = [...options, ...rare, 'none', 'unknown', '']
      for (const input of this.#controls(path)) {
        if (!known.includes(input.value)) input.closest('.chip')?.remove()
      }
      const chips = this.#fieldset(path)?.querySelector('.chips')
      for (const { code } of chips ? list : []) {
        if (known.includes(code)) continue
        const chip = document.importNode(el('tpl-chip').content, true).firstElementChild
        const [input, text] = chip.children
        Object.assign(input, { name: path, value: code, checked: c.get(path) === code })
        text.textContent = codeName(names, dim, code)
        // "Not known" stays last.
        chips.insertBefore(chip, chips.querySelector('[value=unknown]')?.closest('.chip') ?? null)
      }
    }
  }

  /** Fields for what was used up this year, a group for each layer that counts. @param {string[]} ids @param {any[]} layers */
  #year (ids, layers) {
    const box = el('year-layers')
    el('part-year').hidden = ids.length === 0
    for (const old of [...box.children]) {
      if (!ids.includes(old.dataset.layer)) old.remove()
    }
    for (const id of ids) {
      let group = [...box.children].find((g) => g.dataset.layer === id)
      const layer = layers.find((l) => l.id === id)
      const title = (layer && (codeName({ layer: { [id]: layer.name } }, 'layer', id))) || or(id, 'layer', id)
      if (!group) {
        group = document.importNode(el('tpl-year').content, true).firstElementChild
        group.dataset.layer = id
        const pair = make('div', { className: 'trio' })
        for (const figure of ['entered', 'deductible', 'paid']) pair.append(this.#amount(`year.${id}.${figure}`, tf('year', figure)))
        group.append(pair)
        box.append(group)
      }
      say(group.firstElementChild, title)
    }
  }

  /** @param {string} path @param {string} label */
  #amount (path, label) {
    const fact = document.importNode(el('tpl-amount').content, true).firstElementChild
    fact.id = `f-${path}`
    fact.dataset.path = path
    const [text, input, error] = [fact.querySelector('label'), fact.querySelector('input'), fact.querySelector('.error')]
    text.textContent = label
    text.htmlFor = input.id = `i-${path}`
    input.name = path
    const value = this.case.get(path)
    const unsure = fact.querySelector('[type=checkbox]')
    if (unsure) {
      unsure.name = `${path}.unknown`
      unsure.checked = value === 'unknown'
    }
    input.value = value && value !== 'unknown' ? typed(value) : ''
    error.id = `e-${path}`
    input.setAttribute('aria-describedby', error.id)
    return fact
  }

  /** Marks the fields that are wrong and frees the others. @param {Map<string, string>} errors texts by path */
  showErrors (errors) {
    this.#wrong = new Set(errors.keys())
    for (const slot of /** @type {NodeListOf<HTMLElement>} */ (this.#root.querySelectorAll('.error'))) {
      const path = slot.id.slice(2)
      const text = errors.get(path) ?? ''
      say(slot, text)
      slot.hidden = !text
      const box = /** @type {HTMLElement} */ (slot.closest('.fact') ?? slot)
      box.classList.toggle('wrong', text !== '')
      for (const input of this.#controls(path)) {
        if (text) input.setAttribute('aria-invalid', 'true')
        else input.removeAttribute('aria-invalid')
      }
    }
    // The field that finds a region has no name in the form.
    if (errors.has('region')) el('i-region').setAttribute('aria-invalid', 'true')
    else el('i-region').removeAttribute('aria-invalid')
    this.unfold()
  }

  /** @param {string} path */
  has (path) { return Boolean(el(`e-${path}`)) }
}
