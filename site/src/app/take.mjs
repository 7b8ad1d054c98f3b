// What can be taken along from a result: a link, a code, a picture, a sheet, a file.
import { el, say } from './dom.mjs'
import { part } from './parts.mjs'
import { t } from './texts.mjs'

/**
 * @typedef {object} Subject
 * @property {() => any} view the result in words; null where what is typed has none
 * @property {() => import('./case.mjs').Case} case what was typed, with the day of the result
 * @property {(c: import('./case.mjs').Case) => void} open
 */

/** @param {Subject} subject */
export function takeAlong (subject) {
  /** @type {any} */
  let share
  // A clipboard and a share sheet want to be asked within the press itself, so the script
  // is on its way before the finger is lifted.
  const fetched = () => part('share').then((module) => { share ??= module.share(subject) })
  /** @param {string} act */
  const run = (act) => {
    if (share) share[act]()
    else fetched().then(() => share[act](), () => say(el('taken'), t('part.failed')))
  }
  const box = el('take')
  for (const sign of ['pointerdown', 'focusin']) box.addEventListener(sign, () => fetched().catch(() => {}), { once: true })
  box.addEventListener('click', (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest('[data-take]')
    if (button) run(/** @type {HTMLElement} */ (button).dataset.take ?? '')
  })
  el('take-open').addEventListener('change', () => run('open'))
  el('take-send').hidden = !navigator.share
  // With everything on the device the browser's own print command finds the sheet, too.
  if (navigator.serviceWorker?.controller) fetched().catch(() => {})
}
