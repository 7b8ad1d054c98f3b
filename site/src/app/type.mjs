// 长辈版: larger type and larger targets, in three sizes. The choice is kept on the device
// because the person made it; nothing else is.
import { el } from './dom.mjs'

const SIZES = ['22', '26', '30']

export function typeSize () {
  const root = document.documentElement
  /** @param {string} size '' is the usual one */
  const set = (size) => {
    if (size) root.dataset.type = size
    else delete root.dataset.type
    try {
      if (size) localStorage.setItem('mingbai.type', size)
      else localStorage.removeItem('mingbai.type')
    } catch { /* storage is forbidden here: the size holds for this visit */ }
    show()
    dispatchEvent(new Event('mingbai:type'))
  }
  const show = () => {
    const at = SIZES.indexOf(root.dataset.type ?? '')
    el('elder').setAttribute('aria-pressed', String(at >= 0))
    el('type-steps').hidden = at < 0
    el('type-smaller').disabled = at === 0
    el('type-larger').disabled = at === SIZES.length - 1
  }
  el('elder').addEventListener('click', () => set(root.dataset.type ? '' : SIZES[0]))
  el('type-smaller').addEventListener('click', () => set(SIZES[Math.max(SIZES.indexOf(root.dataset.type ?? '') - 1, 0)]))
  el('type-larger').addEventListener('click', () => set(SIZES[Math.min(SIZES.indexOf(root.dataset.type ?? '') + 1, SIZES.length - 1)]))
  show()
}
