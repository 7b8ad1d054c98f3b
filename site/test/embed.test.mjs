// The estimator in pages of other sites: heights, several on a page, hostile neighbours, the reader's consent, the view that
// makes the tag. The host pages stand on another site (127.0.0.1) than the product (localhost).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { field, radio, you } from './page.mjs';
import { accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';

// The site's own example leaves 6613.00 of 30000 to the person, see estimate.test.mjs; 40000 leave 7303.00.
const EXAMPLE = '6,613.00', LARGER = '7303.00';
const CASE = '1.r-110000~s-employee~p-retired~k-inpatient~l-tertiary~w-local~b-split~t-40000.00~x-2000.00~o-0.00~i-1000.00';

/** @typedef {import('./engines.mjs').Page} Page */
/** Pages of the host, by path; what is in them may hold SITE for the product's address. @type {Record<string, string>} */
const pages = {
  '/two': '<h1>新闻</h1><p>一段文字</p><mingbai-estimator id="one"></mingbai-estimator><p>再一段</p><mingbai-estimator id="two" region="320100" scheme="employee" preset="outpatient" theme="plain" size="large" lang="en" title="Nanjing"></mingbai-estimator>',
  '/ask': '<h1>想要结果的网页</h1><mingbai-estimator id="one" ask><a href="SITE">医保明白账</a></mingbai-estimator>',
  '/far': '<h1>很长的网页</h1><div style="height:12000px"></div><mingbai-estimator id="one" view="result"></mingbai-estimator>',
  '/boxed': '<h1>没有同源权限</h1><iframe id="box" title="估算" src="SITEembed.html" sandbox="allow-scripts" width="360" height="700"></iframe>',
  '/empty': '<h1>整页放进框里</h1>',
  '/hostile': '<h1>来路不明</h1><mingbai-estimator id="one"></mingbai-estimator><iframe id="liar" title="冒充" src="/liar"></iframe>',
};
const script = '<script src="SITEembed.js" async referrerpolicy="no-referrer"></script>';
/** @type {Record<string, string>} made while the tests run */
const made = {};

eachEngine('embed', { timeout: 240_000, serve: { routes: {} } }, (t) => {
  const foreign = (/** @type {string} */ path) => `http://127.0.0.1:${t.s.port}${path}`;
  /** @param {string} path @param {Record<string, string>} [headers] */
  const serve = (path, headers = {}) => {
    t.s.options.routes = { ...t.s.options.routes, [path]: (_, r) => {
      const body = (made[path] ?? pages[path] + script).replaceAll('SITE', t.s.url);
      r.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
      r.end(`<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>host</title><link rel="icon" href="data:,"><script>onmessage = (e) => (globalThis.__got ??= []).push([e.origin, e.data]); addEventListener('mingbai-result', (e) => (globalThis.__results ??= []).push(e.detail))</script></head><body><main>${body}</main></body></html>`);
    } };
  };
  const host = async (/** @type {string} */ path) => { t.s.log.length = 0; serve(path); await t.b.goto(foreign(path)); };
  /** Waits for something in a frame, which may still be on its way. @param {string} frame @param {string | Function} code @param {string} what @param {any[]} args */
  const inside = async (frame, code, what, ...args) => {
    const end = Date.now() + 20_000;
    for (;;) {
      const value = await t.b.inFrame(frame, code, ...args).catch(() => undefined);
      if (value) return value;
      if (Date.now() > end) assert.fail(`${what}: not in ${frame}`);
      await sleep(50);
    }
  };
  const started = (/** @type {string} */ frame) => inside(frame, 'document.documentElement.dataset.engine === "ready" && performance.getEntriesByName("mingbai-estimate").length > 0', 'an estimate');
  const pays = (/** @type {string} */ frame, /** @type {string} */ amount) => inside(frame, (/** @type {string} */ want) => !/** @type {any} */ (document.getElementById('sheet')).hidden && [...document.querySelectorAll('#you .yuan, #you .fen')].map((e) => e.textContent).join('') === want, amount, amount);
  const height = (/** @type {string} */ id) => t.b.eval((/** @type {string} */ i) => document.getElementById(i)?.shadowRoot?.querySelector('iframe')?.offsetHeight ?? 0, id);
  /** The frame is as high as its content, to the pixel. @param {string} id */
  const fitsFrame = async (id) => {
    // Out of sight a frame is not laid out; it says its height when it comes into view.
    await t.b.eval((/** @type {string} */ i) => document.getElementById(i)?.scrollIntoView({ behavior: 'instant' }), id);
    const end = Date.now() + 15_000;
    for (;;) {
      const want = await t.b.inFrame(`#${id} >>> iframe`, 'Math.ceil(document.body.getBoundingClientRect().height)');
      const is = await height(id);
      if (Math.abs(want - is) <= 1) return is;
      assert.ok(Date.now() < end, `${id} is ${is} high, its content ${want}`);
      await sleep(50);
    }
  };
  const ONE = '#one >>> iframe', TWO = '#two >>> iframe';

  test('two on one page: titled, each as high as its content, growing and shrinking by itself', async () => {
    await host('/two');
    await started(ONE);
    await t.b.eval('document.getElementById("two").scrollIntoView({ behavior: "instant" })');
    await started(TWO);
    await pays(ONE, EXAMPLE);
    const [a, b] = [await fitsFrame('one'), await fitsFrame('two')];
    assert.deepEqual(await t.b.eval('[...document.querySelectorAll("mingbai-estimator")].map((e) => e.shadowRoot.querySelector("iframe").title)'), ['看病费用估算 · 医保明白账', 'Nanjing']);
    assert.deepEqual(await t.b.inFrame(TWO, '[document.documentElement.lang, document.documentElement.dataset.theme, document.documentElement.dataset.type, document.getElementById("i-region").value]'), ['en', 'plain', '22', 'Nanjing']);
    await t.b.eval('document.getElementById("one").scrollIntoView({ behavior: "instant" })');
    await t.b.inFrame(ONE, 'document.querySelector("#embed-more > summary").click()');
    await t.b.until((/** @type {number} */ was) => document.getElementById('one')?.shadowRoot?.querySelector('iframe')?.offsetHeight !== was, { what: 'the first to grow', args: [a] });
    assert.ok(await fitsFrame('one') > a);
    await t.b.inFrame(ONE, 'document.querySelector("#embed-more > summary").click()');
    await t.b.until((/** @type {number} */ was) => document.getElementById('one')?.shadowRoot?.querySelector('iframe')?.offsetHeight === was, { what: 'the first to shrink', args: [a] });
    assert.equal(await height('two'), b, 'the other one is not touched');
    for (const width of [375, 1280]) { await t.b.resize(width); await fits(t.b, `two frames at ${width}`); await fitsFrame('one'); await fitsFrame('two'); await shot(t.b, 'embed-host', 'zh', 'light', width); }
    await t.b.resize(390);
    await accessible(t.b, 'a page with two frames');
    nothingLeft(t);
  });

  test('nothing is kept inside: no storage, no cache, no worker of the site, no cookie', async () => {
    await host('/two');
    await started(ONE);
    const kept = await t.b.inFrame(ONE, `(async () => [localStorage.length, sessionStorage.length, document.cookie, globalThis.caches ? (await caches.keys()).length : 0,
      navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0, indexedDB.databases ? (await indexedDB.databases()).length : 0])()`);
    assert.deepEqual(kept, [0, 0, '', 0, 0, 0]);
    assert.equal(t.s.log.some((e) => e.path === 'sw.js'), false);
  });

  test('messages from others, of other kinds, out of all measure: no effect', async () => {
    serve('/liar');
    made['/liar'] = '<p>x</p>';
    await host('/hostile');
    await started(ONE);
    const before = await fitsFrame('one');
    // From the page itself and from a frame of another site: neither source nor origin is ours.
    await t.b.eval('postMessage({ mingbai: 1, type: "height", height: 3333 }, "*")');
    await t.b.inFrame('#liar', 'parent.postMessage({ mingbai: 1, type: "height", height: 3333 }, "*")');
    // From our own site, but another window than the tag's.
    await t.b.eval((/** @type {string} */ u) => { const f = document.createElement('iframe'); f.id = 'twin'; f.title = 'twin'; f.src = u; document.body.append(f); }, `${t.s.url}embed.html`);
    await inside('#twin', 'document.documentElement.dataset.engine === "ready"', 'the twin');
    await t.b.inFrame('#twin', 'parent.postMessage({ mingbai: 1, type: "height", height: 3333 }, "*")');
    // From the frame itself, but no height.
    for (const bad of ['"900px"', '"1e9"', 'NaN', 'Infinity', '-400', '0', 'null', '{ valueOf: null }', '[900]', 'true']) {
      await t.b.inFrame(ONE, `parent.postMessage({ mingbai: 1, type: "height", height: ${bad} }, "*")`);
    }
    for (const bad of ['null', '7', '"x"', '[]', '{ mingbai: 2, type: "height", height: 3333 }', '{ type: "height", height: 3333 }', '{ mingbai: 1, type: "__proto__", height: 3333 }']) {
      await t.b.inFrame(ONE, `parent.postMessage(${bad}, "*")`);
    }
    await sleep(400);
    const infinite = await height('one');
    assert.ok(infinite === before || infinite === 6000, `${infinite}`);
    await t.b.inFrame(ONE, 'parent.postMessage({ mingbai: 1, type: "height", height: 1e9 }, "*")');
    await t.b.until('document.getElementById("one").shadowRoot.querySelector("iframe").offsetHeight === 6000', { what: 'the bound' });
    await t.b.inFrame(ONE, 'parent.postMessage({ mingbai: 1, type: "height", height: 1 }, "*")');
    await t.b.until('document.getElementById("one").shadowRoot.querySelector("iframe").offsetHeight === 160', { what: 'the lower bound' });
    // Towards the frame: nonsense, from the page and from a neighbour, moves nothing.
    for (const bad of ['null', '1', '"x"', '{ mingbai: 1 }', '{ mingbai: 1, type: "prefill", case: { toString: 1 } }', '{ mingbai: 1, type: "prefill", case: 7 }']) {
      await t.b.eval(`document.getElementById("one").frame.contentWindow.postMessage(${bad}, "*")`);
    }
    await t.b.inFrame('#liar', `parent.frames[0].postMessage({ mingbai: 1, type: "prefill", case: ${JSON.stringify(CASE)} }, "*")`);
    await t.b.inFrame('#liar', 'parent.frames[0].postMessage({ mingbai: 1, type: "ask" }, "*")');
    await sleep(400);
    await pays(ONE, EXAMPLE);
    assert.equal(await t.b.inFrame(ONE, 'document.getElementById("consent").hidden'), true, 'a neighbour may not ask');
    for (const bad of ['1.r-110000~t-<img src=x>', '1.__proto__-x', '1.r-110000~r-120000', 'x'.repeat(5000), '1.r-%3Cscript%3E']) {
      await t.b.eval((/** @type {string} */ c) => /** @type {any} */ (document.getElementById('one')).prefill(c), bad);
      await inside(ONE, '!document.getElementById("form-notice").hidden', 'the refusal');
    }
    await pays(ONE, EXAMPLE);
    assert.deepEqual(t.trap.caught(), []);
  });

  test('the page may fill in a case, until the reader types', async () => {
    await host('/ask');
    await started(ONE);
    await t.b.eval((/** @type {string} */ c) => /** @type {any} */ (document.getElementById('one')).prefill(c), CASE);
    await pays(ONE, '7,303.00');
    assert.equal(await t.b.inFrame(ONE, 'document.getElementById("i-bill.total").value'), '40000');
    await t.b.inFrame(ONE, (/** @type {string} */ s) => { const i = /** @type {HTMLInputElement} */ (document.querySelector(s)); i.value = '30000'; i.dispatchEvent(new Event('input', { bubbles: true })); i.dispatchEvent(new Event('change', { bubbles: true })); }, field('bill.total'));
    await pays(ONE, EXAMPLE);
    await t.b.eval((/** @type {string} */ c) => /** @type {any} */ (document.getElementById('one')).prefill(c), CASE);
    await sleep(300);
    await pays(ONE, EXAMPLE);
    // The link to the whole page carries the case.
    assert.match(await t.b.inFrame(ONE, 'document.getElementById("whole").href'), /#c=1\.r-110000.*t-30000\.00/);
  });

  test('the result reaches the page only after the reader has agreed, and stops when told to', async () => {
    await host('/ask');
    await started(ONE);
    await inside(ONE, '!document.getElementById("consent").hidden', 'the question');
    const text = await t.b.inFrame(ONE, 'document.getElementById("consent").innerText');
    assert.match(text, new RegExp(`127\\.0\\.0\\.1:${t.s.port}`), 'it names who asks');
    await t.b.eval((/** @type {string} */ c) => /** @type {any} */ (document.getElementById('one')).prefill(c), CASE);
    await pays(ONE, '7,303.00');
    await sleep(300);
    assert.equal(await t.b.eval('(globalThis.__results ?? []).length'), 0, 'nothing before consent');
    const types = await t.b.eval('[...new Set((globalThis.__got ?? []).map(([, d]) => d.type))].sort()');
    assert.deepEqual(types, ['height', 'ready'], 'nothing but height and ready');
    await t.b.inFrame(ONE, 'document.getElementById("consent-yes").click()');
    await t.b.until('(globalThis.__results ?? []).length === 1', { what: 'the result' });
    const [result] = await t.b.eval('globalThis.__results');
    assert.deepEqual({ ...result, policy: '', build: '', date: '' }, { region: '110000', date: '', total: '40000.00', fund: '32697.00', own: LARGER, range: null, policy: '', build: '' });
    await fitsFrame('one');
    await t.b.inFrame(ONE, 'document.getElementById("sharing-stop").click()');
    await t.b.inFrame(ONE, (/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), radio('visit.level', 'secondary'));
    await sleep(600);
    assert.equal(await t.b.eval('globalThis.__results.length'), 1, 'nothing after the stop');
  });

  test('loaded only when it comes into sight', async () => {
    t.s.log.length = 0;
    await host('/far');
    await t.b.until('!!document.getElementById("one").shadowRoot', { what: 'the tag' });
    await sleep(500);
    assert.equal(t.s.log.some((e) => e.path.startsWith('embed.html')), false, 'not before');
    await t.b.eval('document.getElementById("one").scrollIntoView({ behavior: "instant" })');
    await started(ONE);
    assert.equal(await t.b.inFrame(ONE, 'getComputedStyle(document.getElementById("case")).display'), 'none', 'the result first');
    await t.b.inFrame(ONE, 'document.getElementById("change").click()');
    assert.notEqual(await t.b.inFrame(ONE, 'getComputedStyle(document.getElementById("case")).display'), 'none');
  });

  test('without an origin of its own it offers a link; the Estimate itself refuses foreign frames', async () => {
    await host('/boxed');
    const link = await inside('#box', '(() => { const a = document.querySelector(".sealed a"); return a && a.offsetParent !== null && a.getAttribute("href") })()', 'the link').catch((e) => { if (t.engine === 'webkit') return 'no script can look'; throw e; });
    assert.ok(link);
    // The frame comes and goes after the page has loaded: Firefox takes a refused frame for one that still loads.
    await host('/empty');
    await t.b.eval((/** @type {string} */ u) => { const f = document.createElement('iframe'); f.id = 'box'; f.title = 'x'; f.src = u; document.querySelector('main')?.append(f); }, t.s.url);
    for (let i = 0; i < 40 && !t.s.log.some((e) => e.path === '' && e.status !== 0); i++) await sleep(50);
    await sleep(700);
    assert.ok(t.s.log.some((e) => e.path === '' && e.dest === 'iframe'), 'the frame was tried');
    const seen = await Promise.race([t.b.inFrame('#box', 'document.body?.dataset.build ?? ""').catch(() => ''), sleep(4000).then(() => '')]);
    assert.ok(!seen, 'the Estimate shows in a frame of another site');
    assert.equal(t.s.log.some((e) => /estimate\./.test(e.path)), false, 'and its scripts were fetched');
    await t.b.eval('document.getElementById("box").remove()');
  });

  test('a page that forbids the frame shows what stands inside the tag', async () => {
    made['/forbids'] = `<h1>不许有框</h1><script>const st = setTimeout; setTimeout = (f, ms) => st(f, ms > 9999 ? 100 : ms)</script>${script}`;
    serve('/forbids', { 'content-security-policy': "frame-src 'none'" });
    await t.b.goto(foreign('/forbids'));
    await t.b.eval((/** @type {string} */ u) => {
      const e = document.createElement('mingbai-estimator'), a = document.createElement('a');
      a.href = u; a.textContent = '医保明白账'; a.id = 'fallback'; e.append(a); e.id = 'one';
      document.querySelector('main')?.append(e);
    }, t.s.url);
    await t.b.until('!!document.getElementById("fallback").assignedSlot', { what: 'the link' });
    await t.b.eval('document.getElementById("one").remove()');
  });

  test('a whole case and a height by attributes; the documented tokens are the frame’s', async () => {
    made['/case'] = `<h1>一张单子</h1><mingbai-estimator id="one" case="${CASE}" height="333" title="一张单子" theme="dark"></mingbai-estimator>${script}`;
    t.s.log.length = 0;
    serve('/case');
    await t.b.goto(foreign('/case'));
    await t.b.until('!!document.getElementById("one")?.frame', { what: 'the tag' });
    const frame = await t.b.eval('(() => { const f = document.getElementById("one").frame; return [f.getAttribute("sandbox"), f.loading, f.referrerPolicy, f.title, new URL(f.src).search] })()');
    assert.deepEqual(frame, ['allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox', 'lazy', 'no-referrer', '一张单子', ''], 'nothing of the case is in the query');
    await started(ONE);
    await pays(ONE, '7,303.00');
    assert.equal(await t.b.inFrame(ONE, 'document.documentElement.dataset.theme'), 'dark');
    assert.deepEqual(t.s.log.filter((e) => /40000/.test(e.path)).map((e) => e.path), [], 'the host of the frame does not learn the case');
    // Before the frame has spoken, the height asked for is held for it, within bounds.
    for (const [asked, is] of [['333', 333], ['9', 160], ['99999', 6000], ['x', 160]]) {
      assert.equal(await t.b.eval((/** @type {string} */ h) => { const e = /** @type {any} */ (document.createElement('mingbai-estimator')); e.setAttribute('height', h); document.querySelector('main')?.prepend(e); return Promise.resolve().then(() => { const px = parseInt(e.frame.style.height); e.remove(); return px; }); }, asked), is, String(asked));
    }
  });

  test('hostile options in the address of the frame', async () => {
    t.s.log.length = 0;
    for (const hash of ['#theme=<script>&size="&view=__proto__&region=<img>&preset=constructor&scheme=%00', '#case=1.r-110000~t-9e99', '#case=%', '#%E0%A4%A']) {
      await t.b.goto(`${t.s.url}embed.html?${Math.random()}${hash}`);
      await t.b.until('document.documentElement.dataset.engine === "ready"', { what: hash });
      assert.deepEqual(await t.b.eval('[document.documentElement.dataset.theme, document.documentElement.dataset.view, document.documentElement.dataset.type ?? ""]'), ['paper', 'full', '']);
      assert.equal(await t.b.eval('document.querySelectorAll("img, script:not([src])").length'), 0);
      assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] }, hash);
    }
    nothingLeft(t);
  });

  test('three sets of colours, two languages, both widths: axe finds nothing', async () => {
    for (const [hash, lang] of /** @type {[string, 'zh' | 'en'][]} */ ([['theme=paper', 'zh'], ['theme=plain&region=320100&preset=away', 'en'], ['theme=dark&size=largest', 'zh'], ['theme=auto&view=result', 'zh']])) {
      await t.b.goto(`${t.s.url}${lang === 'en' ? 'en/' : ''}embed.html?${Math.random()}#${hash}`);
      await t.b.until('document.documentElement.dataset.engine === "ready" && performance.getEntriesByName("mingbai-estimate").length > 0', { what: hash });
      assert.ok((await you(t.b)).length > 3);
      for (const width of [375, 1280]) {
        await t.b.resize(width);
        await fits(t.b, `${hash} at ${width}`);
        if (width === 375 || hash === 'theme=plain') await accessible(t.b, `${hash} at ${width}`);
        await shot(t.b, `embed-${hash.split('&')[0].split('=')[1]}`, lang, 'light', width);
      }
      await t.b.resize(320);
      await fits(t.b, `${hash} at 320`);
      await t.b.resize(390);
      assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] }, hash);
    }
  });

  test('the view that makes the tag: choose, see it live, copy it, and it works elsewhere', async () => {
    t.s.log.length = 0;
    for (const lang of /** @type {const} */ (['zh', 'en'])) {
      await t.b.goto(`${t.s.url}${lang === 'en' ? 'en/' : ''}embedding/`);
      await t.b.eval('document.getElementById("live").scrollIntoView({ behavior: "instant" })');
      await inside('#live >>> iframe', 'document.documentElement.dataset.engine === "ready"', 'the live frame');
      assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
      await accessible(t.b, `embedding ${lang}`);
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `embedding ${lang} at ${width}`); if (width > 320) await shot(t.b, 'embedding', lang, 'light', width); }
      await t.b.resize(390);
    }
    await t.b.goto(`${t.s.url}embedding/`);
    await t.b.eval('document.getElementById("live").scrollIntoView({ behavior: "instant" })');
    await t.b.until('!!document.getElementById("live").frame', { what: 'the live frame' });
    for (const [name, value] of [['theme', 'plain'], ['preset', 'outpatient'], ['scheme', 'employee'], ['size', 'large']]) await t.b.eval((/** @type {string} */ s) => /** @type {HTMLElement} */ (document.querySelector(s)).click(), radio(name, value));
    await t.b.type('#i-region', 'nanjing');
    await t.b.press('Enter');
    await t.b.until('/region="320100"/.test(document.getElementById("code-tag").value)', { what: 'the region in the tag' });
    await t.b.eval('document.getElementById("live").scrollIntoView({ behavior: "instant" })');
    await inside('#live >>> iframe', 'document.documentElement.dataset.theme === "plain" && document.documentElement.dataset.type === "22" && document.getElementById("i-region").value === "南京市"', 'the live frame as chosen');
    await inside('#live >>> iframe', 'performance.getEntriesByName("mingbai-estimate").length > 0 && !document.getElementById("sheet").hidden', 'its estimate');
    await t.b.click('#copy-tag');
    await t.b.until('document.getElementById("copied").textContent.length > 0', { what: 'what became of the copy' });
    const [tag, frame] = await t.b.eval('[document.getElementById("code-tag").value, document.getElementById("code-frame").value]');
    assert.match(tag, /^<script src="[^"]+embed\.js" async referrerpolicy="no-referrer"><\/script>\n<mingbai-estimator region="320100" scheme="employee" preset="outpatient" theme="plain" size="large" lang="zh"><a href="[^"]+">[^<]+<\/a><\/mingbai-estimator>$/);
    // Pasted into a page that is there already, reached by its own address bar: Firefox's driver waits for frames that were
    // taken away, or are lazy, before it calls a page loaded.
    serve('/empty');
    await t.b.eval((/** @type {string} */ u) => { setTimeout(() => { location.href = u; }, 0); }, foreign('/empty'));
    const end = Date.now() + 15_000;
    while (!await t.b.eval('location.pathname === "/empty" && document.readyState === "complete"').catch(() => false)) { assert.ok(Date.now() < end, 'the page of others'); await sleep(50); }
    t.s.log.length = 0;
    await t.b.eval((/** @type {string} */ html) => document.querySelector('main')?.append(document.createRange().createContextualFragment(html)),
      tag.replace('<mingbai-estimator', '<mingbai-estimator id="one"') + frame.replace('<iframe', '<iframe id="plain"'));
    await started(ONE);
    await t.b.eval('document.getElementById("plain").scrollIntoView({ behavior: "instant" })');
    await started('#plain');
    for (const f of [ONE, '#plain']) assert.deepEqual(await t.b.inFrame(f, '[document.documentElement.dataset.theme, document.getElementById("i-region").value]'), ['plain', '南京市'], f);
    nothingLeft(t);
  });
});
