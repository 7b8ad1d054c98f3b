// The region's select becomes a field that finds a city by its name, pinyin or initials,
// after the combobox pattern: the list follows the typing, arrows move, Enter takes,
// Escape gives back what was chosen before.
import { el, make } from './dom.mjs'
import { t } from './texts.mjs'

/** @typedef {{code: string, name: string, keys: string, province: string}} Region */

const plain = (/** @type {string} */ text) => text.normalize('NFKC').toLowerCase().replace(/[\s'’·-]/g, '')

/** Cities whose name begins with the text stand first, then those that hold it. @param {Region[]} all @param {string} text */
export function findRegions (all, text) {
  const wanted = plain(text)
  if (!wanted) return all
  /** @param {Region} r */
  const rank = ({ name, keys, province }) => {
    // Keys are the pinyin with spaces between syllables, and the initials.
    const words = [name, keys, ...keys.split(' ')].map(plain)
    if (words.some((w) => w.startsWith(wanted))) return 0
    if (plain(province).startsWith(wanted)) return 1
    return words.some((w) => w.includes(wanted)) ? 2 : 3
  }
  return all.map((r) => ({ r, rank: rank(r) })).filter(({ rank }) => rank < 3).sort((a, b) => a.rank - b.rank).map(({ r }) => r)
}

/** @param {(code: string, failed?: string) => void} changed */
export function regionField (changed) {
  /** @type {HTMLSelectElement} */
  const select = el('i-region')
  /** @type {Region[]} */
  const all = [...select.options].map((o) => ({
    code: o.value, name: o.text, keys: o.dataset.k ?? '', province: /** @type {HTMLOptGroupElement} */ (o.parentElement).label
  }))
  const input = make('input', {
    id: 'i-region', className: 'box', type: 'text', autocomplete: 'off', spellcheck: false, maxLength: 40, role: 'combobox',
    'aria-expanded': 'false', 'aria-controls': 'region-list', 'aria-autocomplete': 'list', 'aria-describedby': 'h-region e-region'
  })
  const list = make('ul', { id: 'region-list', className: 'options', role: 'listbox', hidden: true, 'aria-labelledby': 'l-region' })
  /** @type {HTMLElement[]} */
  let options = []
  let active = -1
  let chosen = select.value

  const nameOf = (/** @type {string} */ code) => all.find((r) => r.code === code)?.name ?? ''
  const isOpen = () => !list.hidden

  function open (text = '') {
    const found = findRegions(all, text)
    options = []
    const nodes = []
    let province = ''
    for (const r of found) {
      if (!text && r.province !== province) {
        province = r.province
        if (province !== r.name) nodes.push(make('li', { role: 'presentation', className: 'options-group' }, province))
      }
      const note = text && r.province !== r.name ? [make('span', { className: 'options-note' }, r.province)] : []
      const option = make('li', { id: `region-${r.code}`, role: 'option', 'aria-selected': String(r.code === chosen), className: 'option' }, r.name, ...note)
      option.dataset.code = r.code
      options.push(option)
      nodes.push(option)
    }
    if (!found.length) nodes.push(make('li', { role: 'presentation', className: 'options-group' }, t('region.none')))
    list.replaceChildren(...nodes)
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    activate(text ? 0 : options.findIndex((o) => o.dataset.code === chosen))
  }

  function close () {
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }

  /** @param {number} index */
  function activate (index) {
    options[active]?.classList.remove('active')
    active = options[index] ? index : -1
    const option = options[active]
    if (!option) { input.removeAttribute('aria-activedescendant'); return }
    option.classList.add('active')
    input.setAttribute('aria-activedescendant', option.id)
    // Not scrollIntoView: it would scroll the page as well.
    if (option.offsetTop < list.scrollTop) list.scrollTop = option.offsetTop
    else if (option.offsetTop + option.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = option.offsetTop + option.offsetHeight - list.clientHeight
  }

  /** @param {string} code */
  function take (code) {
    close()
    input.value = nameOf(code)
    if (code === chosen) { changed(code); return }
    chosen = code
    changed(code)
  }

  /** What was typed and not chosen from the list: taken if it can mean only one city. */
  function settle () {
    close()
    if (!isTyped()) return
    const exact = all.filter((r) => plain(r.name) === plain(input.value))
    const found = exact.length ? exact : findRegions(all, input.value)
    if (input.value.trim() && found.length === 1) take(found[0].code)
    else if (!input.value.trim()) input.value = nameOf(chosen)
    else { chosen = ''; changed('', input.value.trim()) }
  }
  const isTyped = () => input.value !== nameOf(chosen)

  input.addEventListener('click', () => { if (!isOpen()) { input.select(); open() } })
  input.addEventListener('input', () => open(input.value))
  input.addEventListener('blur', settle)
  input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      if (!isOpen()) open()
      else activate((active + step + options.length) % Math.max(options.length, 1))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (isOpen() && options[active]) take(options[active].dataset.code ?? '')
    } else if (event.key === 'Escape' && isOpen()) {
      event.preventDefault()
      if (chosen) input.value = nameOf(chosen)
      close()
    }
  })
  // The list must not take the focus from the field, or blur would close it first.
  list.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault())
  list.addEventListener('click', (/** @type {Event} */ event) => {
    const option = /** @type {HTMLElement} */ (event.target).closest('.option')
    if (option) take(/** @type {HTMLElement} */ (option).dataset.code ?? '')
  })

  select.replaceWith(input)
  input.after(list)
  input.value = nameOf(chosen)
  return {
    nameOf,
    /** What the page was made with. */
    first: select.value,
    /** @param {string} code */
    show (code) { chosen = nameOf(code) ? code : ''; input.value = nameOf(code); return chosen !== '' }
  }
}
