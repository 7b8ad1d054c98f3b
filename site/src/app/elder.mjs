// 长辈版 on the Estimate: one question a screen over the same form, and a voice that
// reads. The browser's own back button goes back a question, and the whole form is one
// press away at any time.
import { el, goTo, make, say } from './dom.mjs'
import { Reader } from './reader.mjs'
import { t } from './texts.mjs'

const root = document.documentElement
const QUESTIONS = '.part > .fact, #bill-total > .fact, #bill-split > .fact, #bill-classes > .fact, #part-year'

/** @param {import('./steps.mjs').Stepped} view */
export function elder (view) {
  const form = /** @type {HTMLFormElement} */ (el('case'))
  const result = el('result')
  const reader = new Reader()
  let at = ''

  /** The questions of this case in their order, and the result behind them. @returns {HTMLElement[]} */
  const screens = () => [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(QUESTIONS))].filter((node) => !node.closest('[hidden]')).concat(result)
  const place = () => Math.max(screens().findIndex((node) => node.id === at), 0)
  const now = () => screens()[place()]
  const on = () => root.dataset.steps !== undefined

  /** What a question asks, as its label or legend says. @param {HTMLElement} node */
  const asks = (node) => /** @type {HTMLElement | null} */ (node.querySelector('legend, label, .legend, h2'))?.lastChild?.textContent?.trim() ?? ''

  /** The line above the question: which one it is, and of how many. */
  function head () {
    const all = screens()
    const n = place()
    const last = all[n] === result
    const line = last ? view.view() ? t('elder.done') : t('elder.not_done') : t('elder.at', { n: String(n + 1), of: String(all.length - 1) })
    const heard = el('step-at').firstChild
    if (heard?.textContent !== line) el('step-at').replaceChildren(line, make('span', { className: 'sr' }, last ? '' : ` ${asks(all[n])}`))
    el('step-used').setAttribute('width', String(Math.round(n / (all.length - 1) * 100)))
    el('step-back').disabled = n === 0
    el('step-next').hidden = last
    say(el('step-next'), all[n + 1] === result ? t('elder.finish') : t('elder.next'))
  }

  /** @param {HTMLElement} node @param {boolean} [move] whether the focus goes there */
  function show (node, move = true) {
    reader.stop()
    say(el('step-said'), '')
    at = node.id
    for (const old of document.querySelectorAll('.step-on')) old.classList.remove('step-on', 'step-now')
    node.classList.add('step-now')
    for (let up = /** @type {HTMLElement | null} */ (node); up && !up.matches('.desk'); up = up.parentElement) up.classList.add('step-on')
    if (node.id === 'part-year') el('year-details').open = true
    // What is missing is said when somebody goes on without it, not before.
    if (node !== result) node.dataset.fresh = ''
    say(el('step-at'), '')
    head()
    if (!move) return
    el('step-at').focus({ preventScroll: true })
    el('step-head').scrollIntoView({ behavior: 'auto', block: 'start' })
  }

  const state = () => ({ ...history.state, step: at })
  /** @param {HTMLElement} node */
  function forward (node) {
    show(node)
    history.pushState(state(), '')
  }

  function next () {
    const node = now()
    if (node === result) return
    // A field that is being typed in has not been read as settled yet.
    const typing = document.activeElement
    if (typing instanceof HTMLInputElement && node.contains(typing)) typing.blur()
    delete node.dataset.fresh
    const wrong = /** @type {HTMLElement | null} */ (node.querySelector('.error:not([hidden])'))
    if (wrong) { say(el('step-said'), ''); goTo(node); return }
    forward(screens()[place() + 1])
  }

  function back () {
    const n = place()
    if (n === 0) return
    const before = screens()[n - 1]
    // The entry that we came by, if it is the one before; else this one becomes it.
    if (history.state?.from === before.id) history.back()
    else { show(before); history.replaceState({ ...state(), from: '' }, '') }
  }

  /** The whole form, with what was being asked in view. */
  function whole () {
    const node = now()
    reader.stop()
    delete root.dataset.steps
    history.pushState({ ...history.state, step: 'whole' }, '')
    goTo(node === result ? el('you') : node)
  }

  /** @param {string} [id] of the screen to begin with */
  function enter (id = at) {
    root.dataset.steps = ''
    show(screens().find((node) => node.id === id) ?? screens()[0])
    history.pushState(state(), '')
  }

  /** What is read of a question: what it asks, what explains it, what there is to choose, what is chosen. @param {HTMLElement} node */
  function question (node) {
    const seen = (/** @type {string} */ selector) => [.../** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll(selector))].filter((e) => e.offsetParent && e.innerText.trim()).map((e) => e.innerText.trim())
    const options = seen('.chip span')
    const chosen = seen('.chip input:checked + span')
    const typed = [.../** @type {NodeListOf<HTMLInputElement>} */ (node.querySelectorAll('input.box, input[type=text]'))].filter((i) => i.offsetParent && i.value).map((i) => i.value)
    return [asks(node), ...seen('.hint'), ...(options.length ? [t('elder.choices', { list: options.join(t('result.join')) })] : []),
      ...(chosen.length ? [t('elder.chosen', { text: chosen.join(t('result.join')) })] : []), ...(typed.length ? [t('elder.typed', { text: typed.join(t('result.join')) })] : []), ...seen('.error')].join('\n')
  }

  function resultText () {
    const v = view.view()
    if (!v) return /** @type {HTMLElement} */ (el('problem')).innerText || t('take.none')
    return [v.CaseLine, `${t('result.you')} ${v.YouYuan}${v.YouFen}${v.YouTo} ${t('unit.yuan')}`, v.Corrected, v.RangeText, v.Means, v.Fund, ...[...v.Notes, ...v.Unknowns].map((n) => n.Text)].filter(Boolean).join('\n')
  }

  /** @param {HTMLElement} button @param {HTMLElement} said @param {() => string} text */
  async function read (button, said, text) {
    if (reader.speaking) { reader.stop(); return }
    say(said, '')
    const usual = button.textContent ?? ''
    const trouble = await reader.read(text(), () => say(button, t('elder.stop')), () => say(button, usual))
    if (trouble) say(said, trouble)
  }

  el('step-next').addEventListener('click', next)
  el('step-back').addEventListener('click', back)
  el('step-whole').addEventListener('click', whole)
  el('step-read').addEventListener('click', () => read(el('step-read'), el('step-said'), () => now() === result ? resultText() : question(now())))
  form.addEventListener('keydown', (event) => {
    const field = event.target
    if (!on() || event.key !== 'Enter' || event.isComposing || event.defaultPrevented) return
    if (field instanceof HTMLInputElement && field.getAttribute('role') !== 'combobox') { event.preventDefault(); next() }
  })
  // Answers unfold questions and fold others: the count follows.
  for (const sign of ['input', 'change']) form.addEventListener(sign, () => { delete now().dataset?.fresh; if (on()) setTimeout(head) })
  new MutationObserver(() => { if (on()) head() }).observe(form, { subtree: true, attributes: true, attributeFilter: ['hidden'] })
  new MutationObserver(() => { if (on() && now() === result) head() }).observe(el('sheet'), { attributes: true, attributeFilter: ['class'] })
  addEventListener('popstate', ({ state: s }) => {
    if (!root.dataset.type || !s?.step) return
    // The entry still has the address of when it was left; what was typed since stays.
    dispatchEvent(new Event('mingbai:save'))
    if (s.step === 'whole') { reader.stop(); delete root.dataset.steps; return }
    root.dataset.steps = ''
    show(screens().find((node) => node.id === s.step) ?? screens()[0])
  })
  addEventListener('pagehide', () => reader.stop())
  // Links to a field, as beside what was assumed or is missing, turn to its question.
  document.addEventListener('click', (event) => {
    const link = on() && event.target instanceof Element ? event.target.closest('a[href^="#"]') : null
    const target = link && el(/** @type {HTMLAnchorElement} */ (link).hash.slice(1))
    if (!target) return
    if (target.hidden) target.hidden = false
    const node = screens().find((screen) => screen === target || screen !== result && screen.contains(target))
    if (node) { event.preventDefault(); event.stopPropagation(); forward(node) }
  }, true)

  return {
    /** Large type has been turned on, or was on when the page came. */
    begin () {
      const kept = history.state?.step
      if (kept === 'whole') { delete root.dataset.steps; return }
      root.dataset.steps = ''
      view.blank()
      const first = screens().find((node) => node.id === kept) ?? (view.linked ? result : screens()[0])
      show(first, false)
      history.replaceState(state(), '')
    },
    enter: () => enter(),
    end () {
      reader.stop()
      delete root.dataset.steps
    },
    readResult: () => read(el('read-result'), el('read-said'), resultText)
  }
}
