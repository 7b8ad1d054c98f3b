// The Estimate page as a reader meets it: where it is, when it is there, what it says.
import assert from 'node:assert/strict';

/** @typedef {import('./engines.mjs').Page} Page */

export const ESTIMATE = { zh: '', en: 'en/' };
export const field = (/** @type {string} */ path) => `[id="i-${path}"]`;
export const radio = (/** @type {string} */ path, /** @type {string} */ value) => `input[name="${path}"][value="${value}"]`;
/** The engine has started and has answered the case that the form shows. @param {Page} b @param {number} [ms] */
export const ready = (b, ms = 15_000) => b.until('document.documentElement.dataset.engine === "ready" && performance.getEntriesByName("mingbai-estimate").length > 0', { ms, what: 'the first estimate' });

/** What the page says the person pays: "7,303.00". @param {Page} b */
export const you = (b) => b.eval(() => [...document.querySelectorAll('#you .yuan, #you .fen')].map((e) => e.textContent).join(''));

/** Waits until that is what the page says. @param {Page} b @param {string} amount */
export async function pays(b, amount) {
  await b.until((/** @type {string} */ want) => [...document.querySelectorAll('#you .yuan, #you .fen')].map((e) => e.textContent).join('') === want, { what: `the person to pay ${amount}`, args: [amount] })
    .catch(async (e) => assert.fail(`${e.message}; the page says ${await you(b)}`));
}

/** The error that stands at a field, '' for none. @param {Page} b @param {string} path */
export const errorAt = (b, path) => b.eval((/** @type {string} */ p) => {
  const e = document.getElementById(`e-${p}`), i = document.getElementById(`i-${p}`);
  return e && !e.hidden && e.textContent && i?.getAttribute('aria-invalid') === 'true' && i.getAttribute('aria-describedby')?.split(' ').includes(e.id) ? e.textContent : '';
}, path);

/** Waits until the error at a field says something. @param {Page} b @param {string} path @param {RegExp} wanted */
export async function says(b, path, wanted) {
  const end = Date.now() + 15_000;
  for (;;) {
    const text = await errorAt(b, path);
    if (wanted.test(text)) return;
    if (Date.now() > end) assert.fail(`the error at ${path} does not say ${wanted} but “${text}”`);
  }
}

/** Chooses as a reader does: a click on the chip, wherever its radio button lies in it. @param {Page} b @param {string} path @param {string} value */
export const choose = (b, path, value) => b.click(`label:has(${radio(path, value)})`);
