// Puts a view into the page. The markup stands once, in the page: <template>s for what
// repeats, data-f for text, data-a for attributes, data-s for what hides with its slot,
// data-list for lists. Elements are kept from one view to the next, so that what is open
// stays open and focus stays where it is.

/** @typedef {{[slot: string]: any}} View */

/** @param {Element} node @param {Element} root */
const own = (node, root) => {
  const list = (node === root ? null : node.parentElement?.closest('[data-list]'))
  return !list || list === root || !root.contains(list) || list.contains(root)
}

/** @param {Element} root @param {string} selector @returns {Element[]} */
const within = (root, selector) => [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)].filter((n) => own(n, root))

/** @param {Element} root @param {View} view */
export function put (root, view) {
  for (const node of within(root, '[data-f]')) {
    const text = String(view[/** @type {HTMLElement} */ (node).dataset.f ?? ''] ?? '')
    if (node.textContent !== text) node.textContent = text
    if (node.matches('p, .grade')) node.toggleAttribute('hidden', text === '')
  }
  for (const node of within(root, '[data-a]')) {
    for (const pair of (/** @type {HTMLElement} */ (node).dataset.a ?? '').split(' ')) {
      const [name, slot] = pair.split(':')
      const value = view[slot] ?? ''
      if (value === '') node.removeAttribute(name)
      else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
    }
  }
  for (const node of within(root, '[data-s]')) {
    const value = view[/** @type {HTMLElement} */ (node).dataset.s ?? '']
    node.toggleAttribute('hidden', !value || value.length === 0)
  }
  for (const node of within(root, '[data-list]')) {
    if (node !== root) fillList(node, view[/** @type {HTMLElement} */ (node).dataset.list ?? ''] ?? [])
  }
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
