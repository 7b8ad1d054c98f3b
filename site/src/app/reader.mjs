// Reads a text aloud, only with voices that the device itself has: others would be sent
// what they read.
import { language, t } from './texts.mjs'

/** How long a browser may take to find its voices. */
const PATIENCE = 1500

/** Amounts as a voice can say them: 6613 and not 6,613.00. @param {string} text */
const sayable = (text) => text.replace(/(\d),(?=\d{3})/g, '$1').replace(/(\d)\.00(?!\d)/g, '$1').replace(/ · /g, '，')

export class Reader {
  #synth = /** @type {SpeechSynthesis | undefined} */ (globalThis.speechSynthesis)
  #turn = 0
  #done = () => {}
  speaking = false

  /** Local voices of the page's language, the usual one first. */
  #voices () {
    const usual = language === 'zh' ? /^zh-(cn|hans)/ : /^en-/
    const of = (/** @type {SpeechSynthesisVoice} */ v) => v.lang.toLowerCase().replace('_', '-')
    return (this.#synth?.getVoices() ?? []).filter((v) => v.localService === true && of(v).startsWith(language)).sort((a, b) => Number(usual.test(of(b))) - Number(usual.test(of(a))))
  }

  /** Some browsers find their voices only after they have been asked. */
  async #voice () {
    if (!this.#voices().length) {
      await new Promise((go) => {
        this.#synth?.addEventListener?.('voiceschanged', go, { once: true })
        setTimeout(go, PATIENCE)
      })
    }
    return this.#voices()[0]
  }

  /**
   * @param {string} text @param {() => void} begins @param {() => void} ends called once, however it ends
   * @returns {Promise<string>} in words why nothing is read; '' where something is
   */
  async read (text, begins, ends) {
    if (!this.#synth || typeof SpeechSynthesisUtterance === 'undefined') return t('elder.voice_unable')
    const turn = ++this.#turn
    const voice = await this.#voice()
    if (turn !== this.#turn) return ''
    if (!voice) return t('elder.voice_none')
    // Short pieces: long ones are cut off by some browsers.
    const pieces = sayable(text).match(/[^。！？；\n]+[。！？；\n]*/gu) ?? []
    return new Promise((resolve) => {
      this.speaking = true
      begins()
      let why = ''
      this.#done = () => {
        this.#done = () => {}
        this.speaking = false
        ends()
        resolve(why)
      }
      const one = (/** @type {number} */ n) => {
        if (turn !== this.#turn) return
        if (n === pieces.length) { this.#done(); return }
        const u = new SpeechSynthesisUtterance(pieces[n].trim())
        u.voice = voice
        u.lang = voice.lang
        u.rate = 0.9
        u.onend = () => one(n + 1)
        u.onerror = ({ error }) => {
          if (turn !== this.#turn) return
          if (error !== 'canceled' && error !== 'interrupted') why = t('elder.voice_failed')
          this.#done()
        }
        this.#synth?.speak(u)
      }
      this.#synth?.cancel()
      one(0)
    })
  }

  stop () {
    this.#turn++
    this.#synth?.cancel()
    this.#done()
  }
}
