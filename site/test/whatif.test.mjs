// One thing changed at a time, the curve, the way back and what is not known, in three engines.
import './json.mjs';
import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { field, pays, radio, ready, you } from './page.mjs';
import { eachEngine, nothingLeft, witnessed } from './spec.mjs';
import { choose, fresh, looks, reads, set, started, textOf } from './views.mjs';

const { ofHundred, ticks } = await import('../src/app/curve.mjs');
const { choiceText, readChoice } = await import('../src/app/vary.mjs');

// Beijing, employee, retired, tertiary, first stay, 30,000 with 2,000 self-funded and 1,000 paid first: in scope 27,000.
// A pensioner's own share is six tenths of a working person's (decree 158, articles 36 and 37).
// tertiary: 1,300 + 25,700 × 15 % × 0.6 = 1,300 + 2,313.00; with the 3,000 outside: 6,613.00
// secondary: 25,700 × 13 % × 0.6 = 2,004.60 → 6,304.60; primary and community: 25,700 × 10 % × 0.6 = 1,542.00 → 5,842.00
const NOW = '6,613.00';
const CASE = '#c=1.r-110000~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-split~t-30000.00~x-2000.00~o-0.00~i-1000.00~d-2026-11-01';

describe('What if, without a browser', () => {
  test('a choice in a link: what is written is read, anything else refused', () => {
    for (const text of ['', 'level-primary,secondary', 'place-out_of_province.referral~region-320100~date-2025-11-01', 'class_b_drug-a,c']) assert.equal(choiceText(/** @type {any} */ (readChoice(text))), text);
    for (const text of ['x', 'level', 'level-', 'level-a,,b', 'level-a,a', 'level-a~level-b', 'who-a', 'level-<b>', `level-${'a'.repeat(41)}`, 'toString-a', 'class_x-a']) assert.equal(readChoice(text), null, text);
  });

  test('of the next hundred yuan, exactly', () => {
    for (const [rate, amount] of [['0.15', '15.00'], ['1', '100.00'], ['0', '0.00'], ['0.04275', '4.275'], ['-0.85', '-85.00'], ['0.005', '0.50'], ['12.5', '1250.00']]) assert.equal(ofHundred(rate), amount);
  });

  test('round amounts along an axis', () => {
    assert.deepEqual(ticks(0n, 100_000_00n, 5), [0n, 20_000_00n, 40_000_00n, 60_000_00n, 80_000_00n, 100_000_00n]);
    assert.deepEqual(ticks(3_000_00n, 103_000_00n, 2), [50_000_00n, 100_000_00n]);
    assert.deepEqual(ticks(0n, 1n, 4), [0n]);
  });
});

eachEngine('What if', { timeout: 240_000 }, (t) => {
  // Amounts are the same everywhere; what engines do differently is keys, touch, links and looks.
  const once = (/** @type {string} */ name, /** @type {() => Promise<void>} */ body) => { if (t.engine === 'chromium') test(name, body); };
  const open = (hash = CASE) => fresh(t, 'whatif/' + hash);
  const cases = () => t.b.eval(() => [...document.querySelectorAll('#compare .case')].map((r) => /** @type {HTMLElement} */ (r).innerText.replace(/\s+/g, ' ').trim()));
  /** Waits until the first words of the cases are these. @param {RegExp[]} wanted */
  const caseList = async (wanted) => {
    const end = Date.now() + 15_000;
    for (;;) {
      const now = await cases();
      if (now.length === wanted.length && wanted.every((w, i) => w.test(now[i]))) return now;
      if (Date.now() > end) assert.fail(`the cases are ${JSON.stringify(now, null, 1)}`);
      await new Promise((r) => setTimeout(r, 40));
    }
  };
  const unfold = (/** @type {string} */ axis) => t.b.eval((/** @type {string} */ a) => { /** @type {any} */ (document.querySelector(`details[data-axis="${a}"]`)).open = true; }, axis);
  const bends = () => t.b.eval(() => [...document.querySelectorAll('#curve .case')].map((r) => /** @type {HTMLElement} */ (r).innerText.replace(/\s+/g, ' ').trim()));

  before(() => open(''), { timeout: 45_000 });

  test('comes from the estimate with its case, and goes back with it', async () => {
    await t.b.goto('about:blank');
    await t.b.goto(t.s.url);
    await ready(t.b);
    await choose(t.b, 'visit.level', 'secondary');
    await pays(t.b, '6,304.60');
    await t.b.until('document.querySelector("a[data-case]").hash.startsWith("#c=1.")', { what: 'the case in the link' });
    await t.b.eval('document.querySelector("a[data-case]").scrollIntoView({ block: "center", behavior: "instant" })');
    await t.b.click('a[data-case]');
    await t.b.until('location.pathname.endsWith("/whatif/")', { what: 'the view' });
    await started(t.b);
    await pays(t.b, '6,304.60');
    assert.equal(await t.b.eval((/** @type {string} */ s) => /** @type {HTMLInputElement} */ (document.querySelector(s)).checked, radio('visit.level', 'secondary')), true);
    await t.b.eval('document.getElementById("to-estimate").scrollIntoView({ block: "center", behavior: "instant" })');
    await t.b.click('#to-estimate');
    await t.b.until('!location.pathname.includes("whatif")', { what: 'the estimate' });
    await ready(t.b);
    await pays(t.b, '6,304.60');
  });

  test('levels side by side: sorted, the rule named with its document and grade, what saves most', async () => {
    await open();
    await pays(t.b, NOW);
    const [first, , , now, last] = await caseList([/^社区、乡镇 5,842\.00 少付 771\.00/, /^一级 5,842\.00 少付 771\.00/, /^二级 6,304\.60 少付 308\.40/, /^三级 现在 6,613\.00/, /^区属三级医院 6,613\.00 一样/]);
    assert.match(first, /因为：住院统筹支付比例 90%（医院级别 社区、乡镇\/一级）；现在用的是：住院统筹支付比例 85%（医院级别 三级\/区属三级医院） B 两处一致/);
    assert.doesNotMatch(now, /因为/);
    assert.match(last, /不影响结果/);
    assert.match((await cases())[2], /87%.*A 读过原文.*第158号/);
    assert.match(await textOf(t.b, '#compare .best'), /“社区、乡镇”或“一级”：5,842\.00 元，比现在少 771\.00 元/);
    assert.match(await textOf(t.b, '#compare'), /先听医生的/);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('chosen by keyboard: two axes at once; the link restores the choice in both languages', async () => {
    await open();
    await caseList([/5,842/, /5,842/, /6,304/, /6,613/, /6,613/]);
    await t.b.eval('new Promise((r) => setTimeout(r, 500))'); // the choices are there for good
    for (const value of ['community', 'tertiary_district', 'secondary']) {
      await t.b.eval((/** @type {string} */ id) => document.getElementById(id)?.focus(), `i-vary.level.${value}`);
      await t.b.press('Space');
      await t.b.until((/** @type {string} */ id) => document.activeElement?.id === id && !/** @type {HTMLInputElement} */ (document.activeElement).checked, { args: [`i-vary.level.${value}`], what: 'the focus to stay' });
    }
    await unfold('admission');
    await t.b.eval('document.getElementById("i-vary.admission.2").focus()');
    await t.b.press('Space');
    // Second stay: deductible 650. Primary 650 + 26,350 × 6 % = 1,581.00 → 5,231.00; tertiary 650 + 26,350 × 9 % = 2,371.50 → 6,021.50.
    await caseList([/^一级 · 第 2 次 5,231\.00 少付 1,382\.00/, /^一级 · 第 1 次 5,842\.00/, /^三级 · 第 2 次 6,021\.50 少付 591\.50.*起付线 650/, /^三级 · 第 1 次 现在 6,613\.00/]);
    await t.b.until('location.hash.includes("&w=level-primary~admission-2")', { what: 'the choice in the address' });
    await t.b.reload();
    await started(t.b);
    await caseList([/^一级 · 第 2 次/, /^一级 · 第 1 次/, /^三级 · 第 2 次/, /^三级 · 第 1 次/]);
    await t.b.eval('scrollTo(0, 0)');
    await t.b.until('document.getElementById("other-language").href.includes("w=level-primary")', { what: 'the choice in the link' });
    await t.b.click('#other-language');
    await t.b.until('document.documentElement.lang === "en"', { what: 'the English page' });
    await started(t.b);
    await caseList([/^Primary · No\. 2 5,231\.00 1,382\.00 less/, /^Primary · No\. 1/, /^Tertiary · No\. 2/, /^Tertiary · No\. 1 now 6,613\.00/]);
  });

  test('chosen by touch; what does not fit is said, nothing is lost', async () => {
    await open();
    await caseList([/5,842/, /5,842/, /6,304/, /6,613/, /6,613/]);
    await unfold('admission');
    for (const n of ['2', '3']) {
      await t.b.tap(`label:has([id="i-vary.admission.${n}"])`);
      await t.b.until((/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).checked, { args: [`i-vary.admission.${n}`], what: 'the tap' });
    }
    // Five levels by three admissions.
    await reads(t.b, '#e-vary', /15 种，一屏最多放 12 种/);
    await pays(t.b, NOW);
    await t.b.eval('document.getElementById("i-vary.admission.3").click()');
    await t.b.until('document.getElementById("e-vary").hidden && document.querySelectorAll("#compare .case").length === 10', { what: 'ten cases' });
    await t.b.click('#vary-none');
    await reads(t.b, '#compare .best', /还没有选/);
  });

  once('filing and place; a past and a coming day; status', async () => {
    await open(CASE + '&w=place-jingjinji,out_of_province.referral,out_of_province.unfiled');
    // The cut away from home is at most ten points where it is not known: 25,700 × (9 % … 19 %). Tianjin and Hebei count as at home.
    const list = await caseList([/^参保地 现在 6,613\.00/, /^天津、河北（京津冀视同备案） 6,613\.00/, /^外省 · 转诊 6,613\.00 至/, /^外省 · 没有备案/]);
    assert.match(list[2], /说不准/);
    await open(CASE + '&w=date-2025-11-01,2027-01-01,2020-01-01');
    await caseList([/^2026-11-01 现在/, /^2025-11-01 6,613\.00 一样/, /^2027-01-01 6,613\.00/, /^2020-01-01 — 不行.*2025-01-01/]);
    await reads(t.b, '#compare .lines-lead', /已经公布的规定/);
    await set(t.b, '[id="i-vary.date.own"]', '2026-02-03');
    await t.b.until('[...document.querySelectorAll("#compare .case")].some((r) => r.innerText.includes("2026-02-03"))', { what: 'the day of the reader' });
    await open(CASE + '&w=status-active');
    // Working: 25,700 × 15 % = 3,855.00 → 8,155.00.
    await caseList([/^退休 现在/, /^在职 8,155\.00 多付 1,542\.00/]);
    await reads(t.b, '#compare .best', /现在这样自己付得最少/);
    await reads(t.b, '#compare .lines-lead', /由不得自己选/);
  });

  once('other regions: each by its own rules, drafts ask first, what is missing is said', async () => {
    await open(CASE + '&w=region-320100');
    // Nanjing: deductible 1,000, retired 93 %: 1,000 + 26,000 × 7 % = 2,820.00 → 5,820.00.
    const [nanjing] = await caseList([/^南京市 5,820\.00 少付 793\.00/, /^北京市 现在 6,613\.00/]);
    assert.match(nanjing, /按南京市自己的规定：起付线扣 1,000\.00 元；住院统筹支付比例 93%.* B /);
    assert.match(await textOf(t.b, '#compare .lines-lead'), /不能自己随便选/);
    await unfold('region');
    await t.b.select('[id="i-vary.region.more"]', '440300');
    await t.b.click('#vary-more');
    await caseList([/^南京市/, /^北京市/, /^深圳市 — 不行.*缴费档次/]);
    await t.b.select('[id="i-vary.region.more"]', '210200');
    await t.b.click('#vary-more');
    await reads(t.b, '#compare .drafts', /有 1 种/);
    await t.b.click('#draft button');
    // Dalian: deductible 850, 85 %: 850 + 26,150 × 15 % = 4,772.50 → 7,772.50.
    await t.b.until('[...document.querySelectorAll("#compare .case")].some((r) => r.innerText.replace(/\\s+/g, " ").startsWith("大连市 7,772.50"))', { what: 'the draft' });
    // What was used up in Beijing does not count in Nanjing.
    await open(CASE + '~year.inpatient.paid-90000.00&w=region-320100');
    const [first] = await caseList([/^南京市 5,820\.00/, /^北京市 现在/]);
    assert.match(first, /少付/);
    assert.match(await textOf(t.b, '#compare .lines-lead'), /没有带过去/);
  });

  once('figures that the reader corrected go along, are marked, and stay in their region', async () => {
    const fixed = CASE + '~fix.employee.inpatient.deductible.table.0-1000_1300';
    await t.b.goto('about:blank');
    await t.b.goto(t.s.url + fixed);
    await ready(t.b);
    await pays(t.b, '6,340.00');
    await choose(t.b, 'visit.level', 'primary');
    await t.b.until('document.querySelector(\'a[href*="whatif/"][data-case]\').hash.includes("fix.employee.inpatient.deductible.table.0-1000_1300")', { what: 'the corrected figure in the link' });
    // The deductible of the first stay taken as 1,000: 1,000 + 26,000 × 9 % = 3,340.00 → 6,340.00.
    await open(CASE + '~fix.employee.inpatient.deductible.table.0-1000_1300&w=level-primary~region-320100');
    await pays(t.b, '6,340.00');
    assert.match(await textOf(t.b, '#now'), /回到估算/);
    // Primary: 1,000 + 26,000 × 6 % = 2,560.00 → 5,560.00.
    // Nanjing keeps its own figures, whatever was corrected in Beijing: primary 300 + 26,700 × 2 % = 834.00 → 3,834.00; tertiary as above.
    await caseList([/^南京市 · 一级 3,834\.00 少付 2,506\.00.*起付线扣 300\.00 元/, /^北京市 · 一级 5,560\.00 少付 780\.00/, /^南京市 · 三级 5,820\.00 少付 520\.00.*起付线扣 1,000\.00 元/, /^北京市 · 三级 现在 6,340\.00/]);
    assert.match(await textOf(t.b, '#compare .lines-lead'), /没有带过去/);
    assert.match(await textOf(t.b, '#compare .best'), /“南京市 · 一级”：3,834\.00 元，比现在少 2,506\.00 元/);
    await t.b.until('/fix\\.employee\\.inpatient\\.deductible\\.table\\.0-1000_1300/.test(document.getElementById("to-estimate").hash)', { what: 'the way back with the corrected figure' });
  });

  once('the class of a drug, with the bill by classes', async () => {
    await open('#c=1.r-110000~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-classes~d-2026-11-01~bill.a-20000.00~bill.b_drug-10000.00&w=class_b_drug-a,c');
    // Class B at ten per cent: 1,000 + 1,300 + 27,700 × 9 % = 4,793.00; class A: 1,300 + 28,700 × 9 % = 3,883.00; class C: 10,000 + 1,300 + 18,700 × 9 % = 12,983.00.
    await caseList([/^甲类 3,883\.00 少付 910\.00/, /^乙类 现在 4,793\.00/, /^丙类 12,983\.00 多付 8,190\.00/]);
    assert.match(await textOf(t.b, '#by-classes'), /只知道总数/);
    assert.equal(await textOf(t.b, '#until'), '');
  });

  test('the curve: its bends, their rules, the next hundred yuan, the case marked', async () => {
    await open();
    await reads(t.b, '#curve .best', /现在是 30,000\.00 元。再多 100 元，您付 9\.00 元，医保等共付 91\.00 元/);
    const list = await bends();
    // 3,000 lie outside. Deductible at 4,300; 28,700 × 9 % = 2,583 more until 33,000; 10,000 × 6 % = 600 more until 43,000; then 3 %: 60,000 × 3 % = 1,800 until 103,000.
    const want = [/^从 3,000\.00 元起 您自己付 3,000\.00 .*您付 100\.00 元，医保等共付 0\.00 元/, /^1超过 4,300\.00 元 您自己付 4,300\.00 .*您付 9\.00 元，医保等共付 91\.00 元.*支付比例 85%.*A 读过原文.*第158号/,
      /^2超过 33,000\.00 元 您自己付 6,883\.00 统筹基金 26,117\.00 元 .*您付 6\.00 元.*支付比例 90%/, /^3超过 43,000\.00 元 您自己付 7,483\.00 .*您付 3\.00 元.*支付比例 95%/, /^到 103,000\.00 元为止 您自己付 9,283\.00/];
    assert.equal(list.length, want.length, JSON.stringify(list));
    want.forEach((w, i) => assert.match(list[i], w));
    const chart = await t.b.eval(() => {
      const own = /** @type {SVGPathElement} */ (document.querySelector('#chart [data-key="psn_part_amt"]'));
      const dot = /** @type {SVGCircleElement} */ (document.querySelector('#chart .curve-dot'));
      const svg = /** @type {SVGSVGElement} */ (document.querySelector('#chart'));
      return { points: own.getAttribute('d')?.split(/[ML]/).slice(1).map((p) => p.trim().split(/\s+/).map(Number)) ?? [], dot: [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))], numbers: [...svg.querySelectorAll('.curve-n')].map((e) => e.textContent), desc: document.getElementById(svg.getAttribute('aria-describedby') ?? '')?.textContent, role: svg.getAttribute('role'), wide: svg.viewBox.baseVal.width, box: svg.getBoundingClientRect().width };
    });
    assert.equal(chart.role, 'img');
    assert.match(chart.desc ?? '', /总费用从 3,000\.00 元到 103,000\.00 元.*3 个转折/);
    assert.deepEqual(chart.numbers, ['1', '2', '3']);
    assert.ok(Math.abs(chart.wide - chart.box) <= 1, 'letters keep their size');
    // The picture is the table: from 3,000 to 103,000 along, what is paid upwards, in one scale.
    const [[x0, y0], end] = [chart.points[0], chart.points[chart.points.length - 1]];
    const up = (end[1] - y0) / (9283 - 3000);
    for (const [at, pays] of [[4300, 4300], [33000, 6883], [43000, 7483]]) {
      const x = x0 + (at - 3000) / 100000 * (end[0] - x0);
      assert.ok(chart.points.some((p) => Math.abs(p[0] - x) < 0.7 && Math.abs(p[1] - (y0 + (pays - 3000) * up)) < 0.7), `${at} in ${JSON.stringify(chart.points)}`);
    }
    assert.ok(Math.abs(chart.dot[0] - (x0 + 0.27 * (end[0] - x0))) < 0.7 && Math.abs(chart.dot[1] - (y0 + 3613 * up)) < 0.9, `the mark at ${chart.dot}`);
  });

  once('the curve along another amount, further, and errors at its field', async () => {
    await open();
    await reads(t.b, '#curve', /103,000/);
    await t.b.type('#i-to', '12万');
    await reads(t.b, '#curve', /到 120,000\.00 元为止/);
    // 28,700 × 91 % + 10,000 × 94 % = 35,517; 64,483 ÷ 97 % = 66,477.3195…: the cap of 100,000 at 109,477.32.
    await reads(t.b, '#curve', /超过 109,477\.3\d 元/);
    await t.b.type('#i-to', '100');
    await reads(t.b, '#e-to', /要比 3,000\.00 元大/);
    assert.equal(await t.b.eval('document.getElementById("i-to").getAttribute("aria-invalid")'), 'true');
    await t.b.type('#i-to', 'abc');
    await reads(t.b, '#e-to', /看不懂/);
    await t.b.type('#i-to', '');
    await t.b.until('document.getElementById("e-to").hidden', { what: 'the error to go' });
    await t.b.select('#axis', 'bill.paid_first');
    // A yuan more to be paid first costs the person the 91 fen that the fund no longer pays.
    await reads(t.b, '#curve .best', /现在是 1,000\.00 元。再多 100 元，您付 91\.00 元，医保等共付 −91\.00 元/);
    await t.b.select('#axis', 'year.inpatient.paid');
    // The fund has 100,000 a year: this bill's 23,387.00 are cut from 76,613.00 on.
    await reads(t.b, '#curve', /超过 76,613\.0\d 元/);
  });

  test('the way back: one answer, none, until the cap', async () => {
    await open();
    await reads(t.b, '#until', /再多 79,477\.32 元（到 109,477\.32 元），住院统筹到封顶线/);
    await t.b.type('#i-want', '6883');
    // At 33,000.00 the person pays 6,883.00. d fen below, the fund's 0.91 d rounds to d for d ≤ 5; e fen above, 0.94 e rounds to e for e ≤ 8.
    await reads(t.b, '#answers', /正好 6,883\.00 元时： 总费用在 32,999\.95 元到 33,000\.08 元之间都是/);
    await t.b.type('#i-want', '100');
    await reads(t.b, '#answers', /没有哪一张单子.*3,000\.00 元到/);
    await t.b.type('#i-want', '-5');
    await reads(t.b, '#e-want', /负数/);
    assert.equal(await textOf(t.b, '#answers'), '');
    await t.b.type('#i-want', '2,000.00');
    await t.b.select('#figure', 'fund_pay_sumamt');
    // 2,000 ÷ 91 % = 2,197.802…: from 1,999.995 to below 2,000.005 of payment, in scope 1,300 + 2,197.80 to 2,197.80.
    await reads(t.b, '#answers', /总费用是 6,497\.80 元/);
  });

  test('the way back: a fund whose payment falls again is reached at several totals, and all are told', async () => {
    // Above the pooled fund's cap the mutual-aid fund pays 80 % and the retirees' supplement the rest of 90 %, each rounded.
    // Of a bill in scope the cap is reached at 40,000 + (100,000 − 26,117 − 9,400) ÷ 97 % = 106,477.31958…; a is what lies above.
    // 119,999.95 to .97: 0.9 a = 12,170.367 to .385 → .37 to .39; 0.8 a = 10,818.104 to .120 → .10 to .12; 1,352.27 between them.
    // .98 and .99: .394 and .403 → .39 and .40; .128 and .136 → .13 and .14; 1,352.26: a fen less, for a larger bill.
    // 120,000.00 to .04: .412 to .448 → .41 to .45; .144 to .176 → .14 to .18; 1,352.27. From .05 to .07: .46 to .48; .18 to .20; 1,352.28.
    // .08 and .09: .484 and .493 → .48 and .49; .208 and .216 → .21 and .22; 1,352.27. From .10 on: .502 → .50; .224 → .22; 1,352.28 and more.
    await open('#c=1.r-110000~s-employee~p-retired~person.age-66~k-inpatient~l-tertiary~w-local~b-split~t-120000.00~x-0.00~o-0.00~i-0.00~d-2026-11-01');
    await reads(t.b, '#curve', /超过 106,477\.3\d 元/);
    await t.b.select('#figure', 'oth_pay');
    await t.b.type('#i-want', '1352.27');
    await reads(t.b, '#answers', /“其他支付”正好 1,352\.27 元，有 3 种可能：/);
    const list = () => t.b.eval(() => [...document.querySelectorAll('#answers li')].map((e) => /** @type {HTMLElement} */ (e).innerText));
    assert.deepEqual(await list(), ['总费用在 119,999.95 元到 119,999.97 元之间都是', '总费用在 120,000.00 元到 120,000.04 元之间都是', '总费用在 120,000.08 元到 120,000.09 元之间都是']);
    // What the person pays is the total − 100,000 − 0.9 a and never falls: at .97 19,999.97 − 12,170.39 = 7,829.58, at .98 7,829.59;
    // at 120,000.07 20,000.07 − 12,170.48 = 7,829.59, at .08 7,829.60.
    await t.b.select('#figure', 'psn_part_amt');
    await t.b.type('#i-want', '7829.59');
    await reads(t.b, '#answers', /您自己付正好 7,829\.59 元时：/);
    assert.deepEqual(await list(), ['总费用在 119,999.98 元到 120,000.07 元之间都是']);
  });

  test('not known: bounds that hold, what matters most, where it stands', async () => {
    await open();
    await pays(t.b, NOW);
    await t.b.eval('document.getElementById("base").open = true');
    await choose(t.b, 'visit.level', 'unknown');
    // The cheapest level 5,842.00, the dearest 6,613.00: 771.00 apart.
    await reads(t.b, '#now .range', /最少 5,842\.00 元，最多 6,613\.00 元/);
    assert.match(await textOf(t.b, '#doubts li'), /医院级别：最多相差 771\.00 元 看医院大门或挂号页.*App/);
    await choose(t.b, 'visit.level', 'tertiary');
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), '[name="bill.paid_first.unknown"]');
    // Nothing paid first: 2,000 + 1,300 + 26,700 × 9 % = 5,703.00; all of the rest paid first: 30,000.00.
    await reads(t.b, '#now .range', /最少 5,703\.00 元，最多 30,000\.00 元/);
    assert.match(await textOf(t.b, '#doubts li'), /最多相差 24,297\.00 元 看结算单的“先行自付”“乙类自付”或“自付二”，或费用清单/);
    await reads(t.b, '#curve .lines-lead', /最不利/);
    await t.b.eval('document.querySelector("#doubts li a").click()');
    assert.equal(await t.b.eval('document.activeElement.closest(".fact").dataset.path'), 'bill.paid_first');
  });

  once('not known: the year so far and the admission', async () => {
    await open();
    await pays(t.b, NOW);
    await t.b.eval('document.getElementById("base").open = true; document.getElementById("year-details").open = true');
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), '[name="visit.admission.unknown"]');
    // First stay 6,613.00; a later one 6,021.50.
    await reads(t.b, '#now .range', /最少 6,021\.50 元，最多 6,613\.00 元/);
    assert.match(await textOf(t.b, '#doubts'), /今年第几次住院：最多相差 591\.50 元 数一数今年的出院结算单/);
    await t.b.until('location.hash.includes("visit.admission-unknown") || location.hash.includes("a-unknown")', { what: 'the doubt in the address' });
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), '[name="visit.admission.unknown"]');
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), '[name="year.inpatient.paid.unknown"]');
    await reads(t.b, '#doubts', /住院统筹：基金累计已付：最多相差.*“年度累计”.*12393/);
    await t.b.until('location.hash.includes("year.inpatient.paid-unknown")', { what: 'the doubt in the address' });
    await t.b.reload();
    await started(t.b);
    await reads(t.b, '#doubts', /“年度累计”/);
    assert.equal(await t.b.eval((/** @type {string} */ s) => /** @type {HTMLInputElement} */ (document.querySelector(s)).checked, '[name="year.inpatient.paid.unknown"]'), true);
  });

  test('errors stand at the field, the last result stays, a damaged link is refused', async () => {
    await open();
    await pays(t.b, NOW);
    await t.b.eval('document.getElementById("base").open = true');
    await t.b.type(field('bill.total'), '1000');
    await t.b.press('Tab');
    await reads(t.b, '[id="e-bill.self_funded"]', /1,000\.00/);
    assert.match(await textOf(t.b, '#last'), /上一次的结果/);
    assert.equal(await you(t.b), NOW);
    await t.b.type(field('bill.total'), '30000');
    await t.b.until('document.getElementById("last").hidden', { what: 'a result' });
    await pays(t.b, NOW);
    for (const bad of [CASE + '&w=level-<b>', CASE + '&w=a-b&w=c-d', CASE.slice(0, -4) + '~', '#c=2.r-110000']) {
      await open(bad);
      await reads(t.b, '#form-notice', /损坏/);
      await pays(t.b, NOW); // the example, which is the same bill
    }
  });

  test('nothing leaves', async () => {
    await open();
    await pays(t.b, NOW);
    await t.b.eval('new Promise((r) => setTimeout(r, 400))');
    const asked = t.s.log.length;
    await t.b.eval('document.getElementById("base").open = true');
    await t.b.type(field('bill.total'), '40000');
    await t.b.type('#i-want', '7000');
    await reads(t.b, '#answers', /正好 7,000\.00 元/);
    await t.b.eval('new Promise((r) => setTimeout(r, 600))');
    assert.deepEqual(t.s.log.slice(asked).map((e) => e.path).filter((p) => !/^\/?sw\.js/.test(p)), []);
    assert.equal(await t.b.eval('JSON.stringify(Object.keys(localStorage))'), '[]');
    nothingLeft(t);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('looks: widths, largest type, axe, languages', { timeout: 120_000 }, async () => {
    await looks(t, 'whatif', async () => {
      await t.b.until('document.querySelectorAll("#compare .case").length === 5 && document.querySelectorAll("#curve .case").length === 5', { what: 'the comparison and the curve' });
      await t.b.eval('document.querySelector("details[data-axis=place]").open = true');
    });
  });
});
