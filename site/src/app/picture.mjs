// A result as a picture to send to the family: drawn here, on a canvas, with large type,
// three wide by four high and higher where there is more to warn of. Warnings and the
// range are never left out.
import { encode } from './qr.mjs'
import { t } from './texts.mjs'

const WIDTH = 1080
const LEAST = 1440
const EDGE = 72
const INNER = WIDTH - 2 * EDGE
// The colours of the paper in daylight: a picture has one look wherever it is opened.
const INK = { paper: '#f6f1e7', sheet: '#fffdf8', ink: '#211c15', soft: '#574e41', rule: '#ddd3c1', accent: '#0f5a54', you: '#a8480f', warn: '#5d4600', warnGround: '#faf0d3' }
const BAR = { hifp_pay: '#0f5a54', hifob_pay: '#3f8a80', hifmi_pay: '#3f8a80', maf_pay: '#a9cfc6', hosp_part_amt: '#a9cfc6', psn_cash_pay: INK.you, acct_pay: INK.you, acct_mulaid_pay: INK.you }
const colour = (/** @type {string} */ key) => /** @type {Record<string, string>} */ (BAR)[key] ?? '#79b3a9'

/** @param {any} v a settlement in words @param {{link: string, day: string}} about @returns {HTMLCanvasElement} */
export function draw (v, { link, day }) {
  const canvas = document.createElement('canvas')
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  const family = getComputedStyle(document.body).fontFamily
  const font = (/** @type {number} */ size, weight = 400) => `${weight} ${size}px ${family}`
  /** @type {((c: CanvasRenderingContext2D) => void)[]} what is drawn once the height is known */
  const todo = []
  let y = 0

  /** Lines that are no wider than they may be; Chinese breaks anywhere but before a closing mark. @param {string} text @param {string} f @param {number} width */
  const lines = (text, f, width) => {
    pen.font = f
    const out = ['']
    for (const bit of text.match(/\p{Script=Han}[，。：；、？！”）》]*|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? []) {
      // An English word that is longer than a line is cut.
      for (const piece of pen.measureText(bit).width > width ? bit : [bit]) {
        if (pen.measureText(out[out.length - 1] + piece.trimEnd()).width > width) out.push('')
        out[out.length - 1] += piece
      }
    }
    return out.map((l) => l.trim()).filter(Boolean)
  }

  /** @param {string} text @param {{size?: number, weight?: number, ink?: string, x?: number, width?: number, gap?: number, lead?: number}} [how] lead: from line to line, in sizes */
  const write = (text, { size = 40, weight = 400, ink = INK.ink, x = EDGE, width = INNER, gap = 0, lead = 1.36 } = {}) => {
    if (!text) return
    y += gap
    for (const one of lines(text, font(size, weight), width)) {
      const at = y += size * lead
      todo.push((c) => { c.font = font(size, weight); c.fillStyle = ink; c.textAlign = 'left'; c.fillText(one, x, at - size * (lead - 1)) })
    }
  }

  /** @param {string} title @param {string[]} texts @param {{warn?: boolean, size?: number}} [how] */
  const block = (title, texts, { warn = false, size = 38 } = {}) => {
    if (!texts.length) return
    y += 22
    const top = y
    const slot = todo.length
    y += 16
    if (title) write(title, { size, weight: 700, ink: warn ? INK.warn : INK.ink, x: EDGE + (warn ? 30 : 0), width: INNER - (warn ? 60 : 0) })
    for (const text of texts) write(text, { size, ink: warn ? INK.warn : INK.soft, x: EDGE + (warn ? 30 : 0), width: INNER - (warn ? 60 : 0), gap: 4 })
    y += 16
    const height = y - top
    if (warn) todo.splice(slot, 0, (c) => { c.fillStyle = INK.warnGround; c.fillRect(EDGE, top, INNER, height); c.fillStyle = INK.warn; c.fillRect(EDGE, top, 8, height) })
  }

  y = 56
  write(t('site.name') + (v.Tag ? ` · ${v.Tag}` : ''), { size: 40, weight: 700, ink: INK.accent })
  write(v.CaseLine, { size: 38, ink: INK.soft, gap: 6 })
  write(t('result.you'), { size: 46, weight: 600, gap: 18 })
  // The amount as large as the width allows.
  const amount = `¥${v.YouYuan}${v.YouFen}${v.YouTo}`
  let size = 170
  do { pen.font = font(size, 700); size -= 6 } while (pen.measureText(amount).width > INNER && size > 60)
  write(amount, { size: size + 6, weight: 700, lead: 1.22 })
  block('', [v.Corrected, v.RangeText].filter(Boolean), { warn: true })
  write(v.Means, { size: 40, ink: INK.soft, gap: 14 })
  write(v.Fund, { size: 42, weight: 600, ink: INK.accent, gap: 6 })

  write(v.Caption, { size: 34, ink: INK.soft, gap: 14 })
  y += 10
  const bar = y
  for (const { Key, X, Width } of v.Segments) {
    todo.push((c) => { c.fillStyle = colour(Key); c.fillRect(EDGE + Number(X) * INNER / 10000, bar, Math.max(Number(Width) * INNER / 10000 - 3, 2), 64) })
  }
  y += 64 + 14
  for (const { Key, Label, Amount, Percent } of v.Rows) {
    const named = lines(Label, font(40), INNER - 470)
    const top = y
    for (const [i, one] of named.entries()) todo.push((c) => { c.font = font(40); c.fillStyle = INK.ink; c.textAlign = 'left'; c.fillText(one, EDGE + 46, top + 54 + i * 52) })
    todo.push((c) => {
      c.fillStyle = colour(Key)
      c.fillRect(EDGE, top + 22, 30, 30)
      c.fillStyle = INK.ink
      c.textAlign = 'right'
      c.font = font(42, 600)
      c.fillText(Amount, WIDTH - EDGE - 140, top + 54)
      c.font = font(36)
      c.fillStyle = INK.soft
      c.fillText(Percent, WIDTH - EDGE, top + 54)
      c.fillStyle = INK.rule
      c.fillRect(EDGE, top + 26 + named.length * 52, INNER, 2)
    })
    y += 28 + named.length * 52
  }
  const doubtful = v.GradeKey >= 'C'
  block(t('fix.list'), v.Fixes.map((/** @type {any} */ n) => n.Text), { warn: true })
  block(t('result.notes_title'), [...v.Notes.map((/** @type {any} */ n) => n.Text), ...(doubtful ? [`${t('result.grade')} ${v.Grade}`] : [])], { warn: true })
  block(t('result.unknowns_title'), v.Unknowns.map((/** @type {any} */ n) => n.Text), { warn: true })
  block(t('result.assumed_title'), v.Assumed.map((/** @type {any} */ n) => n.Text), { size: 34 })

  // The foot: the code, and beside it where all this comes from.
  const code = encode(link)
  // Whole pixels for each square, so that no edge is blurred, and enough of them for a messenger's compression.
  const unit = code ? Math.max(4, Math.floor(320 / (code.size + 8))) : 0
  const side = code ? unit * (code.size + 8) : 0
  const foot = Math.ceil(y) + 40
  y = foot
  const x = EDGE + (code ? side + 36 : 0)
  const width = WIDTH - EDGE - x
  if (code) write(t('paper.scan'), { size: 36, weight: 600, x, width })
  write(t('site.not_official'), { size: 34, ink: INK.soft, x, width, gap: 4 })
  write(`${v.Policy}${t('paper.join')}${day}`, { size: 34, ink: INK.soft, x, width, gap: 4 })
  const end = Math.max(y, foot + side) + 56

  canvas.width = WIDTH
  canvas.height = Math.max(LEAST, Math.ceil(end))
  pen.fillStyle = INK.paper
  pen.fillRect(0, 0, WIDTH, canvas.height)
  pen.fillStyle = INK.sheet
  pen.fillRect(24, 24, WIDTH - 48, canvas.height - 48)
  pen.textBaseline = 'alphabetic'
  for (const one of todo) one(pen)
  if (code) {
    pen.fillStyle = '#fff'
    pen.fillRect(EDGE, foot, side, side)
    pen.fillStyle = '#000'
    for (let cy = 0; cy < code.size; cy++) for (let cx = 0; cx < code.size; cx++) if (code.dark(cx, cy)) pen.fillRect(EDGE + (cx + 4) * unit, foot + (cy + 4) * unit, unit, unit)
  }
  return canvas
}
