// In large type the form comes question by question; the script for it is fetched when
// large type is on.
import { el, say } from './dom.mjs'
import { part } from './parts.mjs'
import { t } from './texts.mjs'

/** @typedef {import('./take.mjs').Subject & {linked: boolean, blank: () => void}} Stepped linked: the page was opened with a case; blank: the example's bill goes */

/** @param {Stepped} view */
export function stepByStep (view) {
  const root = document.documentElement
  /** @type {Promise<any> | undefined} */
  let elder
  const fetched = () => (elder ??= part('elder').then((module) => module.elder(view)))
  /** @param {(elder: any) => void} act */
  const use = (act) => fetched().then(act, () => {
    // Without it the whole form is there.
    elder = undefined
    delete root.dataset.steps
    say(el('read-said'), t('part.failed'))
  })
  if (root.dataset.type) use((e) => e.begin())
  addEventListener('mingbai:type', () => {
    if (!root.dataset.type) elder?.then((e) => e.end(), () => {})
    else if (!elder) use((e) => e.begin())
  })
  el('step-again').addEventListener('click', () => use((e) => e.enter()))
  el('read-result').addEventListener('click', () => use((e) => e.readResult()))
}
