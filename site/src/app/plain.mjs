// The script of pages that only have to be read: the size of type, and a language link
// that keeps the place.
import { el } from './dom.mjs'
import { typeSize } from './type.mjs'

typeSize()

const other = /** @type {HTMLAnchorElement} */ (el('other-language'))
const keepPlace = () => { other.hash = location.hash }
addEventListener('hashchange', keepPlace)
keepPlace()
