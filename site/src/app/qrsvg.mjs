// A QR code as a drawing, black on white in every theme.
import { encode } from './qr.mjs'

const SVG = 'http://www.w3.org/2000/svg'
const QUIET = 4

/** @param {string} text @param {string} label @returns {SVGSVGElement | null} null where the text is too long */
export function qrSvg (text, label) {
  const code = encode(text)
  if (!code) return null
  const side = code.size + 2 * QUIET
  const svg = document.createElementNS(SVG, 'svg')
  for (const [name, value] of Object.entries({ class: 'qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' })) svg.setAttribute(name, value)
  let d = ''
  for (let y = 0; y < code.size; y++) {
    for (let x = 0, run = 0; x < code.size; x += Math.max(run, 1)) {
      for (run = 0; x + run < code.size && code.dark(x + run, y); run++);
      if (run) d += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`
    }
  }
  for (const [name, props] of /** @type {const} */ ([['rect', { width: side, height: side, fill: '#fff' }], ['path', { d, fill: '#000' }]])) {
    const node = document.createElementNS(SVG, name)
    for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value))
    svg.append(node)
  }
  return svg
}
