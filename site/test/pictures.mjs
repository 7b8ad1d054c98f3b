// What is in a picture: codes read back by a decoder of their own, colours counted.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

/** @typedef {{width: number, height: number, data: Buffer}} Picture */

/** @param {Buffer} bytes @returns {Picture} */
export const png = (bytes) => PNG.sync.read(bytes);

/** The text of the QR code in a picture, or in a part of it; undefined where none is found. @param {Picture} p @param {{x: number, y: number, w: number, h: number}} [part] */
export function codeIn(p, part = { x: 0, y: 0, w: p.width, h: p.height }) {
  const x = Math.max(0, Math.floor(part.x)), y = Math.max(0, Math.floor(part.y));
  const w = Math.min(p.width - x, Math.ceil(part.w)), h = Math.min(p.height - y, Math.ceil(part.h));
  const data = new Uint8ClampedArray(w * h * 4);
  for (let row = 0; row < h; row++) data.set(p.data.subarray(((y + row) * p.width + x) * 4, ((y + row) * p.width + x + w) * 4), row * w * 4);
  return jsQR(data, w, h)?.data;
}

/** The text of the QR code that a reader sees in an element of the page, once it is drawn. @param {import('./engines.mjs').Browser} b @param {string} selector */
export async function codeOnScreen(b, selector) {
  const file = fileURLToPath(new URL(`./out/${b.name}-code.png`, import.meta.url));
  for (const end = Date.now() + 8000; ;) {
    const text = await seen(b, selector, file);
    if (text || Date.now() > end) return text;
  }
}

/** @param {import('./engines.mjs').Browser} b @param {string} selector @param {string} file */
async function seen(b, selector, file) {
  await b.eval((/** @type {string} */ s) => new Promise((drawn) => { document.querySelector(s)?.scrollIntoView({ block: 'center', behavior: 'instant' }); requestAnimationFrame(() => setTimeout(drawn, 60)); }), selector);
  const at = await b.eval((/** @type {string} */ s, /** @type {boolean} */ whole) => {
    const r = /** @type {Element} */ (document.querySelector(s)).getBoundingClientRect();
    return { x: r.left + (whole ? scrollX : 0), y: r.top + (whole ? scrollY : 0), w: r.width, h: r.height, wide: document.documentElement.clientWidth };
  }, selector, b.can.fullPage);
  await b.screenshot(file);
  const picture = png(readFileSync(file));
  const scale = picture.width / at.wide;
  return codeIn(picture, { x: at.x * scale, y: at.y * scale, w: at.w * scale, h: at.h * scale });
}

/** How many pixels have a colour such as #faf0d3, and how many colours there are. @param {Picture} p @param {string} colour */
export function colours(p, colour) {
  const wanted = Number.parseInt(colour.slice(1), 16);
  const seen = new Set();
  let n = 0;
  for (let i = 0; i < p.data.length; i += 4) {
    const c = p.data[i] << 16 | p.data[i + 1] << 8 | p.data[i + 2];
    if (c === wanted) n++;
    seen.add(c);
  }
  return { n, all: seen.size };
}
