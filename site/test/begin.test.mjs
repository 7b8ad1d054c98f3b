// Where a visitor begins: examples to start from, the place of insurance remembered, what to do next.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { choose, field, pays, ready, you } from './page.mjs';
import { DIST, accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';
import { reads, smallTargets, textOf } from './views.mjs';

// By hand, with the arithmetic in site/build/examples_test.go, where each is settled too.
const SUMS = { 膝关节手术: '12,816.00', 透析一个月: '687.20', 生孩子: '1,383.00', 孩子得肺炎: '2,260.00', 在外省中风: '16,593.60' };

eachEngine('Begin', { timeout: 240_000 }, (t) => {
  const go = async (fragment = '', lang = '') => {
    await t.b.goto('about:blank');
    await t.b.goto(t.s.url + lang + (fragment && '#' + fragment));
    await ready(t.b);
  };
  const tap = (/** @type {string} */ name) => t.b.eval((/** @type {string} */ n) => {
    document.querySelector('[data-target]')?.removeAttribute('data-target');
    [...document.querySelectorAll('.examples a')].find((a) => a.textContent === n)?.setAttribute('data-target', '');
  }, name).then(() => t.b.click('[data-target]'));

  before(() => go(), { timeout: 45_000 });

  test('one tap fills the form with an example, and the result says that it is one', async () => {
    await go();
    for (const [name, sum] of Object.entries(SUMS)) {
      await tap(name);
      await pays(t.b, sum);
      assert.match(await textOf(t.b, '.sheet-head'), /示例.*金额是编的/, name);
      assert.equal(await textOf(t.b, '#problem'), '');
    }
    assert.equal(await t.b.eval('document.querySelector("#i-region").value'), '昆明市');
    assert.equal(await t.b.eval('document.querySelector("[id=\\"i-bill.total\\"]").value'), '68000');
    // Opened from its link it is the example still; with a bill of one's own it is not.
    const hash = new URL(await t.b.url()).hash;
    await go(decodeURIComponent(hash.slice(1)));
    await pays(t.b, SUMS.在外省中风);
    assert.match(await textOf(t.b, '.sheet-head'), /示例/);
    await t.b.type(field('bill.total'), '69000');
    // Another 1000 in scope, of which 89 % are paid: 16593.60 + 110.00.
    await pays(t.b, '16,703.60');
    assert.doesNotMatch(await textOf(t.b, '.sheet-head'), /示例/);
    assert.deepEqual((await witnessed(t.b)).errors, []);
  });

  test('next steps belong to the case, each with its document, day and grade', async () => {
    await go();
    assert.equal(await textOf(t.b, '.next'), '', 'the page’s own example tells nobody what to do');
    await tap('在外省中风');
    await pays(t.b, SUMS.在外省中风);
    const text = await reads(t.b, '.next', /急诊抢救就算已经备案/);
    for (const part of ['医保发〔2022〕22号（2023-01-01） A', '收费票据', 'B 两处一致', '家庭共济', '12393']) assert.ok(text.includes(part), `${part} in ${text}`);
    assert.doesNotMatch(text, /还没备案|6 个月，期间/);
    await choose(t.b, 'visit.filing', 'unfiled');
    await reads(t.b, '.next', /还没备案/);
    assert.doesNotMatch(await textOf(t.b, '.next'), /就算已经备案/);
    await choose(t.b, 'visit.place', 'local');
    await t.b.until('!/备案/.test(document.querySelector(".next").textContent)', { what: 'no filing at home' });
    assert.match(await textOf(t.b, '.next'), /家庭共济/);
  });

  test('what comes late to an older result never takes the place of a newer one', async () => {
    const name = readdirSync(`${DIST}/assets`).find((file) => file.endsWith('.js') && readFileSync(`${DIST}/assets/${file}`, 'utf8').includes('医保发〔2022〕22号'));
    /** @type {(() => void)[]} */ const held = [];
    t.s.options.routes = { [`/assets/${name}`]: (_, r) => { held.push(() => { r.writeHead(200, { 'Content-Type': 'text/javascript' }); r.end(readFileSync(`${DIST}/assets/${name}`)); }); } };
    await t.reopen();
    await go();
    // In scope 7000 and 37000 of a pensioner in Beijing: (7000 − 1300) × 9 %, 28700 × 9 % + 7000 × 6 %; with the 1300, 1000 and 2000.
    await t.b.type(field('bill.total'), '10000');
    await pays(t.b, '4,813.00');
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, '7,303.00');
    assert.ok(held.length > 0, 'the part was asked for');
    for (const send of held) send();
    await t.b.until('document.querySelectorAll("[data-list=Next] > *").length > 0', { what: 'what to do next' });
    assert.equal(await you(t.b), '7,303.00');
  });

  test('the place of insurance is remembered only if asked, and forgotten again', async () => {
    await t.reopen();
    await go();
    const kept = () => t.b.eval('localStorage.getItem("mingbai.region")');
    await t.b.type('#i-region', '苏州');
    await t.b.press('Enter');
    await t.b.until('location.hash.includes("320500")', { what: 'the region' });
    assert.equal(await kept(), null, 'nothing is stored unasked');
    await t.b.click('#keep-region');
    assert.equal(await kept(), '320500');
    await go();
    assert.equal(await t.b.eval('document.querySelector("#i-region").value'), '苏州市');
    assert.equal(await t.b.eval('document.querySelector("#keep-region").checked'), true);
    assert.match(await reads(t.b, '.case-line', /苏州市/), /苏州市/);
    // A link's own region goes before it.
    await go('c=1.r-110000~d-2026-11-01~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-split~t-30000.00~x-2000.00~o-0.00~i-1000.00');
    assert.equal(await you(t.b), '6,613.00');
    assert.equal(await kept(), '320500');
    await t.b.click('#keep-region');
    assert.equal(await kept(), null);
    await t.b.eval('localStorage.setItem("mingbai.region", "999999")');
    await go();
    assert.equal(await you(t.b), '6,613.00', 'a region that is not here any more is the page’s own');
    await t.b.eval('localStorage.clear()');
    nothingLeft(t);
  });

  test('nothing sticks out, targets are large enough, axe finds nothing', async () => {
    for (const lang of ['', 'en/']) {
      await go('', lang);
      await t.b.eval('document.querySelector(".examples li:last-child a").click()');
      await pays(t.b, SUMS.在外省中风);
      await reads(t.b, '.next', /22/);
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `${lang} at ${width}`); }
      await t.b.resize(375);
      assert.deepEqual(await smallTargets(t.b), []);
      if (!lang || t.engine === 'chromium') await accessible(t.b, `${lang} an example`);
      await shot(t.b, 'example', lang ? 'en' : 'zh', 'light', 375);
    }
  });
});
