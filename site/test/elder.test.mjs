// 长辈版: one question a screen over the same form, and a voice of the device that reads.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ESTIMATE, choose, field, pays, ready, says, you } from './page.mjs';
import { accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';
import { chineseLeft, reads, textOf } from './views.mjs';

// Beijing, pensioner, first stay in a tertiary hospital, 40000 with nothing outside the catalogue:
// deductible 1300; 91 % of 28700 = 26117 and 94 % of 10000 = 9400 by the fund: 35517; 4483 remain.
const TOTAL_ONLY = '4,483.00';
const LINK = '#c=1.r-110000~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-split~t-30000.00~x-2000.00~o-0.00~i-1000.00';

eachEngine('长辈版', { timeout: 300_000 }, (t) => {
  /** Opens the page in large type, as somebody who chose it before. @param {'zh' | 'en'} [lang] @param {string} [fragment] @param {string} [size] */
  const fresh = async (lang = 'zh', fragment = '', size = '22') => {
    await t.b.goto(t.s.url + 'robots.txt');
    await t.b.eval((/** @type {string} */ s) => localStorage.setItem('mingbai.type', s), size);
    await t.b.goto(t.s.url + ESTIMATE[lang] + fragment);
    // There is no first estimate before the bill is typed.
    await t.b.until('document.documentElement.dataset.engine === "ready"', { what: 'the engine' });
    await t.b.until('document.getElementById("step-at").textContent !== ""', { what: 'the first screen' });
  };
  const at = () => textOf(t.b, '#step-at');
  /** The ids of the questions that are to be seen. */
  const asked = () => t.b.eval(() => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#case .part > .fact, #bill-total > .fact, #bill-split > .fact, #bill-classes > .fact, #part-year, #result'))].filter((e) => e.getClientRects().length).map((e) => e.id));
  /** @param {number} n */
  const onQuestion = async (n) => { await reads(t.b, '#step-at', new RegExp(`第 ${n} 题，共 \\d+ 题`)); };
  const next = () => t.b.click('#step-next');
  /** Goes on until a question is asked. @param {string} id */
  const goOn = async (id) => {
    for (let i = 0; i < 20 && (await asked())[0] !== id; i++) { const was = await at(); await next(); await t.b.until((/** @type {string} */ w) => /** @type {HTMLElement} */ (document.getElementById('step-at')).innerText.replace(/\s+/g, ' ').trim() !== w, { what: `the question after ${was}`, args: [was] }); }
    assert.deepEqual(await asked(), [id]);
  };

  before(() => fresh(), { timeout: 60_000 });

  test('pressed on the page: one question is there, numbered, without the result; off again, the form is whole', async () => {
    await t.b.goto(t.s.url + 'robots.txt');
    await t.b.eval('localStorage.clear()');
    await t.b.goto(t.s.url);
    await ready(t.b);
    assert.equal(await t.b.eval('document.documentElement.dataset.steps ?? "none"'), 'none');
    await t.b.click('#elder');
    await onQuestion(1);
    assert.deepEqual(await asked(), ['f-region']);
    assert.equal(await t.b.eval('localStorage.getItem("mingbai.type")'), '22', 'remembered, because somebody chose it');
    await t.b.click('#elder');
    assert.ok((await asked()).length > 8);
    assert.equal(await t.b.eval('localStorage.getItem("mingbai.type")'), null);
    assert.equal(await t.b.eval('localStorage.length'), 0);
  });

  test('question by question to a large result; the example\'s bill is not taken for the person\'s', async () => {
    await fresh();
    await onQuestion(1);
    assert.equal(await t.b.eval('document.getElementById("step-back").disabled'), true);
    for (const id of ['f-person.scheme', 'f-person.status', 'f-visit.kind', 'f-visit.level', 'f-visit.place', 'f-bill.form', 'f-bill.total']) {
      await next();
      await t.b.until((/** @type {string} */ i) => document.getElementById(i)?.classList.contains('step-now'), { what: id, args: [id] });
      assert.deepEqual(await asked(), [id]);
    }
    assert.equal(await t.b.eval(`document.querySelector('${field('bill.total')}').value`), '');
    const complaint = () => t.b.eval('document.getElementById("e-bill.total").getClientRects().length ? document.getElementById("e-bill.total").textContent : ""');
    assert.equal(await complaint(), '', 'what is missing is not held against anybody before they go on');
    await next();
    assert.match(await complaint(), /总费用/);
    assert.deepEqual(await asked(), ['f-bill.total'], 'not past a question that must be answered');
    await t.b.type(field('bill.total'), '4万');
    await next();
    await goOn('result');
    await pays(t.b, TOTAL_ONLY);
    assert.match(await at(), /算好了/);
    const size = await t.b.eval('parseFloat(getComputedStyle(document.querySelector("#you .yuan")).fontSize)');
    assert.ok(size >= 54, `the amount stands in ${size} pixels`);
    assert.equal(await textOf(t.b, '#sheet .stamp'), '', 'no example');
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('the count follows the answers', async () => {
    await fresh();
    const of = async () => Number(/共 (\d+) 题/.exec(await at())?.[1]);
    await goOn('f-visit.place');
    const few = await of();
    await choose(t.b, 'visit.place', 'out_of_province');
    await t.b.until((/** @type {number} */ n) => Number(/共 (\d+) 题/.exec(/** @type {HTMLElement} */ (document.getElementById('step-at')).innerText)?.[1]) > n, { what: 'one more question', args: [few] });
    await next();
    await t.b.until('document.getElementById("f-visit.filing").classList.contains("step-now")', { what: 'the question about filing' });
  });

  test('by keyboard: the focus is at the question, Enter goes on, and a wrong amount is held', async () => {
    await fresh();
    await goOn('f-bill.total');
    assert.equal(await t.b.eval('document.activeElement.id'), 'step-at', 'the reader begins at the new question');
    await t.b.type(field('bill.total'), 'abc');
    await t.b.press('Enter');
    await says(t.b, 'bill.total', /12345/);
    assert.deepEqual(await asked(), ['f-bill.total']);
    await t.b.type(field('bill.total'), '40000');
    await t.b.press('Enter');
    await t.b.until('!document.getElementById("f-bill.total").classList.contains("step-now")', { what: 'the next question' });
    // From here by Tab to the button, by Enter on.
    for (let i = 0; i < 12 && await t.b.eval('document.activeElement.id') !== 'step-next'; i++) await t.b.press('Tab');
    assert.equal(await t.b.eval('document.activeElement.id'), 'step-next');
    await t.b.press('Enter');
    await t.b.until('document.activeElement.id === "step-at"', { what: 'the focus at the next question' });
  });

  test('by a finger', async () => {
    await fresh();
    await t.b.tap('#step-next');
    await onQuestion(2);
    await t.b.tap('#step-back');
    await onQuestion(1);
    await t.b.tap('#step-whole');
    await t.b.until('document.documentElement.dataset.steps === undefined', { what: 'the whole form' });
  });

  test('the browser\'s back and the page\'s own go back a question and lose nothing', async () => {
    await fresh();
    await goOn('f-visit.level');
    await choose(t.b, 'visit.level', 'secondary');
    // The address of the question before still has the other hospital.
    await new Promise((r) => setTimeout(r, 600));
    await t.b.eval('history.back()');
    await t.b.until('document.getElementById("f-visit.kind").classList.contains("step-now")', { what: 'the question before' });
    await t.b.click('#step-back');
    await t.b.until('document.getElementById("f-person.status").classList.contains("step-now")', { what: 'the one before that' });
    await goOn('f-visit.level');
    await new Promise((r) => setTimeout(r, 600));
    assert.equal(await t.b.eval('document.querySelector("[name=\\"visit.level\\"]:checked").value'), 'secondary');
    await t.b.eval('history.back()');
    await t.b.until('document.getElementById("f-visit.kind").classList.contains("step-now")', { what: 'back once more' });
    assert.equal(await t.b.eval('document.querySelector("[name=\\"visit.level\\"]:checked").value'), 'secondary', 'still');
    // A reload stays at its question.
    await t.b.reload();
    await t.b.until('document.getElementById("step-at").textContent !== ""', { what: 'the page' });
    assert.deepEqual(await asked(), ['f-visit.kind']);
    assert.equal(await t.b.eval('document.querySelector("[name=\\"visit.level\\"]:checked").value'), 'secondary', 'the address has the case');
  });

  test('the whole form at any time, and back to the questions', async () => {
    await fresh();
    await goOn('f-visit.level');
    await t.b.click('#step-whole');
    assert.ok((await asked()).length > 6);
    assert.equal(await t.b.eval('!!document.activeElement.closest("[id=\\"f-visit.level\\"]")'), true, 'what was asked keeps the focus');
    await t.b.eval('history.back()');
    await t.b.until('document.documentElement.dataset.steps === ""', { what: 'the questions again' });
    assert.deepEqual(await asked(), ['f-visit.level']);
    await t.b.click('#step-whole');
    await t.b.click('#step-again');
    await t.b.until('document.documentElement.dataset.steps === ""', { what: 'the questions by the button' });
    assert.deepEqual(await asked(), ['f-visit.level']);
  });

  test('a case from a link opens at its result; what was assumed leads to its question', async () => {
    await fresh('zh', LINK);
    await pays(t.b, '6,613.00');
    assert.deepEqual(await asked(), ['result']);
    // What to do next comes last; until then what stands below it may still move.
    await t.b.until('!!document.querySelector(".assumed a") && !!document.querySelector("[data-list=Next] > *")', { what: 'something assumed' });
    await t.b.click('.assumed a');
    await t.b.until('!document.getElementById("result").classList.contains("step-now")', { what: 'the question' });
    assert.deepEqual(await asked(), ['f-visit.admission']);
    await t.b.eval('history.back()');
    await t.b.until('document.getElementById("result").classList.contains("step-now")', { what: 'the result again' });
  });

  /** Voices as a system has them; what is spoken is written down. @param {{local: boolean, lang: string}[]} voices */
  const speakWith = (voices) => t.b.eval((/** @type {any[]} */ list) => {
    const spoken = /** @type {any} */ (globalThis).__spoken = /** @type {any[]} */ ([]);
    /** @type {any} */ let playing;
    const synth = { getVoices: () => list.map((v, i) => ({ name: `v${i}`, lang: v.lang, localService: v.local })), addEventListener: () => {},
      speak: (/** @type {any} */ u) => { spoken.push({ text: u.text, voice: u.voice.name, local: u.voice.localService }); playing = u; if (!(/** @type {any} */ (globalThis).__hold)) setTimeout(() => u.onend?.({}), 5); },
      cancel: () => { const u = playing; playing = null; /** @type {any} */ (globalThis).__cancelled = ((/** @type {any} */ (globalThis)).__cancelled ?? 0) + 1; if (u) setTimeout(() => u.onerror?.({ error: 'interrupted' }), 1); } };
    Object.defineProperty(globalThis, 'speechSynthesis', { value: synth, configurable: true });
    /** @type {any} */ (globalThis).SpeechSynthesisUtterance = class { constructor(/** @type {string} */ text) { this.text = text; } };
  }, voices);
  const spoken = () => t.b.eval('globalThis.__spoken.map((s) => s.text).join("")');
  /** Opens the questions with voices in place before the script asks for them. @param {{local: boolean, lang: string}[]} voices @param {string} [fragment] @param {'zh' | 'en'} [lang] */
  const withVoices = async (voices, fragment = '', lang = 'zh') => {
    await t.b.goto(t.s.url + 'robots.txt');
    await t.b.eval('localStorage.clear()');
    await t.b.goto(t.s.url + ESTIMATE[lang] + fragment);
    await ready(t.b);
    await speakWith(voices);
    await t.b.click('#elder');
    await t.b.until('document.getElementById("step-at").textContent !== ""', { what: 'the first screen' });
  };

  test('a voice of the device reads the question and the result; never one of the network', async () => {
    await withVoices([{ local: false, lang: 'zh-CN' }, { local: true, lang: 'en-US' }, { local: true, lang: 'zh_HK' }, { local: true, lang: 'zh-CN' }]);
    await goOn('f-visit.level');
    await t.b.click('#step-read');
    await t.b.until('globalThis.__spoken.length > 2 && document.getElementById("step-read").textContent === "读给我听"', { what: 'the question to be read' });
    const text = await spoken();
    for (const part of ['医院级别', '结算单或挂号页上有写', '社区', '三级', '现在选的是：三级']) assert.ok(text.includes(part), `${part} in ${text}`);
    assert.deepEqual(await t.b.eval('[...new Set(globalThis.__spoken.map((s) => s.voice))]'), ['v3'], 'the local voice of the mainland');
    // The result, in numbers that a voice can say.
    await withVoices([{ local: true, lang: 'zh-CN' }], LINK);
    await t.b.click('#step-read');
    await t.b.until('globalThis.__spoken.length > 2 && document.getElementById("step-read").textContent === "读给我听"', { what: 'the result to be read' });
    const result = await spoken();
    for (const part of ['您自己付 6613 元', '23387 元', '草稿']) assert.ok(result.includes(part), `${part} in ${result}`);
    // In the whole form, too.
    await t.b.click('#step-whole');
    await t.b.eval('globalThis.__spoken.length = 0');
    await t.b.click('#read-result');
    await t.b.until('globalThis.__spoken.length > 2', { what: 'the result to be read in the whole form' });
    nothingLeft(t);
  });

  test('reading stops at the press of a button, and when the question changes', async () => {
    await withVoices([{ local: true, lang: 'zh-CN' }]);
    await t.b.eval('globalThis.__hold = true');
    await t.b.click('#step-read');
    await t.b.until('document.getElementById("step-read").textContent === "不读了"', { what: 'the button to offer the end' });
    await t.b.click('#step-read');
    await t.b.until('document.getElementById("step-read").textContent === "读给我听"', { what: 'the end' });
    const n = await t.b.eval('globalThis.__spoken.length');
    await t.b.click('#step-read');
    await t.b.until('document.getElementById("step-read").textContent === "不读了"');
    await next();
    await t.b.until('document.getElementById("step-read").textContent === "读给我听"', { what: 'silence at the next question' });
    assert.equal(await t.b.eval('globalThis.__spoken.length'), n + 1);
    assert.equal(await textOf(t.b, '#step-said'), '', 'stopping is no trouble');
  });

  test('without a local voice it is said plainly, and nothing is spoken', async () => {
    await withVoices([{ local: false, lang: 'zh-CN' }, { local: true, lang: 'en-US' }]);
    await t.b.click('#step-read');
    await reads(t.b, '#step-said', '没有装在本机的中文语音');
    assert.equal(await t.b.eval('globalThis.__spoken.length'), 0);
    await withVoices([]);
    await t.b.eval('void Object.defineProperty(globalThis, "speechSynthesis", { value: undefined, configurable: true })');
    await t.b.click('#step-whole');
    await t.b.click('#read-result');
    await t.b.until('document.getElementById("read-said").textContent.length > 5', { what: 'a word about it' });
    assert.equal(await t.b.eval('globalThis.__spoken.length'), 0);
  });

  test('when the script for it cannot be had, the whole form is there', async () => {
    await t.reopen();
    await t.b.goto(t.s.url);
    await ready(t.b);
    t.s.options.missing = [/assets\/shared\..*\.js/];
    await t.b.click('#elder');
    await reads(t.b, '#read-said', '没有下载成功');
    assert.ok((await asked()).length > 8);
    t.s.options.missing = [];
    await t.reopen();
  });

  test('looks: every question fits from 320 to 1280 pixels and in the largest type, axe finds nothing, targets have 60 pixels', async () => {
    const all = t.engine === 'chromium';
    for (const scheme of /** @type {('light' | 'dark')[]} */ (all ? ['light', 'dark'] : ['light'])) {
      await t.b.media({ scheme });
      for (const lang of /** @type {('zh' | 'en')[]} */ (all ? ['zh', 'en'] : ['zh'])) {
        await t.b.resize(320);
        await fresh(lang, '', '30');
        for (let i = 0; i < 16; i++) {
          const [id] = await asked();
          await fits(t.b, `${id} ${lang} at 320 in the largest type`);
          const small = await t.b.eval(() => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.stepped button, .stepped .chip, .stepped .check, .stepped input.box, .stepped .money, .stepped summary'))].filter((e) => e.getClientRects().length && !e.closest('#sheet')).map((e) => ({ what: `${e.tagName}#${e.id}.${e.className}`, h: e.getBoundingClientRect().height })).filter((r) => r.h < 59.5));
          assert.deepEqual(small, [], `${id}: targets`);
          if (i === 0 || id === 'f-bill.total' || id === 'result') {
            await accessible(t.b, `${id} ${lang} ${scheme}`);
            for (const width of [375, 1280]) { await t.b.resize(width); await fits(t.b, `${id} ${lang} at ${width}`); await shot(t.b, `elder-${id.replace('f-', '')}`, lang, scheme, width); }
            await t.b.resize(320);
          }
          if (id === 'result') break;
          if (id === 'f-bill.total') await t.b.type(field('bill.total'), '40000');
          const on = () => t.b.until((/** @type {string} */ was) => !document.getElementById(was)?.classList.contains('step-now'), { ms: 5000, what: `what follows ${id}`, args: [id] });
          await next();
          // What is typed is answered a moment later, and the button may move under the finger: one presses again.
          await on().catch(async () => { await next(); await on(); });
        }
        assert.deepEqual(await asked(), ['result']);
        await pays(t.b, TOTAL_ONLY);
        if (lang === 'en') assert.deepEqual(await chineseLeft(t.b), []);
      }
    }
    if (all) await t.b.media({ scheme: 'light' });
  });

  test('every view looks right in it: nothing sticks out in the largest type, and nothing but the Estimate asks step by step', async () => {
    await fresh('zh', '', '30');
    for (const view of ['year/', 'policies/', 'policies/110000/', 'about/', 'about/method/', 'about/accessibility/', 'privacy/', 'embedding/']) {
      await t.b.goto(t.s.url + view);
      await t.b.until('document.readyState === "complete"');
      assert.equal(await t.b.eval('getComputedStyle(document.body).fontSize'), '30px', view);
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `${view} at ${width} in the largest type`); }
      await t.b.resize(375);
      assert.equal(await t.b.eval('[...document.querySelectorAll(".step-bar")].some((e) => e.getClientRects().length)'), false, view);
      // (A picture of a region's whole page in the largest type is too long to be taken.)
      if (!view.startsWith('policies/')) await shot(t.b, `elder-${view.replaceAll('/', '_')}`, 'zh', 'light', 375);
    }
    assert.ok(await t.b.eval('[...document.querySelectorAll("main *")].some((e) => e.getClientRects().length)'));
    assert.equal(typeof await you(t.b), 'string');
    await t.b.eval('localStorage.clear()');
    await t.b.resize(390);
  });
});
