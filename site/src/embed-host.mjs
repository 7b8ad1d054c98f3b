// The tag for other people's pages: <mingbai-estimator region="110000" theme="plain">.
// It makes a frame of embed.html, lets it have the height that it asks for, and passes on
// what the two have to say to each other. It reads nothing of the page and stores nothing.

const home = new URL('./', /** @type {HTMLScriptElement} */ (document.currentScript).src)
const OPTIONS = ['region', 'scheme', 'preset', 'view', 'theme', 'size', 'case', 'ask']
const SILENT = 15_000
/** @type {Set<Estimator>} */
const shown = new Set()

class Estimator extends HTMLElement {
  static observedAttributes = [...OPTIONS, 'lang', 'height', 'title']
  #root = this.attachShadow({ mode: 'open' })
  /** @type {HTMLIFrameElement | null} */
  frame = null
  #planned = false
  #heard = false
  /** @type {unknown} */
  #case

  connectedCallback () {
    shown.add(this)
    this.#plan()
  }

  disconnectedCallback () {
    shown.delete(this)
    this.frame?.remove()
    this.frame = null
  }

  attributeChangedCallback () { if (this.isConnected) this.#plan() }

  /** Several attributes that change together make one new frame. */
  #plan () {
    if (this.#planned) return
    this.#planned = true
    queueMicrotask(() => { this.#planned = false; if (this.isConnected) this.#show() })
  }

  #show () {
    const english = (this.getAttribute('lang') ?? document.documentElement.lang).startsWith('en')
    const options = new URLSearchParams()
    for (const name of OPTIONS) if (this.hasAttribute(name)) options.set(name, this.getAttribute(name) ?? '')
    const frame = document.createElement('iframe')
    frame.title = this.getAttribute('title') ?? (english ? 'Medical bill estimate, Mingbai' : '看病费用估算 · 医保明白账')
    frame.loading = 'lazy'
    frame.referrerPolicy = 'no-referrer'
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox')
    Object.assign(frame.style, { display: 'block', width: '100%', border: '0', height: `${bounded(Number(this.getAttribute('height') ?? 720))}px` })
    // What is chosen stands after the #, so that it is not sent to the host of the frame.
    frame.src = new URL(`${english ? 'en/' : ''}embed.html#${options}`, home).href
    this.#heard = false
    this.frame = frame
    this.#root.replaceChildren(frame)
    // Where the frame is forbidden or cannot be reached, what stands inside the tag is shown: a link, usually.
    const watch = new IntersectionObserver(([seen]) => {
      if (!seen.isIntersecting) return
      watch.disconnect()
      setTimeout(() => {
        if (frame === this.frame && !this.#heard) this.#root.append(this.childNodes.length ? document.createElement('slot') : this.#link())
      }, SILENT)
    })
    watch.observe(frame)
  }

  #link () {
    const link = document.createElement('a')
    link.href = home.href
    link.target = '_blank'
    link.rel = 'noopener'
    link.textContent = '医保明白账 Mingbai'
    return link
  }

  /** @param {any} data */
  hear ({ type, height, result }) {
    this.#heard = true
    this.#root.querySelector('slot, a')?.remove()
    if (type === 'height' && typeof height === 'number' && height > 0) /** @type {HTMLIFrameElement} */ (this.frame).style.height = `${bounded(height)}px`
    if (type === 'ready') {
      if (this.hasAttribute('ask')) this.#say({ type: 'ask' })
      if (this.#case) this.#say({ type: 'prefill', case: this.#case })
    }
    if (type === 'result') this.dispatchEvent(new CustomEvent('mingbai-result', { detail: result, bubbles: true }))
  }

  /** Fills in a case, as long as the reader has typed nothing. @param {string} text what stands after # in a link of the site */
  prefill (text) {
    this.#case = text
    this.#say({ type: 'prefill', case: text })
  }

  /** @param {object} message */
  #say (message) { this.frame?.contentWindow?.postMessage({ mingbai: 1, ...message }, home.origin) }
}

/** Whatever a frame asks for, the page stays a page. @param {number} height */
function bounded (height) { return Math.min(Math.max(Math.round(height) || 0, 160), 6000) }

addEventListener('message', ({ data, source, origin }) => {
  if (origin !== home.origin || !source || data?.mingbai !== 1) return
  for (const one of shown) if (one.frame?.contentWindow === source) one.hear(data)
})

if (!customElements.get('mingbai-estimator')) customElements.define('mingbai-estimator', Estimator)
