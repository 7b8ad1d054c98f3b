// A curve of who pays what over an amount, drawn from its exact break points. The table
// beside it says the same; the picture is for those who see it.
import { fen, money } from './amount.mjs'
import { make } from './dom.mjs'

const SVG = 'http://www.w3.org/2000/svg'

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...(Node | string)} children */
function svg (tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

/** Round amounts that part a stretch into some steps. @param {bigint} from @param {bigint} to @param {number} most */
export function ticks (from, to, most) {
  let step = 100n
  for (let n = 0; (to - from) / step > BigInt(most); n++) step = step * (n % 3 === 1 ? 5n : 2n) / (n % 3 === 1 ? 2n : 1n)
  const out = []
  for (let at = (from + step - 1n) / step * step; at <= to; at += step) out.push(at)
  return out
}

const whole = (/** @type {bigint} */ f) => money(f).replace(/\.00$/, '')

/**
 * Draws into an svg element as wide as the page gives it, so that letters keep their size.
 * @param {SVGSVGElement} root @param {any} curve as the engine tells it @param {string[]} figures
 * @param {{now: bigint | null, nowText: string}} mark the reader's own case
 */
export function drawCurve (root, curve, figures, { now, nowText }) {
  const style = getComputedStyle(root)
  const letter = Math.max(11, parseFloat(style.fontSize) || 14)
  const wide = Math.max(240, Math.round(root.clientWidth || 560))
  const from = fen(curve.from)
  const to = fen(curve.to)
  /** @type {Map<string, [bigint, bigint][]>} */
  const lines = new Map(figures.map((f) => [f, []]))
  let top = 1n
  for (const bend of curve.bends) {
    const at = fen(bend.at)
    for (const [f, points] of lines) {
      if (bend.before) points.push([at - 1n, fen(bend.before[f])])
      points.push([at, fen(bend.after[f])])
      for (const [, y] of points.slice(-2)) if (y > top) top = y
    }
  }
  const inner = curve.bends.slice(1, -1).map((/** @type {any} */ b) => fen(b.at))
  const size = letter * 1.7
  const left = whole(ticks(0n, top, 4).at(-1) ?? 0n).length * letter * 0.58 + 8
  // Numbers that would cover each other stand below each other.
  const right = letter * 1.2
  const X = (/** @type {bigint} */ v) => left + Number((v - from) * 100000n / (to - from)) / 100000 * (wide - left - right)
  const tiers = /** @type {number[]} */ ([])
  const places = inner.map((/** @type {bigint} */ at) => {
    const x = X(at)
    let tier = tiers.findIndex((last) => x - last > size)
    if (tier < 0) tier = tiers.length < 5 ? tiers.length : tiers.indexOf(Math.min(...tiers))
    tiers[tier] = x
    return { x, y: size * (tier + 0.6) }
  })
  const head = Math.max(1, tiers.length) * size + letter * 1.6
  const high = Math.round(head + Math.min(300, Math.max(180, wide * 0.5)))
  const foot = letter * 3.3
  const Y = (/** @type {bigint} */ v) => high - Number(v * 100000n / top) / 100000 * (high - head)
  const parts = []
  for (const v of ticks(0n, top, 4)) {
    parts.push(svg('line', { class: 'curve-grid', x1: left, x2: wide - right, y1: Y(v), y2: Y(v) }), svg('text', { class: 'curve-text', x: left - 6, y: Y(v) + letter * 0.35, 'text-anchor': 'end' }, whole(v)))
  }
  const room = Math.max(2, Math.floor((wide - left) / (letter * 5.5)))
  for (const v of ticks(from, to, room)) {
    const text = whole(v)
    const half = text.length * letter * 0.29
    parts.push(svg('text', { class: 'curve-text', x: Math.min(X(v), wide - half - 1), y: high + letter * 1.35, 'text-anchor': 'middle' }, text))
  }
  parts.push(svg('line', { class: 'curve-base', x1: left, x2: wide - right, y1: high, y2: high }))
  for (const { x, y } of places) parts.push(svg('line', { class: 'curve-bend', x1: x, x2: x, y1: y, y2: high }))
  for (const [f, points] of [...lines].reverse()) {
    const d = points.map(([x, y], i) => `${i ? 'L' : 'M'}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`).join('')
    parts.push(svg('path', { class: 'curve-line', 'data-key': f, d }))
  }
  places.forEach(({ x, y }, i) => parts.push(svg('circle', { class: 'curve-number', cx: x, cy: y, r: size * 0.45 }), svg('text', { class: 'curve-text curve-n', x, y: y + letter * 0.34, 'text-anchor': 'middle' }, String(i + 1))))
  if (now !== null && now >= from && now <= to) {
    const x = X(now)
    const y = Y(between(lines.get(figures[0]) ?? [], now))
    const half = nowText.length * letter * 0.5
    parts.push(svg('line', { class: 'curve-now', x1: x, x2: x, y1: head - letter * 0.3, y2: high + letter * 1.8 }), svg('circle', { class: 'curve-dot', cx: x, cy: y, r: letter * 0.42 }),
      svg('text', { class: 'curve-text curve-here', x: Math.min(Math.max(x, half), wide - half), y: high + letter * 2.9, 'text-anchor': 'middle' }, nowText))
  }
  root.setAttribute('viewBox', `0 0 ${wide} ${Math.round(high + foot)}`)
  root.setAttribute('height', String(Math.round(high + foot)))
  root.replaceChildren(...parts)
}

/** Where a line stands at a point of its way, to be drawn. @param {[bigint, bigint][]} points @param {bigint} at */
function between (points, at) {
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1]
    const [x1, y1] = points[i]
    if (at >= x0 && at <= x1) return x1 === x0 ? y1 : y0 + (y1 - y0) * (at - x0) / (x1 - x0)
  }
  return points.at(-1)?.[1] ?? 0n
}

/** The signs of the lines with their names. @param {{key: string, text: string}[]} list */
export const legend = (list) => list.map(({ key, text }) => make('li', {},
  svg('svg', { viewBox: '0 0 40 12', class: 'curve-sign', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { class: 'curve-line', 'data-key': key, d: 'M1 6L39 6' })), text))

/** What the next hundred yuan cost at a rate: 0.15 as 15.00. @param {string} rate */
export function ofHundred (rate) {
  const [, sign, whole0, part = ''] = /** @type {RegExpExecArray} */ (/^(-?)(\d+)(?:\.(\d+))?$/.exec(rate))
  const digits = part.padEnd(4, '0')
  const rest = digits.slice(4).replace(/0+$/, '')
  return `${sign}${(whole0 + digits.slice(0, 2)).replace(/^0+(?=\d)/, '')}.${digits.slice(2, 4)}${rest}`
}
