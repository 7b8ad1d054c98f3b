// What this site keeps on the device, by name, and the ways to be rid of it.

/** Everything that was kept because somebody asked for it lies under such a key. */
const OWN = 'mingbai.'
/** Several copies of the site may live on one host, each with the pages of its folder. */
const folder = () => new URL(document.body.dataset.base || './', location.href).pathname

/** The keys of what the person asked to keep. @returns {string[]} */
export function ownKept () {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(OWN)) } catch { return [] /* storage is forbidden here */ }
}

/** The copies of the pages and the engine. @returns {Promise<string[]>} */
export async function pagesKept () {
  try { return (await caches.keys()).filter((key) => key.startsWith(`mingbai ${folder()} `)) } catch { return [] }
}

export function wipeOwn () {
  for (const key of ownKept()) localStorage.removeItem(key)
  dispatchEvent(new Event('mingbai:wiped'))
}

export async function wipePages () {
  for (const key of await pagesKept()) await caches.delete(key)
  const scope = new URL(folder(), location.href).href
  for (const r of await navigator.serviceWorker?.getRegistrations().catch(() => []) ?? []) if (r.scope === scope) await r.unregister()
  dispatchEvent(new Event('mingbai:unkept'))
}
