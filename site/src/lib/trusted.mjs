// The one policy by which pages make script addresses. It lets through the files that it
// is asked to name here, and nothing else: an address that came from anywhere else stops
// the script instead of being run.
import { workerFile } from 'build:files'

// The names of this build's other files pass through here as well: every page fetches one small script less.
export { sheetFile, wasmFile, workerFile } from 'build:files'

const base = new URL(document.body.dataset.base || './', location.href)
const known = {
  engine: new URL(workerFile, import.meta.url).href,
  offline: new URL('sw.js', base).href
}
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('mingbai', {
  createScriptURL: (/** @type {string} */ url) => {
    if (!Object.values(known).includes(url)) throw new TypeError('not a script of this site')
    return url
  }
})

/** @param {keyof typeof known} name @returns {any} a string, or its trusted form */
export const scriptUrl = (name) => policy ? policy.createScriptURL(known[name]) : known[name]
