// What the specifications of the views beside the Estimate share.
import assert from 'node:assert/strict';
import { accessible, fits, shot } from './spec.mjs';
import { choose, field } from './page.mjs';

/** @typedef {import('./engines.mjs').Browser} Browser */
/** @typedef {import('./engines.mjs').Page} Page */

/** The view is there and its engine answers. @param {Page} b */
export const started = (b) => b.until('document.documentElement.dataset.engine === "ready" && performance.getEntriesByName("mingbai-view").length > 0', { ms: 15_000, what: 'the view' });

/** Opens a view anew. A fragment alone would not load it again. @param {import('./spec.mjs').Run} t @param {string} path */
export async function fresh(t, path) {
  await t.b.eval('addEventListener("beforeunload", (e) => e.stopImmediatePropagation(), true)').catch(() => {});
  await t.b.goto('about:blank');
  await t.b.goto(t.s.url + path);
  await started(t.b);
}

/** Gives a control a value that has no keys of its own in every engine: days, above all. @param {Page} b @param {string} selector @param {string} value */
export const set = (b, selector, value) => b.eval((/** @type {string} */ s, /** @type {string} */ v) => {
  const e = /** @type {HTMLInputElement} */ (document.querySelector(s));
  e.value = v;
  for (const type of ['input', 'change']) e.dispatchEvent(new Event(type, { bubbles: true }));
}, selector, value);

/** Waits until the text of an element matches. @param {Page} b @param {string} selector @param {RegExp | string} wanted @param {number} [ms] */
export async function reads(b, selector, wanted, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const text = await textOf(b, selector);
    if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return text;
    if (Date.now() > end) assert.fail(`${selector} does not say ${wanted} but “${text}”`);
    await new Promise((r) => setTimeout(r, 40));
  }
}

/** What is to be seen of an element, '' where it is hidden. @param {Page} b @param {string} selector */
export const textOf = (b, selector) => b.eval((/** @type {string} */ s) => {
  const e = /** @type {HTMLElement | null} */ (document.querySelector(s));
  return e && !e.closest('[hidden]') ? e.innerText.replace(/\s+/g, ' ').trim() : '';
}, selector);

/** Fills in a bill. @param {Page} b @param {Record<string, string>} parts */
export async function bill(b, parts) {
  for (const [part, amount] of Object.entries(parts)) await b.type(field(`bill.${part}`), amount);
}

/** Chinese words on an English page that are neither marked as Chinese nor beside English ones. @param {Page} b */
export const chineseLeft = (b) => b.eval(() => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = /** @type {Element} */ (n.parentElement);
    if (/\p{Script=Han}/u.test(n.nodeValue ?? '') && !/[A-Za-z]{2}/.test(n.nodeValue ?? '') && !e.closest('script, style, template') && !/^zh/.test(e.closest('[lang]')?.getAttribute('lang') ?? '')) out.push(`${e.tagName}.${e.className}: ${n.nodeValue?.trim()}`);
  }
  return [...new Set(out)].slice(0, 10);
});

/** Targets that are too small to be hit. @param {Page} b @param {number} [least] in pixels */
export const smallTargets = (b, least = 44) => b.eval((/** @type {number} */ least) => [...document.querySelectorAll('button, select, input, textarea, summary, .chip, .check, .money, a.tool, a.action, label.action')]
  // Of a control in a frame of its own, that frame is the target.
  .filter((e) => /** @type {HTMLElement} */ (e).offsetParent && !e.matches('.chip input, .check input, .file input, .money input') && !e.closest('.sr, .skip'))
  .map((e) => { const r = e.getBoundingClientRect(); return { what: `${e.tagName}#${e.id}.${e.className}`, w: r.width, h: r.height }; })
  .filter((r) => r.h < least - 0.5 || r.w < 43.5).map((r) => `${r.what} ${Math.round(r.w)}×${Math.round(r.h)}`), least);

/**
 * The looks of a view: nothing sticks out at any width or in the largest type, axe finds
 * nothing light, dark and large, pictures are kept. Chromium sees all of it, the others the
 * Chinese page in daylight and in large type.
 * @param {import('./spec.mjs').Run} t @param {string} view @param {(lang: string) => Promise<void>} fill brings the view into a full state
 */
export async function looks(t, view, fill) {
  const { b } = t;
  const large = async () => {
    await b.eval('scrollTo(0, 0)');
    await b.click('#elder');
    for (let i = 0; i < 3; i++) if (await b.eval('!document.getElementById("type-steps").hidden && !document.getElementById("type-larger").disabled')) await b.click('#type-larger');
  };
  const all = t.engine === 'chromium';
  for (const scheme of /** @type {('light' | 'dark')[]} */ (all ? ['light', 'dark'] : ['light'])) {
    await b.media({ scheme });
    for (const lang of all && scheme === 'light' ? ['zh', 'en'] : ['zh']) {
      await b.resize(375);
      await fresh(t, `${lang === 'en' ? 'en/' : ''}${view}/`);
      await fill(lang);
      for (const width of scheme === 'light' ? [320, 1280, 375] : [375, 1280]) {
        await b.resize(width);
        await b.eval('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))');
        await fits(b, `${view} ${lang} at ${width}`);
        if (width !== 320) await shot(b, view, lang, scheme, width);
      }
      await b.resize(375);
      await accessible(b, `${view} ${lang} ${scheme}`);
      if (scheme === 'light' && lang === 'zh') {
        assert.deepEqual(await smallTargets(b), []);
        await b.resize(320);
        await large();
        await fits(b, `${view} at 320 in the largest type`);
        await b.resize(375);
        await accessible(b, `${view} in the largest type`);
        await shot(b, `${view}-large`, lang, scheme, 375);
        await b.eval('scrollTo(0, 0)');
        await b.click('#elder');
      }
      if (lang === 'en') assert.deepEqual(await chineseLeft(b), []);
    }
  }
  if (all) await b.media({ scheme: 'light' });
  await b.resize(390);
}

export { choose };
