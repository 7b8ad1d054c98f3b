// The tests' own tools, on a page of their own: what the adapters can do in each engine, and that every witness can cry.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { removeScratch, scratchDir, within } from './children.mjs';
import { axe } from './engines.mjs';
import { parseHeaders, serve } from './server.mjs';
import { eachEngine, fits, nothingLeft, witnessed } from './spec.mjs';

const dist = scratchDir('dist'), next = scratchDir('next');
after(() => { removeScratch(dist); removeScratch(next); });
const page = (/** @type {string} */ word) => `<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>明白</title><link rel="stylesheet" href="s.css"></head>
<body><main><h1>${word}</h1><label for="amount">总费用</label><input id="amount"><label for="level">级别</label><select id="level"><option value="a">一级</option><option value="b">三级</option></select>
<label for="file">文件</label><input type="file" id="file"><button id="go" type="button">算</button><details><summary id="more">更多</summary><p>段落</p></details><output id="out"></output></main><script type="module" src="m.js"></script></body></html>`;
mkdirSync(join(dist, 'sub'));
writeFileSync(join(dist, 'index.html'), page('旧版'));
writeFileSync(join(next, 'index.html'), page('新版'));
writeFileSync(join(dist, 'sub/index.html'), '<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>里</title></head><body><p id="p">里面</p></body></html>');
writeFileSync(join(dist, 's.css'), 'body { font: 18px/1.5 system-ui; margin: 1rem } input, select, button { font: inherit; box-sizing: border-box; max-width: 100%; min-height: 44px } label, output { display: block; overflow-wrap: anywhere } @media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }');
const worker = "let n = 0; addEventListener('message', async (e) => { if (e.data === 'leak') await fetch('http://leak.example/w').catch(() => {}); postMessage(++n); });";
writeFileSync(join(dist, 'w.js'), worker);
writeFileSync(join(dist, 'm.js'), `const out = document.getElementById('out'), amount = document.getElementById('amount');
amount.addEventListener('input', () => { out.textContent = amount.value; });
document.getElementById('go').addEventListener('click', (e) => { out.textContent = 'clicked ' + (e.pointerType || 'mouse'); });
document.getElementById('level').addEventListener('change', (e) => { out.textContent = e.target.value; });
document.getElementById('file').addEventListener('change', async (e) => { out.textContent = await e.target.files[0].text(); });
document.documentElement.dataset.ready = '1';`);
for (const f of ['index.html', 'm.js', 's.css']) writeFileSync(join(dist, `${f}.gz`), gzipSync(readFileSync(join(dist, f))));
writeFileSync(join(dist, '_headers'), `/*
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; worker-src 'self'; frame-src http://127.0.0.1:*
  X-Content-Type-Options: nosniff
/sub/*
  ! X-Content-Type-Options
  X-Sub: yes
`);

test('a _headers file: blocks, ! takes off, what is said twice is joined', () => {
  const h = parseHeaders(readFileSync(join(dist, '_headers'), 'utf8'));
  assert.equal(h('/index.html')['x-content-type-options'], 'nosniff');
  assert.deepEqual(Object.keys(h('/sub/x')), ['content-security-policy', 'x-sub']);
  assert.deepEqual(parseHeaders('/*\n  A: 1\n/x\n  A: 2\n')('/x'), { a: '1, 2' });
  assert.throws(() => parseHeaders('  X: 1\n'), /line 1/);
});

test('the server: prefix, neighbours, wrong types, 404, another build, the same port again', async () => {
  const s = await serve({ dist, prefix: '/a/b/', missing: ['m.js'], routes: { '/other': (_, r) => { r.end('route'); } } });
  const get = (/** @type {string} */ u, h = {}) => fetch(u, { headers: h, redirect: 'manual' });
  const home = await get(s.url, { 'accept-encoding': 'gzip' });
  assert.equal(home.headers.get('content-encoding'), 'gzip');
  assert.match(await home.text(), /旧版/);
  assert.match(home.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.equal((await get(s.url, { 'if-none-match': home.headers.get('etag') })).status, 304);
  assert.equal((await get(`${s.url}m.js`)).status, 404);
  assert.equal((await get(`${s.url}_headers`)).status, 404);
  assert.equal((await get(`${s.origin}/index.html`)).status, 404, 'outside the prefix');
  assert.equal((await get(`${s.url}sub`)).headers.get('location'), '/a/b/sub/');
  assert.equal((await get(`${s.url}..%2f..%2f..%2fetc/passwd`)).status, 404);
  assert.equal(await (await get(`${s.origin}/other`)).text(), 'route');
  s.options.headers = 'none'; s.options.compress = 'none';
  const bare = await get(s.url, { 'accept-encoding': 'gzip' });
  assert.equal(bare.headers.get('content-security-policy'), null);
  assert.equal(bare.headers.get('content-encoding'), null);
  s.use(next);
  assert.match(await (await get(s.url)).text(), /新版/);
  await s.stop();
  await assert.rejects(get(s.url));
  await s.start();
  assert.equal((await get(s.url)).status, 200);
  assert.equal(s.log.filter((e) => e.path === 'm.js')[0].status, 404);
  await s.stop();
});

test('a slow line: round trips and kilobits', async () => {
  const s = await serve({ dist, shape: { rtt: 50, kbps: 800 }, compress: 'none', alter: () => Buffer.alloc(20_000) });
  const t = performance.now();
  await (await fetch(`${s.url}m.js`)).arrayBuffer();
  const ms = performance.now() - t;
  assert.ok(ms > 330 && ms < 1000, `three round trips and 200 ms of bits took ${ms}`);
  await s.stop();
});

test('nothing waits for ever', async () => {
  await assert.rejects(within(20, 'a call', new Promise(() => {})), /a call: no answer in 20 ms/);
});

eachEngine('the adapter', { timeout: 120_000, serve: { dist } }, (t) => {
  test('goes, evaluates with arguments, reloads, goes back', async () => {
    await t.b.goto(t.s.url);
    await t.b.until('document.documentElement.dataset.ready');
    assert.equal(await t.b.eval((/** @type {number} */ a, /** @type {any} */ o) => Promise.resolve(a + o.b.length), 40, { b: '明白' }), 42);
    await assert.rejects(t.b.eval("(async () => { throw new Error('from the page') })()"), /from the page/);
    await t.b.goto(`${t.s.url}sub/`);
    assert.equal(await t.b.eval('document.getElementById("p").textContent'), '里面');
    await t.b.back();
    await t.b.reload();
    assert.equal(await t.b.url(), t.s.url);
    assert.equal(await t.b.eval('document.querySelector("h1").textContent'), '旧版');
    await assert.rejects(t.b.until('false', { ms: 100, what: 'never' }), /waited 100 ms for never/);
  });
  test('types, presses, selects, taps, uploads', async () => {
    const out = (/** @type {string} */ want) => t.b.until((/** @type {string} */ w) => document.getElementById('out')?.textContent === w, { ms: 4000, what: want, args: [want] });
    await t.b.type('#amount', '12,345.6');
    await out('12,345.6');
    await t.b.type('#amount', '3万');
    await out('3万');
    await t.b.type('#amount', '');
    await out('');
    await t.b.press('Tab');
    assert.equal(await t.b.eval('document.activeElement.id'), 'level');
    await t.b.press('Shift+Tab');
    assert.equal(await t.b.eval('document.activeElement.id'), 'amount');
    await t.b.select('#level', 'b');
    await out('b');
    await t.b.eval('document.getElementById("more").focus()');
    await t.b.press('Enter');
    await t.b.until('document.querySelector("details").open', { what: 'details opened by Enter' });
    await t.b.press('Space');
    await t.b.until('!document.querySelector("details").open', { what: 'details closed by Space' });
    await t.b.click('#go');
    await t.b.until('/^clicked/.test(document.getElementById("out").textContent)');
    await t.b.type('#amount', '');
    await t.b.tap('#go');
    await t.b.until('/^clicked/.test(document.getElementById("out").textContent)', { what: 'a tap' });
    await t.b.upload('#file', join(dist, 'w.js'));
    await out(worker);
  });
  test('has the viewport asked for, down to 320 pixels', async () => {
    assert.deepEqual(await t.b.eval('[innerWidth, innerHeight, devicePixelRatio]'), [390, 844, 2]);
    for (const w of [320, 375, 768, 1280]) {
      await t.b.resize(w);
      await t.b.until((/** @type {number} */ x) => innerWidth === x, { ms: 3000, what: `width ${w}`, args: [w] });
      await fits(t.b, `${w}`);
    }
    await t.b.eval('document.querySelector("h1").style.setProperty("width", "1500px")');
    await assert.rejects(fits(t.b, 'too wide'), /h1/);
    await t.b.resize(390);
  });
  test('screenshot, PDF, second tab', async () => {
    const png = join(dist, 'a.png'), pdf = join(dist, 'a.pdf');
    await t.b.screenshot(png);
    assert.ok(statSync(png).size > 3000);
    if (t.b.can.pdf) { await t.b.pdf(pdf); assert.equal(readFileSync(pdf).subarray(0, 5).toString(), '%PDF-'); }
    const tab = await t.b.newTab();
    await tab.goto(`${t.s.url}sub/`);
    assert.equal(await tab.eval('document.title'), '里');
    assert.equal(await t.b.eval('document.title'), '明白');
    assert.deepEqual(await tab.eval('innerWidth'), 390);
    await tab.close();
    assert.equal(await t.b.eval('document.title'), '明白');
  });
  test('a frame of another site', async () => {
    await t.b.goto(t.s.url);
    await t.b.eval((/** @type {string} */ u) => { const f = document.createElement('iframe'); f.id = 'f'; f.src = u; document.body.append(f); }, `${t.s.foreign}sub/`);
    await t.b.until('!!document.getElementById("f")');
    const end = Date.now() + 5000;
    let text;
    do text = await t.b.inFrame('#f', 'document.getElementById("p")?.textContent').catch(() => ''); while (text !== '里面' && Date.now() < end);
    assert.equal(text, '里面');
    assert.equal(await t.b.inFrame('#f', 'location.hostname'), '127.0.0.1');
  });
  test('axe finds nothing here, and finds a fault when there is one', async () => {
    await t.b.goto(t.s.url);
    assert.deepEqual((await axe(t.b)).violations, []);
    await t.b.eval('document.querySelector("label").remove()');
    assert.match((await axe(t.b)).violations.join(), /label/);
  });
  test('preferences: dark, less motion, forced colours', async () => {
    const q = () => t.b.eval('[matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(prefers-reduced-motion: reduce)").matches, matchMedia("(forced-colors: active)").matches]');
    await t.b.media({ scheme: 'dark', motion: 'reduce' });
    await t.b.goto(t.s.url);
    assert.deepEqual(await q(), [true, true, false]);
    await t.b.media({ scheme: 'light', motion: 'no-preference' });
    await t.b.goto(t.s.url);
    assert.deepEqual(await q(), [false, false, false]);
    if (!t.b.can.forced) return void await assert.rejects(t.b.media({ forced: 'active' }), /ask b.can/);
    await t.b.media({ forced: 'active' });
    await t.b.goto(t.s.url);
    assert.equal((await q())[2], true);
    await t.b.media({ forced: 'none' });
  });
  test('the witness in the page sees violations of the CSP and errors', async () => {
    await t.b.goto(t.s.url);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
    await t.b.eval("(async () => { await fetch('http://leak.example/csp').catch(() => {}); setTimeout(() => { throw new Error('boom') }); await new Promise((r) => setTimeout(r, 300)); })()");
    const seen = await witnessed(t.b);
    assert.match(seen.csp.join(), /connect-src http:\/\/leak\.example/);
    assert.match(seen.errors.join(), /boom/);
    nothingLeft({ ...t, b: { ...t.b, requests: () => [] } }); // the engine's event tells of the attempt, too
  });
  test('the trap catches page and worker where no CSP stops them', async () => {
    t.s.options.headers = 'none';
    await t.b.goto(t.s.url);
    await t.b.eval(`(async () => { await fetch('http://leak.example/p').catch(() => {});
      const w = new Worker('w.js'); w.postMessage('leak'); await new Promise((r) => w.onmessage = r); })()`);
    assert.deepEqual(t.trap.caught().sort(), ['http://leak.example/p', 'http://leak.example/w']);
    assert.throws(() => nothingLeft(t), /outside this machine/);
    t.s.options.headers = 'shipped';
  });
});
