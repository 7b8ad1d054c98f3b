// Puts a view into the page. The markup stands once, in the page: <template>s for what
// repeats, data-f for text, data-a for attributes, data-s for what hides with its slot,
// data-list for lists. Elements are kept from one view to the next, so that what is open
// stays open and focus stays where it is.

/** @typedef {{[slot: string]: any}} View */

/**
 * @typedef {{texts: [HTMLElement, string, boolean][], attributes: [Element, string, string][], parts: [HTMLElement, string][], lists: [HTMLElement, string][]}} Slots
 */

/** @type {WeakMap<Element, Slots>} the slots of what was filled before: they do not change */
const known = new WeakMap()

/** The slots of an element, without those of the lists inside it. @param {Element} root @returns {Slots} */
function slotsOf (root) {
  const old = known.get(root)
  if (old) return old
  /** @type {Slots} */
  const slots = { texts: [], attributes: [], parts: [], lists: [] }
  known.set(root, slots)
  const walk = (/** @type {HTMLElement} */ node) => {
    const { f, a, s, list } = node.dataset
    // What has nothing to say is hidden, unless it holds its place in a row or a table.
    if (f) slots.texts.push([node, f, node.matches('p, .grade')])
    for (const pair of a?.split(' ') ?? []) slots.attributes.push([node, .../** @type {[string, string]} */ (pair.split(':'))])
    if (s) slots.parts.push([node, s])
    if (list && node !== root) slots.lists.push([node, list])
    else for (const child of node.children) walk(/** @type {HTMLElement} */ (child))
  }
  walk(/** @type {HTMLElement} */ (root))
  return slots
}

/** @param {Element} root @param {View} view */
export function put (root, view) {
  const slots = slotsOf(root)
  for (const [node, slot, hides] of slots.texts) {
    const text = String(view[slot] ?? '')
    if (node.textContent !== text) node.textContent = text
    if (hides && node.hidden !== (text === '')) node.hidden = text === ''
  }
  for (const [node, name, slot] of slots.attributes) {
    const value = view[slot] ?? ''
    if (value === '') node.removeAttribute(name)
    else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
  }
  for (const [node, slot] of slots.parts) {
    const empty = !view[slot]?.length
    if (node.hidden !== empty) node.hidden = empty
  }
  for (const [node, slot] of slots.lists) fillList(node, view[slot] ?? [])
}

/** @param {Element} list @param {View[]} items */
function fillList (list, items) {
  const old = new Map([...list.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.key, child]))
  let at = list.firstElementChild
  for (const item of items) {
    let node = old.get(item.Key)
    old.delete(item.Key)
    if (node && node === at) at = at.nextElementSibling
    else {
      node ??= clone(/** @type {HTMLElement} */ (list).dataset.tpl ?? '', item.Key)
      list.insertBefore(node, at)
    }
    put(node, item)
  }
  for (const node of old.values()) node.remove()
}

/** @param {string} name @param {string} key */
function clone (name, key) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(`tpl-${name}`))
  const found = /** @type {HTMLElement} */ (template.content.querySelector('[data-key]'))
  const node = /** @type {HTMLElement} */ (document.importNode(found, true))
  node.dataset.key = key
  return node
}
