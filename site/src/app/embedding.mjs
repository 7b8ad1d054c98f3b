// The view that makes the tag: choose, see it live, copy.
import './plain.mjs'
import { el } from './dom.mjs'
import { regionField } from './region.mjs'
import { setTexts, t } from './texts.mjs'

const NAMES = ['scheme', 'preset', 'view', 'theme', 'size']
const USUAL = { scheme: '', preset: '', view: 'full', theme: 'paper', size: 'normal' }

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  setTexts(texts, lang)
  const form = /** @type {HTMLFormElement} */ (el('embedding'))
  const home = new URL(document.body.dataset.base || './', location.href).href
  let region = ''
  const chosen = (/** @type {string} */ name) => /** @type {any} */ (form.elements.namedItem(name)).value

  /** The attributes of the tag, only those that differ from the usual. */
  function attributes () {
    /** @type {[string, string][]} */
    const list = region ? [['region', region]] : []
    for (const name of NAMES) if (chosen(name) !== /** @type {any} */ (USUAL)[name]) list.push([name, chosen(name)])
    if (/** @type {any} */ (form.elements.namedItem('ask')).checked) list.push(['ask', ''])
    return list
  }

  function show () {
    const list = attributes()
    const english = chosen('lang') === 'en'
    const words = [...list, .../** @type {[string, string][]} */ ([['lang', english ? 'en' : 'zh']])].map(([name, value]) => value ? ` ${name}="${value}"` : ` ${name}`).join('')
    const title = english ? 'Medical bill estimate, Mingbai' : '看病费用估算 · 医保明白账'
    el('code-tag').value = `<script src="${home}embed.js" async referrerpolicy="no-referrer"></script>\n<mingbai-estimator${words}><a href="${home}${english ? 'en/' : ''}">${title}</a></mingbai-estimator>`
    const options = new URLSearchParams(list.filter(([name]) => name !== 'ask')).toString()
    el('code-frame').value = `<iframe src="${home}${english ? 'en/' : ''}embed.html${options && '#' + options.replaceAll('&', '&amp;')}" title="${title}" width="100%" height="900" loading="lazy" referrerpolicy="no-referrer" sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox" style="border:0"></iframe>`
    const live = el('live')
    for (const name of ['region', ...NAMES, 'ask']) {
      const found = list.find(([n]) => n === name)
      if (found) { if (live.getAttribute(name) !== found[1]) live.setAttribute(name, found[1]) } else live.removeAttribute(name)
    }
    if (live.getAttribute('lang') !== (english ? 'en' : 'zh')) live.setAttribute('lang', english ? 'en' : 'zh')
  }

  const field = regionField((code) => { region = code; show() })
  // Nothing chosen: the frame begins with the site's own example.
  field.show('')
  form.addEventListener('change', show)
  form.addEventListener('submit', (event) => event.preventDefault())
  el('live').addEventListener('mingbai-result', (/** @type {CustomEvent} */ event) => {
    el('heard').hidden = false
    el('heard-json').textContent = JSON.stringify(event.detail, null, 1)
  })
  for (const which of ['tag', 'frame']) {
    el(`copy-${which}`).addEventListener('click', async () => {
      const area = el(`code-${which}`)
      const said = el('copied')
      area.select()
      try {
        await navigator.clipboard.writeText(area.value)
        said.textContent = t('embed.copied')
      } catch {
        said.textContent = t('embed.copy_by_hand')
      }
    })
  }
  show()
}
