// A real receipt checked against the rules, in three engines.
import './json.mjs';
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { errorAt, field, says } from './page.mjs';
import { eachEngine, nothingLeft, witnessed } from './spec.mjs';
import { bill, choose, fresh, looks, reads, set, started, textOf } from './views.mjs';

const { contradictions, fromLink, toLink, toReceipt } = await import('../src/app/receiptcase.mjs');

// Beijing, employee, retired, tertiary, 30,000 with 2,000 self-funded and 1,000 paid first (decree 158, articles 36 and 37):
// first stay    91 % of (27,000 − 1,300) = 23,387.00 by the fund, 6,613.00 remain;
// second stay   91 % of (27,000 − 650)   = 23,978.50, 6,021.50 remain;
// in work       85 % of (27,000 − 1,300) = 21,845.00, 8,155.00 remain.
const BILL = { total: '30000', self_funded: '2000', over_limit: '0', paid_first: '1000' };
const FIRST = { hifp_pay: '23387', psn_part_amt: '6613' };

test('what a receipt says against itself', () => {
  /** @param {Record<string, string>} parts @param {Record<string, string>} lines @param {string} [form] */
  const of = (parts, lines, form = 'split') => contradictions(new Map([['bill.form', form], ...Object.entries(parts).map(([k, v]) => /** @type {[string, string]} */ ([`bill.${k}`, v]))]), new Map(Object.entries(lines)));
  assert.deepEqual(of({ total: '30000.00' }, { hifp_pay: '23387.00', psn_part_amt: '6613.00' }), []);
  // 2,000 + 0 + 1,000 + 27,100 = 30,100
  assert.deepEqual(of({ total: '30000.00', self_funded: '2000.00', over_limit: '0.00', paid_first: '1000.00' }, { inscp_scp_amt: '27100.00' }), [{ at: 'bill.total', code: 'most', amount: '30100.00' }]);
  assert.deepEqual(of({ total: '30000.00', self_funded: '2000.00', over_limit: '0.00', paid_first: '1000.00' }, { inscp_scp_amt: '26000.00' }), [{ at: 'bill.total', code: 'sum', amount: '29000.00' }]);
  // A part that is not said may be anything.
  assert.deepEqual(of({ total: '30000.00', self_funded: '2000.00' }, { inscp_scp_amt: '26000.00' }), []);
  assert.deepEqual(of({}, { self_pay: '4613.00', self_funded: '2000.00', psn_part_amt: '6631.00' }), [{ at: 'psn_part_amt', code: 'sum', amount: '6613.00' }]);
  assert.deepEqual(of({}, { psn_cash_pay: '7000.00', psn_part_amt: '6613.00' }), [{ at: 'psn_part_amt', code: 'most', amount: '7000.00' }]);
  // 23,387 + 100 by the funds, 6,613 by the person: 100 too many, or too few where the fund's figure is smaller.
  assert.deepEqual(of({ total: '30000.00' }, { hifp_pay: '23387.00', others: '100.00', psn_part_amt: '6613.00' }), [{ at: 'bill.total', code: 'most', amount: '30100.00' }]);
  assert.deepEqual(of({ total: '30000.00' }, { hifp_pay: '23387.00', psn_part_amt: '6631.00' }), [{ at: 'bill.total', code: 'most', amount: '30018.00' }]);
  assert.deepEqual(of({ total: '30000.00' }, { hifp_pay: '23287.00', psn_part_amt: '6613.00' }), [], 'another fund may have paid the rest');
  assert.deepEqual(of({ total: '30000.00' }, { fund_pay_sumamt: '23287.00', psn_part_amt: '6613.00' }), [{ at: 'psn_part_amt', code: 'gap', amount: '100.00' }]);
  assert.deepEqual(of({ total: '30000.00' }, { fund_pay_sumamt: '23287.00', psn_part_amt: '6613.00', hosp_part_amt: '100.00' }), []);
  assert.deepEqual(of({ total: '100.00' }, { hifp_pay: '100.01' }), [{ at: 'bill.total', code: 'most', amount: '100.01' }]);
  assert.deepEqual(of({}, { others: '5.00' }), [{ at: 'others', code: 'pooled', amount: '' }]);
  // Of a total alone, or of classes, what is self-funded stands nowhere on the form.
  assert.deepEqual(of({ total: '30000.00' }, { inscp_scp_amt: '27000.00' }, 'total'), []);
});

test('the national receipt adds up all funds but the pooled one', () => {
  assert.deepEqual(toReceipt(new Map([['hifp_pay', '52395.00'], ['others', '1000.10']])), { hifp_pay: '52395.00', fund_pay_sumamt: '53395.10' });
  assert.deepEqual(toReceipt(new Map([['others', '1000.10']])), {});
});

test('a link carries case and figures, and nothing else gets through', () => {
  const c = new Map([['region', '110000'], ['bill.total', '30000.00']]);
  const figures = new Map([['hifp_pay', '23387.00'], ['psn_part_amt', '6613.00']]);
  const link = toLink(c, figures);
  assert.equal(link, 'r=1.r-110000~t-30000.00!hifp_pay-23387.00~psn_part_amt-6613.00');
  assert.deepEqual(fromLink(link), { case: c, figures });
  assert.deepEqual(fromLink('c=1.r-110000~t-30000.00'), { case: c, figures: new Map() }, 'a link of the Estimate');
  assert.equal(fromLink(''), undefined);
  for (const bad of ['r=1.', 'r=2.r-110000!', 'r=1.r-110000', 'r=1.!hifp_pay-1.00', 'r=1.r-110000!hifp_pay-1', 'r=1.r-110000!hifp_pay-1.00~hifp_pay-1.00', 'r=1.r-110000!__proto__-1.00',
    'r=1.r-110000!hifp_pay-<b>', 'r=1.r-110000!hifp_pay--1.00', 'r=1.r-110000!' + 'hifp_pay-1.00~'.repeat(300)]) assert.equal(fromLink(bad), null, bad);
});

eachEngine('Receipt', { timeout: 240_000 }, (t) => {
  const once = (/** @type {string} */ name, /** @type {() => Promise<void>} */ body) => { if (t.engine === 'chromium') test(name, body); };
  const open = () => fresh(t, 'receipt/');
  /** @param {Record<string, string>} lines @param {Record<string, string>} [parts] */
  const fill = async (lines, parts = BILL) => {
    await set(t.b, field('date'), '2026-09-01');
    await choose(t.b, 'person.status', 'retired');
    await choose(t.b, 'visit.level', 'tertiary');
    await bill(t.b, parts);
    for (const [name, amount] of Object.entries(lines)) await t.b.type(field(`receipt.${name}`), amount);
    await t.b.press('Tab');
  };
  const verdict = (/** @type {RegExp | string} */ wanted) => reads(t.b, '#verdict', wanted, 8000);
  const causes = () => t.b.eval(() => [...document.querySelectorAll('[data-s=Causes] .cause')].map((e) => e.getAttribute('data-key')));
  const use = async (/** @type {string} */ path, /** @type {string} */ value) => {
    await t.b.eval((/** @type {string} */ p, /** @type {string} */ v) => {
      document.querySelector('[data-target]')?.removeAttribute('data-target');
      document.querySelector(`button[data-path="${p}"][data-value="${v}"]`)?.setAttribute('data-target', '');
    }, path, value);
    await t.b.tap('[data-target]');
  };
  const checked = (/** @type {string} */ path) => t.b.eval((/** @type {string} */ p) => /** @type {any} */ (document.getElementById('case')).elements[p].value, path);

  before(open, { timeout: 45_000 });

  test('begins empty, says how to begin; an example on request', async () => {
    await open();
    assert.match(await textOf(t.b, '#empty'), /填上单子/);
    assert.equal(await textOf(t.b, '#found'), '');
    await t.b.click('#example');
    await verdict('有 3 行不一样');
    assert.equal(await textOf(t.b, '.stamp'), '示例');
    assert.match(await textOf(t.b, '[data-s=Causes]'), /今年第几次住院：要是第 2 次/);
    await use('visit.admission', '2');
    await verdict('对上了：比了 5 行');
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('a receipt that agrees, by keyboard; then one that does not, line by line', async () => {
    await open();
    await fill(FIRST);
    await verdict('对上了：比了 2 行，一分不差');
    assert.match(await textOf(t.b, '.compared tbody'), /统筹基金支付 (单子上 )?23,387\.00 (这里算的 )?23,387\.00 (差 )?一样/);
    await t.b.type(field('receipt.hifp_pay'), '23978.50');
    await t.b.type(field('receipt.psn_part_amt'), '6021.50');
    await t.b.press('Enter');
    await verdict('比了 2 行，有 2 行不一样');
    // The sheet follows the typing: wait for the last key's.
    const table = await reads(t.b, '.compared tbody', '6,021.50');
    // 23,978.50 − 23,387.00 = 591.50
    assert.match(table, /统筹基金支付 .*23,978\.50 .*23,387\.00 .*单子多 591\.50/);
    assert.match(table, /个人负担合计 .*6,021\.50 .*6,613\.00 .*单子少 591\.50/);
    assert.match(await textOf(t.b, '#facts, .facts'), /在哪里参保：北京市.*出院或就诊日期：2026-09-01/);
  });

  test('planted: the ordinal. Found, applied by touch, undone', async () => {
    await open();
    await fill({ hifp_pay: '23978.50', psn_part_amt: '6021.50' });
    await verdict('有 2 行不一样');
    assert.equal((await causes())[0], 'visit.admission');
    await use('visit.admission', '2');
    await verdict('对上了');
    assert.equal(await checked('visit.admission'), '2');
    assert.match(await textOf(t.b, '#undo'), /第 2 次/);
    await t.b.click('#undo button');
    await verdict('有 2 行不一样');
    assert.notEqual(await checked('visit.admission'), '2');
  });

  once('planted: the status, the level, what was used up, the share paid first, a fen', async () => {
    await open();
    // Entered as retired, but in work: 21,845.00.
    await fill({ hifp_pay: '21845', psn_part_amt: '8155' });
    await verdict('有 2 行不一样');
    assert.ok((await causes()).includes('person.status'), String(await causes()));
    await use('person.status', 'active');
    await verdict('对上了');
    assert.equal(await checked('person.status'), 'active');

    // A community or first-class hospital pays 90 % to those in work, who retired bear six tenths of it: 94 % of 25,700 = 24,158.00.
    await open();
    await fill({ hifp_pay: '24158', psn_part_amt: '5842' });
    await verdict('有 2 行不一样');
    assert.ok((await causes()).includes('visit.level'), String(await causes()));
    await use('visit.level', 'primary');
    await verdict('对上了');

    // 80,000 of the fund's 100,000 a year are used up: it pays 20,000, large-amount aid of 80 % and the retired's supplement do not show on this line.
    await open();
    await fill({ hifp_pay: '20000' });
    await verdict('有 1 行不一样');
    assert.ok((await causes()).includes('year.inpatient.paid'), String(await causes()));
    await use('year.inpatient.paid', '80000.00');
    await verdict('对上了');

    // The sheet does not split off what is paid first: 91 % of (28,000 − 1,300) = 24,297.00 without it, 23,387.00 with 1,000.
    await open();
    await fill({ hifp_pay: '23387' }, { total: '30000', self_funded: '2000', over_limit: '0', paid_first: '' });
    await verdict('有 1 行不一样');
    assert.ok((await causes()).includes('bill.paid_first'), String(await causes()));
    await use('bill.paid_first', '1000.00');
    await verdict('对上了');
    assert.equal(await checked('bill.paid_first'), '1000');

    await open();
    await fill({ hifp_pay: '23387.01', psn_part_amt: '6612.99' });
    await verdict('有 2 行不一样');
    assert.match(await textOf(t.b, '[data-s=Causes]'), /四舍五入：每一行最多差 0\.01 元/);
  });

  once('planted: filing', async () => {
    await open();
    await choose(t.b, 'visit.place', 'out_of_province');
    await t.b.until('!document.getElementById("f-visit.filing").hidden', { what: 'the question of filing' });
    await choose(t.b, 'visit.filing', 'unfiled');
    await fill(FIRST);
    await verdict(/有 \d 行不一样|对上了/);
    // Filed as living there for long, Beijing pays as at home: the first stay's figures.
    assert.ok((await causes()).includes('visit.filing'), String(await causes()));
    await use('visit.filing', 'long_term');
    await verdict('对上了');
    assert.equal(await checked('visit.filing'), 'long_term');
  });

  test('nothing explains it: says so, and whom to ask with which sheet', async () => {
    await open();
    await fill({ hifp_pay: '12345.67', hifob_pay: '0.01', psn_part_amt: '17654.32' });
    await verdict('有 3 行不一样');
    assert.match(await textOf(t.b, '[data-s=Nothing]'), /没有哪一件事单独说得通.*12393.*北京市/);
    assert.deepEqual(await causes(), []);
    await t.b.eval(() => { window.print = () => { document.documentElement.dataset.printed = 'yes'; }; });
    await t.b.click('#print-nothing');
    assert.equal(await t.b.eval('document.documentElement.dataset.printed'), 'yes');
  });

  test('the receipt contradicts itself: said at the field, and why nothing can explain it', async () => {
    await open();
    await fill({ inscp_scp_amt: '27000', hifp_pay: '23387', psn_part_amt: '6631' });
    // 23,387 + 6,631 = 30,018
    await says(t.b, 'bill.total', /30,018\.00/);
    await verdict('有 1 行不一样');
    assert.match(await textOf(t.b, '[data-s=Nothing]'), /自己的数就对不上.*30,018\.00/);
    await t.b.type(field('receipt.psn_part_amt'), '6613');
    await t.b.press('Tab');
    await verdict('对上了：比了 3 行');
    assert.equal(await errorAt(t.b, 'bill.total'), '');
    await t.b.type(field('receipt.hifp_pay'), '1,2,3');
    await t.b.press('Tab');
    await says(t.b, 'receipt.hifp_pay', /12345/);
    assert.equal(await t.b.eval('document.getElementById("i-receipt.hifp_pay").value'), '1,2,3', 'what was typed is not lost');
  });

  test('reload and link keep it; a damaged or hostile link is refused; nothing is stored', async () => {
    await open();
    await fill(FIRST);
    await verdict('对上了');
    await t.b.until('location.hash.startsWith("#r=1.")', { what: 'the case in the address' });
    const hash = await t.b.eval('location.hash');
    await t.b.reload();
    await started(t.b);
    await verdict('对上了：比了 2 行');
    await t.b.click('#other-language');
    await t.b.until('document.documentElement.lang === "en"', { what: 'the English page' });
    await started(t.b);
    await reads(t.b, '#verdict', 'It agrees: 2 lines');
    assert.equal(await t.b.eval('JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])'), '[[],[]]');
    for (const bad of [hash.replace('23387.00', '<img src=x onerror=alert(1)>'), hash.slice(0, -4) + '%3', hash.replace('hifp_pay', '__proto__')]) {
      await fresh(t, 'receipt/' + bad);
      await reads(t.b, '#form-notice', /损坏/);
      assert.match(await textOf(t.b, '#empty'), /填上单子/);
    }
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('comes from the Estimate with the case', async () => {
    await fresh(t, '').catch(() => {});
    await t.b.until('document.documentElement.dataset.engine === "ready"', { what: 'the Estimate' });
    await t.b.type(field('bill.total'), '40000');
    await t.b.press('Tab');
    await t.b.until('document.querySelector("a[href*=\'receipt/#\']") !== null', { what: 'the case in the link' });
    const href = await t.b.eval(() => /** @type {HTMLAnchorElement} */ (document.querySelector('a[href*="receipt/#"]')).href);
    assert.match(href, /receipt\/#c=1\..*t-40000\.00/);
    await t.b.goto('about:blank');
    await t.b.goto(href);
    await started(t.b);
    assert.equal(await checked('bill.total'), '40000');
    assert.equal(await checked('person.status'), 'retired');
    assert.match(await textOf(t.b, '#empty'), /填上单子/);
  });

  test('the test case: readable, nothing personal, copied and saved', async () => {
    await open();
    await fill(FIRST);
    await verdict('对上了');
    await t.b.eval('document.getElementById("export").open = true');
    await t.b.until('document.getElementById("export-text").textContent.includes("psn_part_amt 6613.00")', { what: 'the last figure in the text' });
    const text = await t.b.eval('document.getElementById("export-text").textContent');
    assert.match(text, /-- receipt\.json --\n\{\n {2}"v": 1, "op": "settle",\n {2}"region":"110000",\n {2}"date":"2026-09-01"/);
    assert.match(text, /\n-- receipt\.want --\nhifp_pay 23387\.00\npsn_part_amt 6613\.00\n$/);
    await t.b.eval(() => {
      Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (/** @type {string} */ s) => { document.documentElement.dataset.copied = s; } } });
      URL.createObjectURL = (/** @type {any} */ blob) => { blob.text().then((/** @type {string} */ s) => { document.documentElement.dataset.saved = s; }); return '#'; };
    });
    await t.b.click('#export-copy');
    await reads(t.b, '#taken', '复制好了');
    assert.equal(await t.b.eval('document.documentElement.dataset.copied'), text);
    await t.b.click('#export-save');
    await t.b.until('document.documentElement.dataset.saved !== undefined', { what: 'the file' });
    assert.equal(await t.b.eval('document.documentElement.dataset.saved'), text);
  });

  test('another receipt: cleared, and had back', async () => {
    await open();
    await fill(FIRST);
    await verdict('对上了');
    await t.b.click('#clear');
    await reads(t.b, '#empty', /填上单子/);
    assert.equal(await checked('receipt.hifp_pay'), '');
    await t.b.click('#undo button');
    await verdict('对上了：比了 2 行');
  });

  test('nothing leaves', async () => {
    await open();
    await t.b.eval('new Promise((r) => setTimeout(r, 400))');
    const asked = t.s.log.length;
    await fill(FIRST);
    await verdict('对上了');
    await t.b.eval('new Promise((r) => setTimeout(r, 600))');
    assert.deepEqual(t.s.log.slice(asked).map((e) => e.path).filter((p) => !/^sw\.js/.test(p)), []);
    nothingLeft(t);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('looks: widths, largest type, axe, languages', { timeout: 120_000 }, async () => {
    await looks(t, 'receipt', async (lang) => {
      await t.b.click('#example');
      await reads(t.b, '#verdict', lang === 'zh' ? '不一样' : 'differ');
      await t.b.eval(() => { for (const id of ['how', 'export', 'receipt-rare']) /** @type {HTMLDetailsElement} */ (document.getElementById(id)).open = true; });
    });
  });
});
