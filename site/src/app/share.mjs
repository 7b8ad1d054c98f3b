// Keep and share: what the buttons below a result do. Fetched when one of them is pressed.
// Nothing here sends anything; things reach others only by what the person does with them.
import { fromFile, LARGEST_FILE, toFile } from './casefile.mjs'
import { toFragment } from './case.mjs'
import { el, goTo, make, say } from './dom.mjs'
import { download } from './file.mjs'
import { paper } from './paper.mjs'
import { draw } from './picture.mjs'
import { plainText } from './plaintext.mjs'
import { qrSvg } from './qrsvg.mjs'
import { t, tf } from './texts.mjs'

/** @typedef {import('./case.mjs').Case} Case */

/** The day on the person's own clock. */
const today = () => new Date().toLocaleDateString('sv')

/** @param {import('./take.mjs').Subject} subject */
export function share (subject) {
  const out = el('take-out')
  const tell = (/** @type {string} */ text) => say(el('taken'), text)
  /** The address of the case on this page, without whatever stood behind it before. */
  const link = () => `${location.origin}${location.pathname}#${toFragment(subject.case())}`

  /** @param {...Node} nodes */
  const show = (...nodes) => {
    const shut = make('button', { type: 'button', className: 'action quiet' }, t('take.shut'))
    shut.addEventListener('click', () => { out.hidden = true; out.replaceChildren(); tell('') })
    out.replaceChildren(...nodes, make('p', { className: 'buttons' }, shut))
    out.hidden = false
  }
  const hide = () => { out.hidden = true; out.replaceChildren() }

  /** The result, or a word that there is none. */
  const view = () => {
    const found = subject.view()
    if (!found) { hide(); tell(t('take.none')) }
    return found
  }

  /** To the clipboard; where that is forbidden the text stands there, marked. @param {string} text @param {string} done */
  const copy = async (text, done) => {
    hide()
    try {
      await navigator.clipboard.writeText(text)
      tell(done)
    } catch {
      const area = make('textarea', { className: 'box', readOnly: true, rows: 6, value: text, 'aria-label': t('take.text_label') })
      show(area)
      area.focus()
      area.select()
      // Browsers within other apps often know only the old way.
      tell(document.execCommand('copy') ? done : t('take.copy_self'))
    }
  }

  const sheet = () => {
    const found = subject.view()
    el('paper')?.remove()
    if (!found) return false
    el('main').append(paper(found, { link: link(), day: today() }))
    document.documentElement.dataset.paper = ''
    return true
  }
  addEventListener('beforeprint', sheet)
  addEventListener('afterprint', () => {
    el('paper')?.remove()
    delete document.documentElement.dataset.paper
  })

  return {
    link: () => copy(link(), t('take.copied')),

    text: () => { const found = view(); if (found) return copy(plainText(found, link()), t('take.text_copied')) },

    qr () {
      const url = link()
      const code = qrSvg(url, t('take.qr_label'))
      if (!code) { hide(); tell(t('take.qr_long', { n: String(url.length) })); return }
      tell(t('take.qr_lead'))
      show(make('div', { className: 'qr-box' }, code))
    },

    picture () {
      const found = view()
      if (!found) return
      const canvas = draw(found, { link: link(), day: today() })
      const image = make('img', { src: canvas.toDataURL('image/png'), alt: plainText(found), width: canvas.width, height: canvas.height, className: 'picture' })
      const name = t('take.file_name', { day: today() }) + '.png'
      canvas.toBlob((/** @type {Blob} */ blob) => {
        const keep = make('button', { type: 'button', className: 'action', id: 'picture-save' }, t('take.picture_save'))
        keep.addEventListener('click', () => download(name, [blob], 'image/png'))
        const files = [new File([blob], name, { type: 'image/png' })]
        const buttons = make('p', { className: 'buttons' }, keep)
        if (navigator.canShare?.({ files })) {
          const send = make('button', { type: 'button', className: 'action quiet', id: 'picture-send' }, t('take.picture_send'))
          send.addEventListener('click', () => give({ files }))
          buttons.append(send)
        }
        show(image, buttons)
        tell(t('take.picture_lead'))
      }, 'image/png')
    },

    print () {
      if (!subject.view()) { view(); return }
      return print()
    },

    send () {
      const found = subject.view()
      give({ title: t('site.name'), url: link(), ...(found ? { text: plainText(found) } : {}) })
    },

    save () {
      hide()
      download(t('take.file_name', { day: today() }) + '.json', [toFile(subject.case())], 'application/json')
      tell(t('take.saved'))
    },

    async open () {
      const input = el('take-open')
      const file = input.files[0]
      if (!file) return
      hide()
      if (file.size > LARGEST_FILE) { input.value = ''; tell(t('case_error.file_size')); return }
      const text = await file.text().catch(() => '')
      // Emptied, so that the same file may be chosen again.
      input.value = ''
      const read = fromFile(text)
      if ('error' in read) { tell(tf('case_error', read.error, { at: read.at ?? '' })); return }
      const before = new Map(subject.case())
      subject.open(read.case)
      const undo = make('button', { type: 'button', className: 'action quiet' }, t('ledger.undo'))
      undo.addEventListener('click', () => { subject.open(before); tell(t('ledger.undone')); goTo(el('take')) })
      el('taken').replaceChildren(t('take.opened'), ' ', undo)
    }
  }

  /** @param {ShareData} what */
  async function give (what) {
    try {
      await navigator.share(what)
    } catch (error) {
      // Somebody who has thought better of it needs no message.
      if (/** @type {Error} */ (error).name !== 'AbortError') tell(t('take.send_failed'))
    }
  }
}
