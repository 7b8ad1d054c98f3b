// The manners that hold on every page, in the state in which a reader finds it: nothing sticks out, everything can be
// hit, axe finds nothing, the English page is English. Chromium sees every page in both languages, light and dark, usual
// and largest type; the others the Chinese pages in daylight. What a page looks like in use is in its own specification.
// SHOTS=all keeps pictures of all of that, to be looked at; they take longer than the rest.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DIST, accessible, eachEngine, fits, shot, witnessed } from './spec.mjs';
import { chineseLeft, smallTargets } from './views.mjs';

// All pages that the build lists for search engines; of the regions' pages, which are made alike, one.
const REGIONS = ['440300'];
const PAGES = [...readFileSync(`${DIST}/sitemap.xml`, 'utf8').matchAll(/<loc>([^<]*)<\/loc>/g)]
  .map(([, address]) => address.replace(/^(\.\/|https?:\/\/[^/]+\/)/, ''))
  .filter((path) => !path.startsWith('en/') && (!/policies\/\d/.test(path) || REGIONS.some((code) => path.includes(code))));

eachEngine('Manners', { timeout: 900_000 }, (t) => {
  const all = t.engine === 'chromium';
  const picture = async (/** @type {any[]} */ ...what) => { if (process.env.SHOTS === 'all') await shot(t.b, .../** @type {[string, string, string, number]} */ (what)); };
  const modes = all ? ['zh', 'en'].flatMap((lang) => /** @type {const} */ (['light', 'dark']).map((scheme) => ({ lang, scheme }))) : [{ lang: 'zh', scheme: /** @type {const} */ ('light') }];

  test('the list holds the views', () => {
    for (const path of ['', 'year/', 'policies/', 'about/', 'privacy/', 'embedding/', ...REGIONS.map((code) => `policies/${code}/`)]) assert.ok(PAGES.includes(path), `${path} is not in ${PAGES}`);
  });

  for (const { lang, scheme } of modes) {
    for (const path of PAGES) {
      test(`/${path} ${lang} ${scheme}`, { timeout: 90_000 }, async () => {
        const { b } = t;
        const address = t.s.url + (lang === 'en' ? 'en/' : '') + path;
        const name = path.replaceAll('/', '-').replace(/-$/, '') || 'estimate';
        await b.media({ scheme });
        await b.resize(375);
        await b.goto(address);
        await b.until('document.readyState === "complete"', { what: 'the page' });
        assert.equal(await b.eval('document.querySelectorAll("h1").length'), 1, 'one heading says what this is');
        await b.eval(() => { for (const d of document.querySelectorAll('form details')) /** @type {HTMLDetailsElement} */ (d).open = true; });
        for (const width of scheme === 'light' ? [320, 375, 1280] : [375, 1280]) {
          await b.resize(width);
          await fits(b, `${address} at ${width}`);
          if (width === 1280) await picture(`manners-${name}`, lang, scheme, width);
        }
        await b.resize(375);
        await accessible(b, address);
        await picture(`manners-${name}`, lang, scheme, 375);
        assert.deepEqual(await smallTargets(b), []);
        if (lang === 'en') assert.deepEqual(await chineseLeft(b), []);
        await b.resize(320);
        await b.eval('document.documentElement.dataset.type = "30"');
        await fits(b, `${address} at 320 in the largest type`);
        if (all) await accessible(b, `${address} in the largest type`);
        await b.resize(375);
        assert.deepEqual(await smallTargets(b, 60), [], 'in large type');
        // No word of a title is cut in two for want of room, no column of words is a letter wide.
        const cut = await b.eval(() => [...document.querySelectorAll('main :is(h1, h2, h3, h4, tbody th, legend, .chip)')].flatMap((e) => {
          const out = [];
          const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
          for (let n = walk.nextNode(); n; n = walk.nextNode()) {
            if (n.parentElement?.closest('code')) continue;
            for (const word of (n.nodeValue ?? '').matchAll(/[A-Za-z]+/g)) {
              const r = document.createRange();
              r.setStart(n, word.index ?? 0);
              r.setEnd(n, (word.index ?? 0) + word[0].length);
              if (new Set([...r.getClientRects()].map((q) => Math.round(q.top))).size > 1) out.push(word[0]);
            }
          }
          return out;
        }));
        assert.deepEqual(cut, [], 'words cut in two');
        const narrow = await b.eval(() => [...document.querySelectorAll('main .stacked tbody :is(th, td)')].filter((e) => e.clientWidth < 5 * parseFloat(getComputedStyle(e).fontSize)).map((e) => `${e.textContent} ${e.clientWidth}`));
        assert.deepEqual(narrow, [], 'columns of single letters');
        // An amount such as 12,345.67 can be read while it is typed.
        const tight = await b.eval(() => [...document.querySelectorAll('.money input')].filter((e) => /** @type {HTMLElement} */ (e).offsetParent && e.clientWidth < 5 * parseFloat(getComputedStyle(e).fontSize)).map((e) => `${e.id} ${e.clientWidth}`));
        assert.deepEqual(tight, [], 'fields too narrow for their amounts');
        await picture(`manners-${name}-large`, lang, scheme, 375);
        assert.deepEqual(await witnessed(b), { csp: [], errors: [] });
      });
    }
  }

  if (all) test('forced colours', async () => {
    await t.b.media({ scheme: 'light', forced: 'active' });
    for (const path of PAGES) {
      await t.b.goto(t.s.url + path);
      await picture(`manners-${path.replaceAll('/', '-').replace(/-$/, '') || 'estimate'}`, 'zh', 'forced', 375);
      // What is chosen is told by more than a colour of its own, which forced colours take away.
      const plain = await t.b.eval(() => [...document.querySelectorAll('.chip input:checked + span')].filter((e) => /** @type {HTMLElement} */ (e).offsetParent && parseFloat(getComputedStyle(e).borderTopWidth) < 3).length);
      assert.equal(plain, 0, path);
    }
    await t.b.media({ scheme: 'light', forced: 'none' });
  });
});
