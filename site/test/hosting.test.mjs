// Any static host: the page that says how, its samples and its check, and the site where a host gives as little as it may.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built, sum } from './builds.mjs';
import { ESTIMATE, field, pays, ready, you } from './page.mjs';
import { parseHeaders, serve } from './server.mjs';
import { DIST, accessible, eachEngine, fits, nothingLeft, shot, witnessed } from './spec.mjs';

// The page opens on a settled example, see estimate.test.mjs; 40000 yuan leave 7303.00.
const EXAMPLE = '6,613.00', LARGER = '7,303.00';
const ROWS = ['https', 'csp', 'worker', 'permissions', 'nosniff', 'opener', 'referrer', 'shared', 'forever', 'type', 'small'];
const file = (/** @type {RegExp} */ name) => /** @type {{path: string}} */ (built(DIST).files.find((f) => name.test(f.path))).path;
const engine = file(/^assets\/engine\..*\.wasm$/), worker = file(/^assets\/worker\./);
const WANTED = ['content-security-policy', 'permissions-policy', 'x-content-type-options', 'cross-origin-opener-policy', 'referrer-policy', 'cache-control', 'access-control-allow-origin', 'cross-origin-resource-policy'];

/** What a path is served with, by a sample read without the program that it is for. @param {string} text @param {(text: string) => {pattern: RegExp, headers: [string, string][]}[]} read @param {boolean} last only the last block counts */
function bySample(text, read, last) {
  const blocks = read(text);
  return (/** @type {string} */ path) => {
    const found = blocks.filter((b) => b.pattern.test(path));
    return Object.fromEntries((last ? found.slice(-1) : found).flatMap((b) => b.headers).map(([name, value]) => [name.toLowerCase(), value]));
  };
}
const escape = (/** @type {string} */ s) => s.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
/** nginx: the exact location, else a regular expression, else the longest prefix; they inherit nothing. @param {string} text */
const nginx = (text) => [...text.matchAll(/location (=|~)? ?(\S+) \{\n([^}]*)\}/g)].map(([, kind, path, body]) => ({
  order: kind === '=' ? 3000 : kind === '~' ? 2000 : path.length,
  pattern: kind === '=' ? new RegExp(`^${escape(path)}$`) : kind === '~' ? new RegExp(path) : new RegExp(`^${escape(path)}`),
  headers: [...body.matchAll(/add_header (\S+) "((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => /** @type {[string, string]} */ ([name, value])),
})).sort((a, b) => a.order - b.order);
/** Caddy: route keeps the order and a later header takes the place of an earlier one. @param {string} text */
const caddy = (text) => [...text.matchAll(/\theader (\/\S+ )?\{\n([^}]*)\}/g)].map(([, path, body]) => ({
  pattern: new RegExp(`^${escape(path?.trim() ?? '/*').replaceAll('*', '.*')}$`),
  headers: [...body.matchAll(/(\S+) "((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => /** @type {[string, string]} */ ([name, value])),
}));

test('the three samples say the same for every path', () => {
  const text = (/** @type {string} */ name) => readFileSync(join(DIST, name), 'utf8');
  assert.equal(text('hosting/headers.txt'), text('_headers'));
  const hosts = { headers: parseHeaders(text('_headers')), nginx: bySample(text('hosting/nginx.conf.txt'), nginx, true), caddy: bySample(text('hosting/Caddyfile.txt'), caddy, false) };
  for (const path of ['/', '/index.html', '/en/', '/privacy/', '/embed.html', '/en/embed.html', '/embedding/', '/en/embedding/', '/embed.js', '/mingbai.mjs', `/${engine}`, `/${worker}`, '/sw.js', '/policies/110000/']) {
    const of = (/** @type {(path: string) => Record<string, string>} */ host) => WANTED.map((name) => `${name}: ${host(path)[name] ?? ''}`);
    assert.match(hosts.headers(path)['content-security-policy'], /default-src 'none'.*trusted-types mingbai/, path);
    assert.deepEqual(of(hosts.nginx), of(hosts.headers), `nginx, ${path}`);
    assert.deepEqual(of(hosts.caddy), of(hosts.headers), `Caddy, ${path}`);
  }
  assert.match(hosts.nginx('/embed.html')['content-security-policy'], /frame-ancestors \*/);
  assert.match(hosts.nginx('/')['content-security-policy'], /frame-ancestors 'self'/);
});

test('what a host serves is what build.json lists, byte by byte, so that anybody can compare', async () => {
  const s = await serve({ dist: DIST });
  try {
    const { files } = await fetch(`${s.url}build.json`).then((r) => r.json());
    assert.ok(files.length > 300);
    for (const f of files) if (f.path !== '_headers') assert.equal(sum(Buffer.from(await fetch(s.url + f.path).then((r) => r.arrayBuffer()))), f.sha256, f.path);
  } finally { await s.stop(); }
});

eachEngine('hosting', { timeout: 200_000, serve: { worker: true } }, (t) => {
  const go = (/** @type {string} */ path) => t.b.goto(t.s.url + path);
  /** Presses the button; which rows are there, which are not. */
  const check = async () => {
    await t.b.click('#check');
    await t.b.until('document.getElementById("checked").textContent !== ""', { what: 'the answer' });
    return t.b.eval(() => Object.fromEntries([...document.querySelectorAll('#checks > [data-check]')].map((r) => [/** @type {HTMLElement} */ (r).dataset.check, [/** @type {HTMLElement} */ (r).dataset.found, r.querySelector('.answer')?.textContent]])));
  };

  test('the page in both languages: samples shown and offered, fits, readable by everybody', async () => {
    t.s.options.worker = false;
    for (const [lang, path] of /** @type {const} */ ([['zh', 'hosting/'], ['en', 'en/hosting/']])) {
      await go(path);
      const shown = await t.b.eval(() => [...document.querySelectorAll('.sample')].map((d) => [d.querySelector('code')?.textContent, /** @type {HTMLAnchorElement} */ (d.querySelector('a[download]')).href]));
      assert.equal(shown.length, 3);
      for (const [text, href] of shown) assert.equal(await fetch(href).then((r) => r.text()), text, href);
      assert.equal(await t.b.eval('document.querySelector(".foot-links [aria-current=page]").getAttribute("href")'), '../hosting/');
      await t.b.eval('document.querySelectorAll("details").forEach((d) => { d.open = true })');
      await accessible(t.b, path);
      for (const width of [320, 375, 1280]) { await t.b.resize(width); await fits(t.b, `${path} at ${width}`); }
      await t.b.eval('document.querySelectorAll("details").forEach((d) => { d.open = false })');
      for (const width of [375, 1280]) { await t.b.resize(width); await shot(t.b, 'hosting', lang, 'light', width); }
      await t.b.resize(390);
      assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
    }
  });

  test('its check asks the host itself, only when pressed, and says what is missing', async () => {
    await go('hosting/');
    await t.b.until('!!navigator.serviceWorker.controller', { ms: 20_000, what: 'the service worker, which would answer with headers of its own' });
    assert.deepEqual(await t.b.eval('[...document.querySelectorAll(".answer")].filter((a) => !a.hidden).length'), 0);
    const all = await check();
    assert.deepEqual(Object.keys(all).sort(), [...ROWS].sort());
    for (const [name, [found, text]] of Object.entries(all)) assert.deepEqual([found, text], ['yes', '这里有'], name);
    assert.match(await t.b.eval('document.getElementById("checked").textContent'), /11 样里有 11 样/);
    Object.assign(t.s.options, { headers: 'none', compress: 'none', wasmType: 'application/octet-stream' });
    const bare = await check();
    // localhost counts as safe, so that https is the one that is there.
    for (const [name, [found, text]] of Object.entries(bare)) assert.deepEqual([found, text], name === 'https' ? ['yes', '这里有'] : ['no', '这里没有'], name);
    assert.match(await t.b.eval('document.getElementById("checked").textContent'), /11 样里有 1 样/);
    await accessible(t.b, 'the check');
    await shot(t.b, 'hosting-check', 'zh', 'light', 390);
    t.s.options.missing = [/^mingbai\.mjs$/];
    await t.b.click('#check');
    await t.b.until('/没有查成/.test(document.getElementById("checked").textContent)', { what: 'that it failed' });
    nothingLeft(t);
  });

  test('under any path, without headers, uncompressed, with a wrong type: it starts from the small copy and knows its way', async () => {
    const s = await serve({ dist: DIST, prefix: '/医保/a b/', headers: 'none', compress: 'none', wasmType: 'text/plain', witness: true });
    const home = new URL(s.url).href;
    try {
      for (const lang of /** @type {const} */ (['zh', 'en'])) {
        await t.b.goto(home + ESTIMATE[lang]);
        await ready(t.b);
        assert.equal(await you(t.b), EXAMPLE);
        await t.b.type(field('bill.total'), '40000');
        await pays(t.b, LARGER);
        assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
      }
      const got = s.log.filter((e) => e.path.startsWith(`${engine}.gzip`) && e.status === 200);
      assert.ok(got.length > 0, 'the copy that is compressed already');
      // Every page of the navigation, by its own links.
      const links = await t.b.eval('[...document.querySelectorAll(".foot-links a")].map((a) => a.href)');
      assert.ok(links.length >= 9);
      for (const link of links) {
        assert.ok(link.startsWith(home), link);
        assert.equal((await fetch(link)).status, 200, link);
      }
      assert.deepEqual(s.log.filter((e) => e.status === 404).map((e) => e.path), []);
    } finally { await s.stop(); }
  });

  test('a browser that can neither unpack nor compile on the way takes the engine as it is', async () => {
    if (!t.b.can.early) return;
    await t.reopen();
    t.s.options.worker = false;
    // The worker is what starts the engine: the two are taken away there, too.
    Object.assign(t.s.options, { compress: 'none', wasmType: 'text/plain', alter: (/** @type {string} */ path, /** @type {Buffer} */ body) => path === worker
      ? Buffer.concat([Buffer.from('delete self.DecompressionStream; delete WebAssembly.instantiateStreaming;\n'), body]) : body });
    t.s.log.length = 0;
    await go('');
    await ready(t.b);
    assert.equal(await you(t.b), EXAMPLE);
    const asked = t.s.log.filter((e) => e.path.startsWith('assets/engine.'));
    assert.deepEqual(asked.map((e) => e.path), [engine], 'the plain file, once');
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });
});
