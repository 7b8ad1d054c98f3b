// The regions' pages and their index, the pages about the site, in three engines.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { policyAnchor, policyLink } from '../src/app/policylink.mjs';
import { DIST, accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';

const REGION = '320100'; // the page with most figures
const answer = JSON.parse(readFileSync(`${DIST}/policies/${REGION}/${REGION}.json`, 'utf8'));

/** All figures' ids, wherever they stand in the answer. @param {any} x @returns {string[]} */
const rules = (x) => (x && typeof x === 'object' ? [...(typeof x.id === 'string' && Array.isArray(x.sources) ? [x.id] : []), ...Object.values(x).flatMap(rules)] : []);

eachEngine('Policies', { timeout: 300_000 }, (t) => {
  const go = (/** @type {string} */ path) => t.b.goto(t.s.url + path);
  const clean = async () => assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  /** The regions that the index shows. @returns {Promise<string[]>} */
  const listed = () => t.b.eval(() => [...document.querySelectorAll('#region-list li')].filter((e) => !(/** @type {HTMLElement} */ (e).hidden)).map((e) => e.querySelector('a')?.textContent));
  const mapped = () => t.b.eval(() => [...document.querySelectorAll('#map tbody')].filter((e) => !(/** @type {HTMLElement} */ (e).hidden)).map((e) => e.querySelector('a')?.textContent));

  test('the index finds regions by name, pinyin and initials', async () => {
    await go('policies/');
    const all = (await listed()).length;
    assert.ok(all > 70, `${all} regions`);
    for (const [text, wanted] of [['南京', '南京市'], ['nanjing', '南京市'], ['Nan Jing', '南京市'], ['sjz', '石家庄市'], ['ＮＡＮＪＩＮＧ', '南京市'], ['Urumqi', '乌鲁木齐市']]) {
      await t.b.type('#seek', text);
      await t.b.until((/** @type {number} */ n) => document.querySelectorAll('#region-list li:not([hidden])').length < n, { what: `fewer regions for ${text}`, args: [all] });
      assert.equal((await listed())[0], wanted, text);
      assert.deepEqual(await mapped(), await listed(), 'the table shows the same regions');
      assert.match(await t.b.eval('document.getElementById("found").textContent'), /找到 \d+ 个地区/);
    }
    await t.b.type('#seek', 'xyzzy');
    await t.b.until('document.querySelectorAll("#region-list li:not([hidden])").length === 0', { what: 'no region' });
    assert.match(await t.b.eval('document.getElementById("found").textContent'), /不借用别处/);
    await t.b.click('#finder-all');
    await t.b.until((/** @type {number} */ n) => document.querySelectorAll('#region-list li:not([hidden])').length === n, { what: 'all regions again', args: [all] });
    assert.equal(await t.b.eval('document.getElementById("found").textContent'), '');
    await clean();
  });

  test('it narrows by province, benefit, state and grade; what it leaves is so', async () => {
    await go('en/policies/');
    await t.b.click('#finder summary');
    await t.b.select('#by-province', 'Jiangsu');
    assert.ok((await listed()).includes('Nanjing') && !(await listed()).includes('Beijing'));
    await t.b.select('#by-province', '');
    await t.b.select('#by-scheme', 'employee');
    await t.b.select('#by-benefit', 'inpatient');
    await t.b.select('#by-status', 'draft');
    const drafts = await mapped();
    assert.ok(drafts.length > 5 && drafts.length < 82, `${drafts.length} drafts`);
    assert.equal(await t.b.eval('document.getElementById("map-box").open'), true, 'the table opens when somebody asks for a part of it');
    const wrong = await t.b.eval(() => [...document.querySelectorAll('#map tbody')].filter((e) => !(/** @type {HTMLElement} */ (e).hidden)
      && !e.querySelector('tr[data-s="employee"] td.draft[data-b="inpatient"]')).length);
    assert.equal(wrong, 0);
    await t.b.select('#by-status', 'complete');
    await t.b.select('#by-grade', 'A');
    assert.equal(await t.b.eval(() => [...document.querySelectorAll('#map tbody')].filter((e) => !(/** @type {HTMLElement} */ (e).hidden)
      && !e.querySelector('tr[data-s="employee"] td.complete[data-b="inpatient"][data-g="A"]')).length), 0);
    await clean();
  });

  test('Enter opens the region that is left', async () => {
    await go('policies/');
    await t.b.type('#seek', 'nanjing');
    await t.b.until('document.querySelectorAll("#region-list li:not([hidden])").length === 1', { what: 'one region' });
    await t.b.press('Enter');
    const end = Date.now() + 15_000;
    while (!(await t.b.url()).endsWith(`/policies/${REGION}/`)) {
      assert.ok(Date.now() < end, `at ${await t.b.url()}`);
      await sleep(50);
    }
  });

  test('without scripts everything can be read', async () => {
    t.s.options.missing = [/\.js$/];
    await t.reopen();
    await go('policies/');
    assert.equal(await t.b.eval('getComputedStyle(document.getElementById("finder")).display'), 'none', 'no field that does nothing');
    assert.equal(await t.b.eval('document.getElementById("map-box").open'), true, 'the whole table');
    assert.ok((await listed()).length > 70);
    await go(`policies/${REGION}/`);
    assert.ok(await t.b.eval('document.querySelectorAll(".figure .val").length') > 150);
    t.s.options.missing = [];
    await t.reopen();
  });

  test('every figure of the answer has its place, where a link leads', async () => {
    await go(policyLink(REGION));
    const ids = [...new Set(rules(answer.policy))].map(policyAnchor);
    assert.ok(ids.length > 200, `${ids.length} figures`);
    const lost = await t.b.eval((/** @type {string[]} */ list) => list.filter((id) => !document.getElementById(id)), ids);
    assert.deepEqual(lost, []);
    const rule = 'employee.inpatient.deductible.table[1]';
    await go(policyLink(REGION, rule));
    const seen = await t.b.until((/** @type {string} */ id) => { const r = document.getElementById(id)?.getBoundingClientRect(); return r && r.top >= 0 && r.bottom <= innerHeight; }, { what: 'the figure in view', args: [policyAnchor(rule)] });
    assert.equal(seen, true);
    const link = await t.b.until('document.getElementById("other-language").href', { what: 'the other language' });
    assert.ok(link.endsWith(`en/policies/${REGION}/#${policyAnchor(rule)}`), `${link} keeps the place`);
    await clean();
  });

  test('the Estimate opens with the region and the scheme', async () => {
    await go(`policies/${REGION}/`);
    await t.b.click('#resident .chapter-lead a');
    await t.b.until('document.getElementById("i-region")?.value === "南京市"', { what: 'Nanjing in the Estimate' });
    assert.equal(await t.b.eval('document.querySelector("input[name=\\"person.scheme\\"]:checked")?.value'), 'resident');
    await clean();
  });

  test('large type works here too, and is remembered', async () => {
    await go(`policies/${REGION}/`);
    await t.b.click('#elder');
    assert.equal(await t.b.eval('document.documentElement.dataset.type'), '22');
    await go('about/');
    assert.equal(await t.b.eval('document.documentElement.dataset.type'), '22');
    await t.b.click('#elder');
    assert.equal(await t.b.eval('document.documentElement.dataset.type ?? ""'), '');
  });

  test('nothing sticks out at 320, 375 and 1280 pixels, nor in the largest type', async () => {
    for (const path of ['policies/', 'en/policies/', `policies/${REGION}/`, `en/policies/${REGION}/`, 'en/policies/440300/', 'about/', 'en/about/method/', 'en/about/accessibility/']) {
      await t.b.resize(375);
      await go(path);
      await t.b.eval(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
      for (const width of [320, 375, 1280]) {
        await t.b.resize(width);
        await fits(t.b, `${path} at ${width}`);
      }
      await t.b.resize(320);
      await t.b.eval('document.documentElement.dataset.type = "30"');
      await fits(t.b, `${path} at 320 in the largest type`);
    }
    await t.b.resize(390);
  });

  test('targets are large enough to be hit', async () => {
    for (const path of ['policies/', 'about/', `policies/${REGION}/`]) {
      await go(path);
      await t.b.eval(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
      const small = await t.b.eval(() => [...document.querySelectorAll('button, select, input, summary, a.tool, a.action, .views a')]
        .filter((e) => /** @type {HTMLElement} */ (e).offsetParent && !e.closest('.sr, .skip'))
        .map((e) => { const r = e.getBoundingClientRect(); return { what: `${e.tagName}#${e.id}.${e.className}`, w: r.width, h: r.height }; })
        .filter((r) => r.h < 43.5 || r.w < 43.5).map((r) => `${r.what} ${Math.round(r.w)}×${Math.round(r.h)}`));
      assert.deepEqual(small, [], path);
      // Links in lines of text need not be as large, but 24 pixels keep them apart.
      const near = await t.b.eval(() => [...document.querySelectorAll('.contents a, .province a, .refs a')].filter((e) => e.getBoundingClientRect().height < 23.5).map((e) => e.outerHTML.slice(0, 80)).slice(0, 5));
      assert.deepEqual(near, [], path);
    }
  });

  test('axe finds nothing, in either language, light and dark', async () => {
    // The colours come from one style sheet: one engine looks at all of them, the others at a few.
    const all = t.b.name === 'chromium';
    const open = () => t.b.eval(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
    for (const scheme of /** @type {const} */ (['light', 'dark'])) {
      await t.b.media({ scheme });
      for (const [view, path] of [['policies', 'policies/'], ['policy', 'policies/310000/'], ['method', 'about/method/']]) {
        for (const lang of /** @type {const} */ (['zh', 'en'])) {
          await t.b.resize(375);
          await go((lang === 'en' ? 'en/' : '') + path);
          if (all || (lang === 'zh' && scheme === 'light')) await accessible(t.b, `${view} ${lang} ${scheme} 375`);
          await shot(t.b, view, lang, scheme, 375);
          if (view === 'method') continue;
          await t.b.resize(1280);
          await shot(t.b, view, lang, scheme, 1280);
        }
      }
    }
    // The whole table is slow to look at: once as blocks in the dark, once as a table in the light.
    if (all) {
      await t.b.resize(375);
      await go('policies/');
      await open();
      await accessible(t.b, 'the table as blocks');
    }
    await t.b.media({ scheme: 'light' });
    await t.b.resize(1280);
    await go('en/policies/');
    if (all) await accessible(t.b, 'the table');
    await t.b.resize(375);
    for (const path of ['about/', 'about/accessibility/', 'en/about/']) {
      await go(path);
      await accessible(t.b, path);
    }
    await t.b.resize(390);
  });

  test('prints', async () => {
    if (!t.b.can.pdf) return;
    const folder = fileURLToPath(new URL('./out/shots/', import.meta.url));
    mkdirSync(folder, { recursive: true });
    for (const [name, path] of [['policy', 'policies/110000/'], ['policies', 'policies/']]) {
      await go(path);
      const file = `${folder}${t.b.name}-${name}-zh.pdf`;
      await t.b.pdf(file);
      assert.ok(statSync(file).size > 30_000 && readFileSync(file).subarray(0, 5).toString() === '%PDF-', `${file} is a document`);
    }
  });

  test('nothing leaves', async () => {
    for (const path of ['policies/', `en/policies/${REGION}/`, 'about/']) {
      await go(path);
      await clean();
    }
    nothingLeft(t);
  });
});
