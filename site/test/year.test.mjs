// The year's ledger as people keep it, in three engines.
import './json.mjs';
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorAt, field, pays, says } from './page.mjs';
import { eachEngine, nothingLeft, witnessed } from './spec.mjs';
import { bill, choose, fresh, looks, reads, set, started, textOf } from './views.mjs';

const { newMember, toFile, toLink } = await import('../src/app/ledger.mjs');

// Beijing, employee, retired, tertiary, 30,000 with 2,000 self-funded and 1,000 paid first. First stay: 91 % of (27,000 − 1,300)
// = 23,387.00 by the fund, 6,613.00 remain; second: 91 % of (27,000 − 650) = 23,978.50, 6,021.50 remain (decree 158, articles 36 and 37).
const FIRST = '6,613.00', BOTH = '12,634.50';
const OUT = fileURLToPath(new URL('./out', import.meta.url));

// The arithmetic of the ledger is the same everywhere; what engines do differently is typing, touch, links, storage, files and looks.
eachEngine('Year', { timeout: 240_000 }, (t) => {
  const once = (/** @type {string} */ name, /** @type {() => Promise<void>} */ body) => { if (t.engine === 'chromium') test(name, body); };
  const open = () => fresh(t, 'year/');
  /** @param {string} date @param {Record<string, string>} [parts] */
  const fill = async (date, parts = { total: '30000', self_funded: '2000', over_limit: '0', paid_first: '1000' }) => {
    await set(t.b, field('date'), date);
    await bill(t.b, parts);
  };
  const add = async () => { await t.b.click('#add'); await reads(t.b, '#added', /好了/); };
  const stay = async (/** @type {string} */ date) => { await fill(date); await add(); };
  const open1 = async (/** @type {number} */ n) => {
    const line = `.visit:nth-of-type(1) > .line`;
    await t.b.eval((/** @type {number} */ i) => { const d = /** @type {HTMLDetailsElement} */ (document.querySelectorAll('.visit > .line')[i]); d.open = true; d.parentElement?.setAttribute('data-test', ''); }, n);
    return line;
  };
  const act = (/** @type {number} */ n, /** @type {string} */ what) => t.b.eval((/** @type {number} */ i, /** @type {string} */ a) => /** @type {HTMLElement} */ (document.querySelectorAll('.visit')[i].querySelector(`[data-act="${a}"]`)).click(), n, what);
  const days = () => t.b.eval(() => [...document.querySelectorAll('.visit-what')].map((e) => /** @type {HTMLElement} */ (e).innerText.trim()));

  before(open, { timeout: 45_000 });

  test('begins empty, says how to begin, shows an example on request', async () => {
    await open();
    assert.match(await textOf(t.b, '#empty'), /还是空的/);
    assert.equal(await textOf(t.b, '#book'), '');
    await t.b.click('#example');
    await reads(t.b, '#book .stamp', '示例');
    assert.match(await textOf(t.b, '#book .case-line'), /13\s笔/);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('two stays: each sees what the one before has used up; entered by keyboard', async () => {
    await open();
    await fill('2026-03-20');
    await reads(t.b, '#preview', FIRST);
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).focus(), field('bill.total'));
    await t.b.press('Enter');
    await pays(t.b, FIRST);
    assert.equal(await t.b.eval('document.activeElement.id'), 'i-date', 'the next visit can be typed at once');
    assert.equal(await t.b.eval((/** @type {string} */ s) => /** @type {HTMLInputElement} */ (document.querySelector(s)).value, field('bill.total')), '');
    await fill('2026-09-01');
    await reads(t.b, '#preview', '6,021.50');
    await add();
    await pays(t.b, BOTH);
    assert.match(await textOf(t.b, '.items.next'), /第 3 次，起付线 650\.00/);
    // 23,387.00 + 23,978.50 = 47,365.50 of the 100,000 that the pooled fund pays in a year.
    assert.match(await textOf(t.b, '.items.gauges'), /住院统筹封顶线 还剩 52,634\.50 元 一共 100,000\.00 元，已经 47,365\.50 元/);
    // Borne within the catalogue: 1,300 + 2,313 + 1,000, then 650 + 2,371.50 + 1,000: 8,634.50.
    assert.match(await textOf(t.b, '.items.tax'), /8,634\.50.*还差 6,365\.50/);
  });

  once('the order of the days decides which stay is the first; a visit opens to its receipt', async () => {
    await open();
    await stay('2026-09-01');
    await fill('2026-03-20', { total: '60000', self_funded: '0', over_limit: '0', paid_first: '0' });
    await add();
    // Now the later one is the second: (30,000 − 1,300) at 91 %, 10,000 at 94 %, 20,000 at 97 % = 54,917 → 5,083.00 remain of the first.
    await pays(t.b, '11,104.50');
    assert.deepEqual(await days(), ['3月20日 住院', '9月1日 住院']);
    await open1(1);
    const text = await reads(t.b, '[data-test] .opened', '23,978.50');
    for (const part of ['650.00', '到这一笔为止，住院统筹']) assert.ok(text.includes(part), `${part} in ${text}`);
  });

  once('change, repeat, remove, undo', async () => {
    await open();
    await stay('2026-03-20');
    await act(0, 'edit');
    assert.match(await textOf(t.b, '#visit-title'), /改/);
    await t.b.type(field('bill.total'), '40000');
    // 91 % of 28,700 and 94 % of 7,000 by the fund: 7,303.00 remain.
    await t.b.click('#add');
    await pays(t.b, '7,303.00');
    await act(0, 'again');
    await set(t.b, field('date'), '2026-10-01');
    await add();
    assert.deepEqual(await days(), ['3月20日 住院', '10月1日 住院']);
    const both = await textOf(t.b, '#you');
    await act(1, 'remove');
    await pays(t.b, '7,303.00');
    assert.match(await textOf(t.b, '#undo'), /删掉了一笔/);
    await t.b.click('#undo button');
    await reads(t.b, '#you', both);
  });

  test('dialysis three times a week for twelve weeks, by touch', async () => {
    await open();
    await choose(t.b, 'visit.kind', 'outpatient');
    await t.b.until('!document.getElementById("f-person.age").hidden', { what: 'the age to be asked' });
    await t.b.type(field('person.age'), '68');
    await t.b.type('#i-label', '透析');
    await fill('2026-01-05', { total: '500', self_funded: '0', over_limit: '0', paid_first: '0' });
    await choose(t.b, 'repeat.every', 'w3');
    await reads(t.b, '#repeat-sum', /36 次，最后一次是3月27日/);
    await t.b.tap('#add');
    // In scope 18,000: 1,300 below the deductible of the year, 85 % of 16,700 = 14,195.00 by the fund.
    await pays(t.b, '3,805.00');
    assert.match(await textOf(t.b, '#months'), /2026年1月 12\s笔/);
    await t.b.eval(() => { for (const m of document.querySelectorAll('.month')) /** @type {HTMLDetailsElement} */ (m).open = true; });
    await t.b.until('document.querySelectorAll(".visit").length === 36', { what: 'all visits' });
    assert.match(await t.b.eval('document.querySelectorAll(".visit")[2].innerText'), /170\.00/, 'the third crosses the deductible: 85 % of 200');
    await act(5, 'one');
    await pays(t.b, '3,730.00');
    assert.equal(await t.b.eval('document.querySelectorAll(".visit").length'), 35);
    await t.b.click('#undo button');
    await pays(t.b, '3,805.00');
    await t.b.eval('document.querySelectorAll(".month")[0].open = true');
    await t.b.until('document.querySelectorAll(".visit").length > 0');
    await act(0, 'remove');
    await reads(t.b, '#empty', /还是空的/);
    await t.b.click('#undo button');
    await pays(t.b, '3,805.00');
  });

  once('over the turn of the year the lines begin anew', async () => {
    await open();
    await stay('2025-12-20');
    await stay('2026-01-15');
    await pays(t.b, FIRST);
    assert.match(await textOf(t.b, '#you'), /6,613/);
    await reads(t.b, '.you-label', /2026/);
    await choose(t.b, 'view-year', '2025');
    await reads(t.b, '.you-label', '2025');
    await pays(t.b, FIRST);
    assert.deepEqual(await days(), ['12月20日 住院']);
  });

  once('carries on from the last receipt of before', async () => {
    await open();
    await t.b.until('!document.getElementById("part-year").hidden', { what: 'the question where to start' });
    await t.b.eval('document.getElementById("year-details").open = true');
    await t.b.type('#i-admissions', '1');
    await stay('2026-09-01');
    await pays(t.b, '6,021.50');
    // 76,613 of the 100,000 of the pooled fund are used up: it pays 23,387.00 of the 23,978.50, large-amount aid takes over.
    await t.b.type(field('year.inpatient.paid'), '76613');
    await reads(t.b, '.items.gauges', /住院统筹封顶线 还剩 0\.00|大额/);
    await t.b.eval('document.querySelectorAll(".visit > .line")[0].open = true');
    await reads(t.b, '.visit .opened', '23,387.00');
    await t.b.type('#i-admissions', 'x');
    await t.b.press('Tab');
    await says(t.b, 'admissions', /整数/);
  });

  once('a family: ledgers of their own, one account for all', async () => {
    await open();
    await stay('2026-03-20');
    await t.b.eval('document.getElementById("year-details").open = true');
    await t.b.type(field('accounts.self'), '7000');
    // Of 6,613.00 the account pays what lies within the catalogue: 4,613.00.
    await reads(t.b, '#book .means', /账户 4,613\.00/);
    await t.b.eval('document.getElementById("family").open = true');
    await t.b.select('#i-relation', 'child');
    await t.b.click('#member-add');
    await reads(t.b, '#who-line', /居民医保/);
    await fill('2026-04-02', { total: '10000', self_funded: '0', over_limit: '0', paid_first: '0' });
    await add();
    await reads(t.b, '.family-sum', /全家自己付/);
    // The child takes the remaining 2,387.00.
    assert.match(await textOf(t.b, '#book .means'), /2,387\.00/);
    assert.match(await textOf(t.b, '.family-sum'), /还剩 0\.00 元/);
    await choose(t.b, 'member', '0');
    await pays(t.b, FIRST);
    await t.b.eval('document.getElementById("family").open = true');
    await t.b.type('#i-share', '100');
    await t.b.press('Tab');
    await reads(t.b, '.family-sum', /还剩 2,287\.00 元/);
    await t.b.click('#member-remove');
    await reads(t.b, '#who-line', /居民医保/);
    await t.b.click('#undo button');
    await pays(t.b, FIRST);
  });

  test('a reload keeps the ledger, the link carries it, a damaged one is refused', async () => {
    await open();
    await stay('2026-03-20');
    await stay('2026-09-01');
    await pays(t.b, BOTH);
    await t.b.until('location.hash.startsWith("#y=1.")', { what: 'the ledger in the address' });
    await t.b.reload();
    await started(t.b);
    await pays(t.b, BOTH);
    assert.equal(await t.b.eval('JSON.stringify(Object.keys(localStorage))'), '[]', 'nothing is stored unasked');
    const hash = await t.b.eval('location.hash');
    await t.b.click('#other-language');
    await t.b.until('document.documentElement?.lang === "en"', { what: 'the English page' });
    await started(t.b);
    await pays(t.b, BOTH);
    await fresh(t, 'year/' + hash.slice(0, -4) + '%3');
    await reads(t.b, '#form-notice', /损坏/);
    assert.match(await textOf(t.b, '#empty'), /还是空的/);
  });

  test('is remembered only when asked, and forgotten when asked', async () => {
    await open();
    await stay('2026-03-20');
    await t.b.click('#remember');
    await t.b.until('localStorage.getItem("mingbai.year") !== null && location.hash === ""', { what: 'the ledger to be kept' });
    await fresh(t, 'year/');
    await pays(t.b, FIRST);
    await t.b.click('#remember');
    assert.equal(await t.b.eval('localStorage.getItem("mingbai.year")'), null);
    await t.b.until('location.hash.startsWith("#y=1.")', { what: 'the address' });
  });

  test('files and tables: opened, refused with a reason, undone', async () => {
    mkdirSync(OUT, { recursive: true });
    const file = (/** @type {string} */ name, /** @type {string} */ text) => { const path = `${OUT}/${t.engine}-${name}`; writeFileSync(path, text); return path; };
    await open();
    const member = { ...newMember(), case: new Map(Object.entries({ region: '110000', 'person.scheme': 'employee', 'person.status': 'retired' })) };
    const stayed = { 'visit.kind': 'inpatient', 'visit.level': 'tertiary', 'visit.place': 'local', 'bill.form': 'split', 'bill.total': '30000.00', 'bill.self_funded': '2000.00', 'bill.over_limit': '0.00', 'bill.paid_first': '1000.00' };
    member.entries = ['2026-03-20', '2026-09-01'].map((date, i) => ({ id: `x${i}`, label: '', repeat: null, case: new Map(Object.entries({ date, ...stayed })) }));
    await t.b.upload('#open', file('ledger.json', toFile([member])));
    await pays(t.b, BOTH);
    await t.b.upload('#open', file('bad.json', toFile([member]).replace('2026-09-01', '2026-99-01')));
    await reads(t.b, '#taken', /visits\[1\]\.date/);
    await pays(t.b, BOTH);
    await t.b.click('#clear');
    await reads(t.b, '#empty', /还是空的/);
    await t.b.upload('#open', file('table.csv', '日期,看病方式,医院级别,总费用,全自费（目录外）,先行自付（乙类先付）,超限价\n2026/9/1,住院,三级,"30,000.00",2000,1000,0\n2026-03-20,inpatient,tertiary,3万,2000,1000,0\n'));
    await reads(t.b, '#taken', /“出院或就诊日期”/);
    await t.b.upload('#open', file('table.csv', '出院或就诊日期,看病方式,医院级别,总费用,全自费（目录外）,先行自付（乙类先付）,超限价\n2026/9/1,住院,三级,"30,000.00",2000,1000,0\n2026-03-20,inpatient,tertiary,3万,2000,1000,0\n'));
    await pays(t.b, BOTH);
    await t.b.upload('#open', file('bad.csv', '出院或就诊日期,看病方式,总费用\n2026-09-01,住院,abc\n2026-09-02,住店,5\n'));
    await reads(t.b, '#taken', /第 2 行“总费用”：.*第 3 行“看病方式”/);
    await pays(t.b, BOTH);
  });

  once('errors stand at the field, and nothing is lost', async () => {
    await open();
    await t.b.click('#add');
    await reads(t.b, '[id="e-bill.total"]', /总费用/);
    assert.equal(await t.b.eval('document.activeElement.id'), 'i-bill.total');
    await fill('2026-03-20', { total: 'abc' });
    await t.b.click('#add');
    await says(t.b, 'bill.total', /12345/);
    await fill('2026-03-20', { total: '1000', self_funded: '5000' });
    await t.b.click('#add');
    await says(t.b, 'bill.self_funded', /1,000/);
    await t.b.type(field('bill.self_funded'), '0');
    await choose(t.b, 'repeat.every', 'days');
    await t.b.type(field('repeat.times'), '0');
    await t.b.click('#add');
    await says(t.b, 'repeat.times', /整数/);
    await t.b.type(field('repeat.times'), '2');
    await add();
    assert.equal(await errorAt(t.b, 'repeat.times'), '');
    assert.match(await textOf(t.b, '#months'), /2\s笔|1\s笔/);
  });

  once('a thousand visits stay instant', async () => {
    const member = { ...newMember(), case: new Map(Object.entries({ region: '110000', 'person.scheme': 'employee', 'person.status': 'retired', 'person.age': '68' })) };
    const visit = { 'visit.kind': 'outpatient', 'visit.level': 'tertiary', 'visit.place': 'local', 'bill.form': 'split', 'bill.total': '100.00', 'bill.self_funded': '0.00', 'bill.over_limit': '0.00', 'bill.paid_first': '0.00' };
    member.entries = [['2025-01-01', 365], ['2026-01-01', 365], ['2027-01-01', 269]].map(([date, times], i) => ({ id: `x${i}`, label: '', repeat: { every: 'd1', times: Number(times) }, case: new Map(Object.entries({ date: String(date), ...visit })) }));
    await fresh(t, 'year/#' + toLink([member]));
    // 26,900 of 2027: the first 1,300 are borne, 85 % of the next 18,700, 80 % of the last 6,900 by the fund.
    await pays(t.b, '5,485.00');
    await choose(t.b, 'visit.kind', 'inpatient');
    await fill('2027-12-01');
    await reads(t.b, '#preview', FIRST);
    const ms = await t.b.eval(`(async () => {
      const began = performance.now();
      const old = document.getElementById('you').textContent;
      document.getElementById('add').click();
      while (document.getElementById('you').textContent === old) await new Promise((r) => requestAnimationFrame(r));
      return performance.now() - began;
    })()`);
    await pays(t.b, '12,098.00');
    assert.ok(ms < 1500, `${Math.round(ms)} ms from the click to the sum of a thousand visits`);
    const worst = await t.b.eval(`(async () => {
      let worst = 0;
      const input = document.getElementById('i-bill.total');
      for (let i = 1; i <= 12; i++) {
        const began = performance.now();
        input.value = String(1000 * i);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        worst = Math.max(worst, performance.now() - began);
        await new Promise((r) => setTimeout(r, 30));
      }
      return worst;
    })()`);
    assert.ok(worst < 50, `a keystroke held the page for ${Math.round(worst)} ms`);
    assert.ok(await t.b.eval('document.querySelectorAll(".visit").length') < 60, 'only what is open is in the page');
  });

  test('nothing leaves', async () => {
    await open();
    await t.b.eval('new Promise((r) => setTimeout(r, 400))');
    const asked = t.s.log.length;
    await stay('2026-03-20');
    await t.b.eval('new Promise((r) => setTimeout(r, 600))');
    assert.deepEqual(t.s.log.slice(asked).map((e) => e.path).filter((p) => !/^sw\.js/.test(p)), []);
    nothingLeft(t);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('looks: widths, largest type, axe, languages', { timeout: 120_000 }, async () => {
    await looks(t, 'year', async (lang) => {
      await t.b.click('#example');
      await reads(t.b, '#book .stamp', lang === 'zh' ? '示例' : 'Example');
      await t.b.eval('document.querySelectorAll(".visit > .line")[2].open = true');
      await t.b.until('document.querySelectorAll(".visit .lines-group").length > 0', { what: 'a receipt' });
    });
  });
});
