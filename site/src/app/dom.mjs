/** @param {string} id @returns {any} */
export const el = (id) => document.getElementById(id)

/** Sets a text only where it differs: setting it anew costs a layout. @param {HTMLElement} node @param {string} text */
export const say = (node, text) => { if (node.textContent !== text) node.textContent = text }

/**
 * An element with properties, attributes (names with a dash, role) and children.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string)} children
 * @returns {any}
 */
export function make (tag, props = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (name.includes('-') || name === 'role') node.setAttribute(name, value)
    else /** @type {any} */ (node)[name] = value
  }
  node.append(...children)
  return node
}

/** Acts when nothing has asked for it for a while; `.now()` does at once what is still to be done. @param {() => void} action @param {number} ms */
export function later (action, ms) {
  let clock = 0
  const act = () => { clock = 0; action() }
  return Object.assign(() => { clearTimeout(clock); clock = setTimeout(act, ms) }, { now: () => { if (clock) { clearTimeout(clock); act() } } })
}

/** Brings something into view and gives it the focus, without leaving a trace in the address. @param {HTMLElement} target */
export function goTo (target) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  /** @type {HTMLElement} */
  const control = target.querySelector('input:checked, input:not([type=radio]), select, input') ?? target
  if (control === target && target.tabIndex < 0) target.tabIndex = -1
  control.focus({ preventScroll: true })
  target.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' })
}
