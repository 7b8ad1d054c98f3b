// The figures behind an estimate: opened, doubted, corrected, given where they are unknown, taken back; in links.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { choose, field, pays, ready, you } from './page.mjs';
import { DIST, accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';
import { reads, smallTargets, textOf } from './views.mjs';

// The page's example: a Beijing pensioner's first stay in a tertiary hospital, 30000, of which 2000 self-funded and 1000 paid first.
// In scope 27000, deductible 1300; the own share of 15 % counts × 0.6 for pensioners, so the fund bears 91 % of 25700 = 23387.00.
const EXAMPLE = '6,613.00';
const CASE = 'c=1.r-110000~d-2026-11-01~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-split~t-30000.00~x-2000.00~o-0.00~i-1000.00';
const SHARE = 'fix.employee.inpatient.bands.table.0';
// A resident of Suzhou with a chronic disease: 90 % of 5000 are 4500, but what the yearly cap is nobody has found.
const SUZHOU = 'c=1.r-320500~d-2026-11-01~s-resident~p-adult~k-chronic~l-tertiary~w-local~b-split~t-5000.00~x-0.00~o-0.00~i-0.00~accept-draft';

eachEngine('Figures', { timeout: 300_000 }, (t) => {
  const go = async (/** @type {string} */ fragment = '', lang = '') => {
    await t.b.goto('about:blank');
    await t.b.goto(t.s.url + lang + (fragment && '#' + fragment));
    await ready(t.b);
  };
  const line = (/** @type {string} */ key) => `details.line[data-key="${key}"]`;
  /** Opens a line of the receipt, unless it is open. @param {string} key */
  const openLine = (key) => t.b.eval((/** @type {string} */ s) => { /** @type {HTMLDetailsElement} */ (document.querySelector(s)).open = true; }, line(key));
  const opened = () => t.b.until('document.getElementById("figures")?.open', { what: 'the figures' });
  const shut = () => t.b.until('!document.getElementById("figures")', { what: 'the figures to close' });
  /** The selector of a figure's own field, by what its label says. @param {RegExp} label */
  const ownField = async (label) => {
    const id = await t.b.eval((/** @type {string} */ source) => {
      const l = [...document.querySelectorAll('#figures label[for]')].find((x) => new RegExp(source).test(x.textContent ?? ''));
      const d = /** @type {HTMLDetailsElement | null} */ (l?.closest('details'));
      if (d) d.open = true;
      return l?.getAttribute('for') ?? '';
    }, label.source);
    assert.ok(id, `no figure is called ${label}: ${await textOf(t.b, '#figures')}`);
    return `[id="${id}"]`;
  };
  const apply = () => t.b.click('#figures [type=submit]');
  const fragment = async () => decodeURIComponent(new URL(await t.b.url()).hash.slice(1));
  const all = async () => { await t.b.click('#figures-all'); await opened(); };

  before(() => go(), { timeout: 45_000 });

  test('by keyboard: a step’s figure is doubted, corrected and marked everywhere', async () => {
    await go(CASE);
    assert.equal(await you(t.b), EXAMPLE);
    await openLine('hifp_pay');
    const doubt = `${line('hifp_pay')} .doubt button`;
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).focus(), doubt);
    await t.b.press('Enter');
    await opened();
    assert.equal(await t.b.eval('document.activeElement.id'), 'figures-title');
    // What the figure is and what it rests on: the value, the condition, the document, its days, its grade.
    const text = await textOf(t.b, '#figures');
    for (const part of ['85%', '三级', '北京市人民政府令第158号', '2022-07', '读过原文', '× 0.6']) assert.ok(text.includes(part), `${part} in ${text}`);
    const own = await ownField(/您的数（住院统筹支付比例/);
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).focus(), own);
    await t.b.type(own, '80');
    await t.b.press('Enter');
    await shut();
    // Own share 20 % × 0.6 = 12 %: the fund bears 88 % of 25700 = 22616.00, and 30000 − 22616 = 7384.00 remain.
    await pays(t.b, '7,384.00');
    assert.equal(await t.b.eval((/** @type {string} */ s) => document.activeElement === document.querySelector(s), doubt), true, 'the focus is back where it was');
    assert.match(await textOf(t.b, `${line('hifp_pay')} .own-figure`), /您更正的数/);
    assert.match(await textOf(t.b, '.sheet-head'), /按您更正的 1 个数算/);
    assert.match(await t.b.eval('document.querySelector(".rows caption").textContent'), /更正的 1 个数/);
    assert.match(await reads(t.b, '.fixes', /80%/), /住院统筹支付比例.*您的数 80%，原来 85%/);
    assert.match(await t.b.eval('document.getElementById("dock-label").textContent'), /更正/);
    await t.b.until('/更正/.test(document.getElementById("announce").textContent)', { what: 'the announcement' });
    await t.b.until((/** @type {string} */ part) => location.hash.includes(part), { what: 'the link', args: [`${SHARE}-0.8_0.85`] });
    assert.deepEqual((await witnessed(t.b)).errors, []);
  });

  test('errors stand at the field, nothing is lost, Escape leaves everything as it was', async () => {
    await go(CASE);
    await openLine('hifp_pay');
    await t.b.click(`${line('hifp_pay')} .doubt button`);
    await opened();
    const own = await ownField(/您的数（住院统筹支付比例/);
    for (const [typed, wanted] of /** @type {[string, RegExp][]} */ ([['abc', /百分比，例如 85/], ['0.85', /请填 85/], ['185', /最多 100%/], ['-5', /不能小于 0%/]])) {
      await t.b.type(own, typed);
      await apply();
      await t.b.until((/** @type {string} */ s, /** @type {string} */ w) => {
        const i = /** @type {HTMLInputElement} */ (document.querySelector(s)), e = document.getElementById('e-' + i.id);
        return i.getAttribute('aria-invalid') === 'true' && i.getAttribute('aria-describedby')?.includes('e-' + i.id) && !e?.hidden && new RegExp(w).test(e?.textContent ?? '') && document.activeElement === i;
      }, { what: `the error for ${typed}`, args: [own, wanted.source] });
      assert.equal(await t.b.eval((/** @type {string} */ s) => /** @type {HTMLInputElement} */ (document.querySelector(s)).value, own), typed, 'what was typed stays');
    }
    await t.b.press('Escape');
    await shut();
    assert.equal(await you(t.b), EXAMPLE);
    assert.equal(await textOf(t.b, '.fixes'), '');
  });

  test('deductible, cap, factor and the bound of a band, from all figures of the case', async () => {
    await go(CASE);
    await all();
    await t.b.type(await ownField(/您的数（住院统筹起付线/), '2,000');
    await apply();
    await shut();
    // 27000 − 2000 = 25000; 91 % = 22750.00; 7250.00 remain.
    await pays(t.b, '7,250.00');
    await all();
    await t.b.type(await ownField(/您的数（住院统筹调整：自己付的部分乘/), '0.5');
    await apply();
    // 25000 × (1 − 15 % × 0.5) = 23125.00; 6875.00 remain.
    await pays(t.b, '6,875.00');
    await t.b.click('#fix-reset');
    await pays(t.b, EXAMPLE);
    await all();
    await t.b.type(await ownField(/您的数（住院统筹封顶线/), '2万');
    await apply();
    // The cap bites at 20000 ÷ 91 % = 21978.0219…; of the other 3721.9780… the mutual aid pays 80 % = 2977.58 and
    // the pensioners' supplement 10 % = 372.20; 30000 − 20000 − 2977.58 − 372.20 = 6650.22.
    await pays(t.b, '6,650.22');
    await t.b.click('#fix-reset');
    await pays(t.b, EXAMPLE);
    await all();
    await t.b.type(await ownField(/这一档到多少元为止/), '20000');
    await apply();
    // Bounds count from zero: 18700 × 91 % = 17017 and 7000 × 94 % = 6580; 30000 − 23597 = 6403.00.
    await pays(t.b, '6,403.00');
    assert.match(await reads(t.b, '.fixes', /20,000/), /上限.*您的数 20,000 元，原来 30,000 元/);
    await t.b.click('#fix-reset');
    await pays(t.b, EXAMPLE);
    assert.equal(await textOf(t.b, '.fixes'), '');
    await t.b.until('!location.hash.includes("fix.")', { what: 'the link without corrections' });
  });

  test('one of two corrections is taken back, and both wait in their scheme and region', async () => {
    await go(`${CASE}~${SHARE}-0.8_0.85~fix.employee.inpatient.deductible.table.0-2000_1300.00`);
    // 25000 × 88 % = 22000.00; 8000.00 remain.
    await pays(t.b, '8,000.00');
    await reads(t.b, '.fixes', /起付线/);
    assert.match(await textOf(t.b, '.sheet-head'), /2 个数/);
    await t.b.click(`.fixes [data-fix="${SHARE}"]`);
    await pays(t.b, '7,250.00');
    // Residents' rules are others: the correction of an employee's figure says nothing there, and is there again afterwards.
    await choose(t.b, 'person.scheme', 'resident');
    await t.b.until('!document.querySelector(".sheet-head").textContent.includes("更正的")', { what: 'the residents’ case without corrections' });
    await choose(t.b, 'person.scheme', 'employee');
    await choose(t.b, 'person.status', 'retired');
    await pays(t.b, '7,250.00');
    // A further correction may also be taken back where it was made.
    await all();
    await ownField(/您的数（住院统筹起付线/);
    await t.b.click('#figures .fact button:not([hidden])');
    await apply();
    await pays(t.b, EXAMPLE);
  });

  test('a link restores corrections, old links open as before, damaged ones are refused whole', async () => {
    await go(`${CASE}~${SHARE}-0.8_0.85`);
    await pays(t.b, '7,384.00');
    await reads(t.b, '.fixes', /80%/);
    await go(CASE);
    assert.equal(await you(t.b), EXAMPLE);
    for (const bad of ['fix.x-1_1', `${SHARE}-0.8`, `${SHARE}-_0.85`, `${SHARE}-0.8_0.85_1`, `${SHARE}-1e9_0.85`, `${SHARE}-<b>_0.85`, `${SHARE}-unknown_0.85`, 'fix.__proto__.a.b-', 'fix..a.b-1_1', `${SHARE}-0.8_0.85~${SHARE}-0.7_0.85`, `fix.${'a.'.repeat(40)}b-1_1`, 'x'.repeat(7000)]) {
      await go(`${CASE}~${bad}`);
      assert.match(await textOf(t.b, '#form-notice'), /链接/, bad);
      assert.equal(await textOf(t.b, '.fixes'), '', bad);
    }
    // A figure out of bounds is refused by the engine, one that is not there too; both can be taken back.
    for (const gone of [`${SHARE}-7_0.85`, 'fix.employee.inpatient.bands.table.99-0.8_0.85']) {
      await t.b.goto('about:blank');
      await t.b.goto(t.s.url + '#' + `${CASE}~${gone}`);
      await t.b.until('!document.getElementById("problem").hidden', { ms: 15_000, what: `the refusal of ${gone}` });
      await t.b.click('#problem button');
      await pays(t.b, EXAMPLE);
    }
    // Made when the figure was another: the correction holds, and says that the rules have moved.
    await go(`${CASE}~${SHARE}-0.8_0.9`);
    await reads(t.b, '.fixes', /原来的数是 90%，规则后来变了/);
    await pays(t.b, '7,384.00');
    assert.deepEqual((await witnessed(t.b)).errors, []);
  });

  test('a rule that is not known but changes nothing here is not made the reason of a range', async () => {
    // What is self-funded is not known, 0 to 5000: 0.85 × (5000 − 1300) = 3145.00 remains the most that the fund pays.
    // How Beijing's critical illness, a draft, pays further on is not known either, but nothing reaches its threshold.
    await go(CASE.replace('p-retired', 'p-active').replace('t-30000.00~x-2000.00~o-0.00~i-1000.00', 't-5000.00~x-unknown~o-0.00~i-0.00') + '~accept-draft');
    await reads(t.b, '#you', '5,000');
    assert.doesNotMatch(await textOf(t.b, '#you'), /–/);
    assert.match(await textOf(t.b, '#sheet'), /1,855\.00.*5,000\.00/);
    assert.doesNotMatch(await textOf(t.b, '#sheet'), /规定还没有查到|相差 0\.00/);
  });

  test('where a rule is not known the range leads, and a figure that somebody knows ends it', async () => {
    await go(SUZHOU);
    assert.equal((await textOf(t.b, '#you')).replaceAll(' ', ''), '¥500.00–5,000.00元');
    assert.match(await textOf(t.b, '.range'), /还没有查到/);
    assert.match(await textOf(t.b, '.fund'), /0\.00 到 4,500\.00/);
    assert.match(await t.b.eval('document.querySelector(".rows caption").textContent'), /付得最多/);
    assert.match(await t.b.eval('document.getElementById("dock-amount").textContent'), /500\.00–5,000\.00/);
    await t.b.until('/500\\.00 到 5,000\\.00/.test(document.getElementById("announce").textContent)', { what: 'the announced range' });
    await t.b.click('.unknowns button[data-rules]');
    await opened();
    await t.b.type(await ownField(/封顶线/), '3000');
    await apply();
    // The fund pays 3000 of the 4500 at most: 2000.00 remain.
    await pays(t.b, '2,000.00');
    assert.equal(await textOf(t.b, '.range'), '');
    await reads(t.b, '.fixes', /原来 没有查到/);
    // And where there is no such limit: 500.00.
    await t.b.click('.fixes [data-rules]');
    await opened();
    await t.b.click('#figures .check');
    await apply();
    await pays(t.b, '500.00');
    await reads(t.b, '.fixes', /您的数 不设限/);
  });

  test('in both languages, in every size, nothing sticks out and axe finds nothing', async () => {
    for (const lang of ['', 'en/']) {
      await go(`${CASE}~${SHARE}-0.8_0.85`, lang);
      await reads(t.b, '.fixes', /80%/);
      await t.b.eval('document.querySelectorAll("#sheet details").forEach((d) => { d.open = true; })');
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `${lang} sheet at ${width}`); }
      await t.b.resize(375);
      if (!lang || t.engine === 'chromium') await accessible(t.b, `${lang} sheet with corrections`);
      await shot(t.b, 'figures-sheet', lang ? 'en' : 'zh', 'light', 375);
      await all();
      await t.b.eval('document.querySelectorAll("#figures details").forEach((d) => { d.open = true; })');
      for (const width of [320, 375, 1280]) {
        await t.b.resize(width);
        const out = await t.b.eval('(() => { const d = document.getElementById("figures"); return d.scrollWidth - d.clientWidth; })()');
        assert.ok(out <= 0, `${lang} at ${width}: ${out} px too wide`);
      }
      assert.deepEqual(await smallTargets(t.b), []);
      await t.b.resize(375);
      if (!lang || t.engine === 'chromium') await accessible(t.b, `${lang} figures`);
      await shot(t.b, 'figures', lang ? 'en' : 'zh', 'light', 375);
      if (lang) assert.doesNotMatch(await t.b.eval('[...document.querySelectorAll("#figures label, #figures button, #figures .why, #figures .hint")].map((e) => e.textContent).join(" ")'), /undefined|fix\.|unit\./);
    }
    await t.b.press('Escape');
    await shut();
    nothingLeft(t);
  });

  test('where the part cannot be fetched the page says so, and fetches it later', async () => {
    const part = readdirSync(join(DIST, 'assets')).find((f) => f.endsWith('.js') && readFileSync(join(DIST, 'assets', f), 'utf8').includes('figures-dialog'));
    assert.ok(part);
    t.s.options.missing = [new RegExp(part.replaceAll('.', '\\.'))];
    await t.reopen();
    await go(CASE);
    await t.b.click('#figures-all');
    await reads(t.b, '#problem', /没有下载下来/);
    assert.equal(await you(t.b), EXAMPLE);
    t.s.options.missing = [];
    // Some engines remember that a module could not be fetched: opening the page anew is what the reader does then.
    await go(`${CASE}~${SHARE}-0.8_0.85`);
    await reads(t.b, '.fixes', /80%/);
    await t.b.type(field('bill.total'), '40000');
    // 28700 × 88 % = 25256 and 7000 × 94 % = 6580: 40000 − 31836 = 8164.00.
    await pays(t.b, '8,164.00');
  });
});
