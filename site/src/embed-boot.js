// Runs before the first paint of the frame: colours, size and view as the tag says. In a
// frame without an origin of its own the engine cannot start; then the link stays.
const root = document.documentElement
const options = new URLSearchParams(location.hash.slice(1))
/** @param {string} name @param {string[]} known */
const one = (name, known) => known.find((value) => value === options.get(name)) ?? known[0]
root.dataset.theme = one('theme', ['paper', 'plain', 'dark', 'auto'])
root.dataset.view = one('view', ['full', 'result'])
const size = one('size', ['normal', 'large', 'largest'])
if (size !== 'normal') root.dataset.type = size === 'large' ? '22' : '26'
if (self.origin !== 'null') root.classList.add('scripted')
