// What is kept on the device stands by name on the privacy page, and one button removes it all.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ready } from './page.mjs';
import { accessible, eachEngine, fits, nothingLeft, shot } from './spec.mjs';
import { chineseLeft, reads, smallTargets, textOf } from './views.mjs';

eachEngine('What is kept', { timeout: 200_000, serve: { worker: true } }, (t) => {
  const visit = async (path = '') => {
    await t.b.goto(t.s.url + path);
    await t.b.until('!!navigator.serviceWorker.controller && !document.querySelector("[data-keep=ready]").hidden', { ms: 40_000, what: 'the build on the device' });
  };
  const listed = () => t.b.eval(() => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#kept-here li'))].filter((e) => e.getClientRects().length).map((e) => e.dataset.kept ?? e.innerText.trim()));
  const here = () => t.b.eval(async () => ({ keys: Object.keys(localStorage), caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length }));

  test('from every page a link leads there; what lies on the device is listed by name, nothing else', async () => {
    await visit();
    await ready(t.b);
    await t.b.click('.foot a[href$="privacy/#kept"]');
    await t.b.until('!!document.getElementById("kept-here") && !document.getElementById("kept-here").hidden', { what: 'the list' });
    await t.b.until('!document.querySelector("[data-kept=pages]").hidden', { what: 'the pages in the list' });
    assert.deepEqual(await listed(), ['pages'], 'unasked, nothing but the pages');
    await t.b.click('#elder');
    await t.b.eval(() => { localStorage.setItem('mingbai.year', '{"x":1}'); localStorage.setItem('mingbai.later', '1'); localStorage.setItem('other', 'of another program on this host'); });
    await t.b.reload();
    await t.b.until('!document.querySelector("[data-kept=\\"mingbai.year\\"]").hidden', { what: 'the ledger in the list' });
    const names = await listed();
    assert.deepEqual(names.slice(0, 2), ['mingbai.type', 'mingbai.year']);
    assert.ok(names.some((n) => n.includes('mingbai.later')), `what has no name yet is listed by its key: ${names}`);
  });

  test('only the person\'s own, by one button; the pages stay', async () => {
    await t.b.click('#kept-own');
    await t.b.until('!document.getElementById("kept-said-own").hidden', { what: 'a word that it is gone' });
    const left = await here();
    assert.deepEqual(left.keys, ['other'], 'what is not ours is left alone');
    assert.equal(left.caches.length, 1);
    assert.equal(left.workers, 1);
    assert.deepEqual(await listed(), ['pages']);
  });

  test('all of it by one button, and looked for again', async () => {
    await t.b.eval(() => { localStorage.setItem('mingbai.year', '{}'); return caches.open('of another program'); });
    await t.b.reload();
    await t.b.until('!document.querySelector("[data-kept=\\"mingbai.year\\"]").hidden');
    // By keyboard: the button is reached and pressed.
    await t.b.eval('document.getElementById("kept-all").focus()');
    await t.b.press('Enter');
    await t.b.until('!document.getElementById("kept-said-gone").hidden', { what: 'a word that all is gone' });
    assert.deepEqual(await here(), { keys: ['other'], caches: ['of another program'], workers: 0 });
    assert.deepEqual(await listed(), []);
    assert.equal(await textOf(t.b, '#kept-none'), '什么也没有存。');
    await reads(t.b, '#keep', '没有留下任何内容');
    assert.equal(await t.b.eval('document.activeElement.id'), 'kept');
    nothingLeft(t);
  });

  test('a ledger that was remembered is not written again after it was wiped', async () => {
    await t.b.eval('localStorage.clear()');
    await visit('year/');
    await t.b.until('document.documentElement.dataset.engine === "ready"');
    await t.b.click('#example');
    await t.b.until('!document.getElementById("book").hidden', { what: 'the example' });
    await t.b.click('#remember');
    await t.b.until('localStorage.getItem("mingbai.year") !== null', { what: 'the ledger to be kept' });
    await t.b.until('!document.getElementById("keep-wipe").hidden', { what: 'the button at the foot' });
    await t.b.click('#keep-wipe');
    await t.b.until('!document.querySelector("[data-keep=wiped]").hidden', { what: 'everything removed' });
    assert.equal(await t.b.eval('document.getElementById("remember").checked'), false);
    await t.b.click('#clear');
    await new Promise((r) => setTimeout(r, 600));
    assert.equal(await t.b.eval('localStorage.length'), 0);
  });

  test('where nothing could be removed, that is what is said', async () => {
    await t.b.goto(`${t.s.url}privacy/`);
    await t.b.eval(() => { localStorage.setItem('mingbai.year', '{}'); Storage.prototype.removeItem = () => { throw new Error('no'); }; dispatchEvent(new Event('pageshow')); });
    await t.b.until('!document.getElementById("kept-own").hidden', { what: 'the button' });
    await t.b.click('#kept-own');
    await t.b.until('!document.getElementById("kept-said-left").hidden', { what: 'the truth' });
    await t.b.reload();
    await t.b.eval('localStorage.clear()');
  });

  test('looks', async () => {
    for (const lang of ['', 'en/']) {
      await t.b.goto(`${t.s.url}${lang}privacy/`);
      await t.b.eval('localStorage.setItem("mingbai.year", "{}")');
      await t.b.reload();
      await t.b.until('!document.querySelector("[data-kept=\\"mingbai.year\\"]").hidden');
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `${lang}privacy at ${width}`); }
      await t.b.resize(375);
      await accessible(t.b, `${lang}privacy`);
      await shot(t.b, 'kept', lang ? 'en' : 'zh', 'light', 375);
      assert.deepEqual(await smallTargets(t.b), []);
      if (lang) assert.deepEqual(await chineseLeft(t.b), []);
      await t.b.eval('localStorage.clear()');
    }
  });
});
