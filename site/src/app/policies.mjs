// Finds regions in the index and narrows the coverage table. Everything stands in the
// page already; the script only hides what does not match.
import './plain.mjs'
import { el } from './dom.mjs'
import { findRegions } from './region.mjs'

const all = (/** @type {string} */ selector, /** @type {ParentNode} */ within = document) => /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)])
const form = /** @type {HTMLFormElement} */ (el('finder'))
const found = el('found')
const regions = all('#region-list li').map((item) => ({
  item, code: item.dataset.code ?? '', name: item.querySelector('a')?.textContent ?? '', keys: item.dataset.k ?? '',
  province: item.closest('.province')?.querySelector('h3')?.textContent ?? '', rows: /** @type {HTMLElement[]} */ ([])
}))
for (const region of regions) region.rows = all(`#map tbody[data-code="${region.code}"] tr`)
const chosen = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (el(id)).value

/** Whether a region has a benefit as it is asked for, in the scheme asked for. @param {HTMLElement[]} rows */
function has (rows) {
  const [scheme, benefit, status, grade] = ['by-scheme', 'by-benefit', 'by-status', 'by-grade'].map(chosen)
  if (!benefit && !status && !grade) return rows.some((row) => !scheme || row.dataset.s === scheme)
  return rows.some((row) => (!scheme || row.dataset.s === scheme) && all('[data-g]', row).some((cell) =>
    (!benefit || cell.dataset.b === benefit) && (!status || cell.classList.contains(status)) && (!grade || cell.dataset.g === grade)))
}

function show () {
  const text = el('seek').value
  const province = chosen('by-province')
  const matching = new Set(findRegions(regions, text).filter((r) => (!province || r.province === province) && has(r.rows)))
  for (const r of regions) {
    r.item.hidden = !matching.has(r)
    for (const row of r.rows) if (row.parentElement) row.parentElement.hidden = !matching.has(r)
  }
  for (const group of all('.province')) group.hidden = !all('li', group).some((item) => !item.hidden)
  const narrowed = text.trim() !== '' || all('select', form).some((s) => /** @type {HTMLSelectElement} */ (s).value)
  el('finder-all').hidden = !narrowed
  found.textContent = !narrowed ? '' : matching.size ? found.dataset.some.replace('{n}', String(matching.size)) : found.dataset.none
}

// On a phone the table is long; it opens when somebody asks for a part of it.
const box = /** @type {HTMLDetailsElement} */ (el('map-box'))
box.open = matchMedia('(min-width: 68em)').matches
form.addEventListener('change', () => { if (['by-benefit', 'by-status', 'by-grade'].some(chosen)) box.open = true })
form.addEventListener('input', show)
form.addEventListener('reset', () => setTimeout(show))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  // Enter opens the region where only one is left.
  const left = regions.filter((r) => !r.item.hidden)
  if (left.length === 1) left[0].item.querySelector('a')?.click()
})
show()
