// What others can put before the site: the address, the storage, files, messages, text in fields, tables and policies. None of it
// may run, ask for anything, change a page's markup or its prototypes, or keep the next honest case from being settled. The
// pages are those of the navigation, the keys of the storage those in the sources: what is added is attacked, too.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeScratch, scratchDir } from './children.mjs';
import { field, pays, ready } from './page.mjs';
import { DIST, eachEngine, nothingLeft, witnessed } from './spec.mjs';

// 40000 yuan instead of the example's 30000 leave 7303.00 to the person, see offline.test.mjs.
const LARGER = '7,303.00';
const RUN = '"><img src=http://leak.example/x onerror=globalThis.__owned=1><script>globalThis.__owned=1</script>';
const TEXTS = [RUN, 'javascript:globalThis.__owned=1', '__proto__', 'constructor.prototype', '{{constructor.constructor("globalThis.__owned=1")()}}', '\u202e\u0000\ufeff\ud800', '9'.repeat(5000), '-1e999', '=HYPERLINK("http://leak.example")'];
const PAGES = [...readFileSync(join(DIST, 'index.html'), 'utf8').matchAll(/class="foot-links"[^]*?<\/nav>/g)].flatMap(([nav]) => [...nav.matchAll(/href="\.\/([^"]*)"/g)].map((m) => m[1])).concat('policies/320100/', 'embed.html', 'offline.html', '404.html');
const FRAGMENTS = [
  `c=1.r-110000~t-${RUN}`, `c=1.${RUN}-1`, 'c=1.__proto__-x', 'c=1.r-110000~r-120000', `c=${RUN}`, `c=1.r-${'1'.repeat(5000)}`, `y=1.self.0:r-${RUN}`, 'y=1.__proto__.0:r-1', `r=${RUN}`, `p=${RUN}`,
  `case=${RUN}&theme=${RUN}&region=__proto__&preset=constructor&view=${RUN}`, '%E0%A4%A', 'javascript:globalThis.__owned=1', RUN,
];
const SOURCES = fileURLToPath(new URL('../src', import.meta.url));
const KEYS = [...new Set(/** @type {string[]} */ (readdirSync(SOURCES, { recursive: true })).filter((f) => /\.m?js$/.test(f)).flatMap((f) => [...readFileSync(join(SOURCES, f), 'utf8').matchAll(/['"`](mingbai\.[a-z]+)['"`]/g)].map((m) => m[1])))].filter((k) => k !== 'mingbai.mjs');
const STORED = [RUN, '{"__proto__":{"__owned":1}}', '[', 'null', '{"format":"mingbai-year","version":1,"members":[{"relation":"self","name":"<img src=http://leak.example/n>","visits":[{"date":"2026-01-01","bill.total":"<script>"}]}]}', 'x'.repeat(200_000)];
const policy = JSON.parse(readFileSync(new URL('../../wasm/testdata/requests/load_policy.json', import.meta.url), 'utf8')).yaml;

const folder = scratchDir('hostile');
after(() => removeScratch(folder));
/** @param {string} name @param {string | Buffer} text */
const file = (name, text) => { const path = join(folder, name); writeFileSync(path, text); return path; };
const FILES = [
  ...STORED.map((text, i) => file(`${i}.json`, text)),
  file('a.csv', `日期,看病方式,${RUN}\n2026-01-01,"${RUN.replaceAll('"', '""')}",=HYPERLINK("http://leak.example")\n`),
  file('b.csv', '"never closed'), file('c.yaml', 'a: &a [x]\nb: !!js/function "globalThis.__owned=1"\n'), file('d.png', Buffer.from([0, 1, 2, 255, 254])),
];
const MESSAGES = ['null', '1', '"skip"', '[]', `{ mingbai: 1, type: "prefill", case: ${JSON.stringify(RUN)} }`, '{ mingbai: 1, type: "height", height: 1e9 }', '{ mingbai: 1, type: "ask" }', '{ mingbai: 1, type: "result", result: { own: "1.00" } }', '{ ready: true }', '{ dead: true }', '{ id: 1, text: "{}" }', 'new URL(location.href).search'];

eachEngine('hostile input', { timeout: 480_000 }, (t) => {
  /** Nothing ran, nothing was asked for, no markup and no prototype was changed. @param {string} what @param {number} [scripts] inline scripts that the page has */
  const unharmed = async (what) => {
    const found = await t.b.eval(() => ({
      owned: /** @type {any} */ (globalThis).__owned ?? /** @type {any} */ ({}).__owned ?? null,
      markup: [...document.querySelectorAll('script:not([src]), img[src*="leak"], [onerror], [onload], iframe[srcdoc], object, embed, base, a[href^="javascript:" i], form[action]')].map((e) => e.outerHTML.slice(0, 200)),
      at: location.hostname,
    }));
    assert.deepEqual(found, { owned: null, markup: [], at: 'localhost' }, what);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] }, what);
    assert.deepEqual(t.trap.caught(), [], what);
  };
  /** Lets what a change began come to its end. */
  const settle = () => t.b.eval('new Promise((r) => setTimeout(r, 60))');
  const go = async (/** @type {string} */ path) => { await t.b.goto('about:blank'); await t.b.goto(t.s.url + path); };

  test('the witnesses would see it', async () => {
    assert.ok(PAGES.length >= 12 && PAGES.includes('year/') && PAGES.includes(''), PAGES.join());
    assert.deepEqual(['mingbai.type', 'mingbai.year'].filter((k) => !KEYS.includes(k)), []);
    await go('privacy/');
    await t.b.eval('(() => { const i = document.createElement("img"); i.src = "http://leak.example/x"; document.body.append(i) })()');
    await settle();
    await assert.rejects(unharmed('an image of another site'), /leak\.example/);
    await t.reopen();
    t.trap.log.length = 0;
  });

  test('the address: every page, hostile fragments and queries', async () => {
    for (const page of PAGES) {
      const query = `?region=${encodeURIComponent(RUN)}&c=1.r-110000&__proto__[__owned]=1&theme=<script>&next=javascript:globalThis.__owned=1`;
      await go(`${page}${query}#${FRAGMENTS[0]}`);
      for (const fragment of FRAGMENTS) {
        await t.b.eval((/** @type {string} */ f) => { location.hash = f; }, fragment);
        await settle();
      }
      await unharmed(`${page}${query}`);
      // What is there from the start; the pages that read a case get some of each kind.
      for (const fragment of ['', 'year/', 'embed.html'].includes(page) ? FRAGMENTS.filter((_, i) => i % 2 === 0) : []) {
        await go(`${page}#${encodeURI(fragment)}`);
        await settle();
        await unharmed(`${page}#${fragment}`);
      }
    }
    await go('');
    await ready(t.b);
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, LARGER);
    assert.deepEqual(t.s.log.filter((e) => /owned|leak|%3Cimg/i.test(e.path) && !e.path.includes('?')).map((e) => e.path), [], 'nothing of a fragment reached the server');
  });

  test('the storage: every key, read at the start of every page', async () => {
    for (const text of STORED) {
      await go('privacy/');
      await t.b.eval((/** @type {string[]} */ keys, /** @type {string} */ value) => { for (const k of [...keys, 'mingbai.case', '__proto__', 'mingbai.']) for (const s of [localStorage, sessionStorage]) s.setItem(k, value); }, KEYS, text);
      for (const page of text === STORED[0] ? PAGES : ['', 'year/']) { await go(page); await settle(); await unharmed(`${page} with ${text.slice(0, 40)} stored`); }
    }
    await t.b.eval('(localStorage.clear(), sessionStorage.clear())');
    await go('');
    await ready(t.b);
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, LARGER);
  });

  test('text in every field, files for every page that takes them, messages to every window', async () => {
    let fields = 0, files = 0;
    for (const page of PAGES) {
      await go(page);
      await settle();
      for (const text of TEXTS) {
        fields += await t.b.eval((/** @type {string} */ value) => {
          const all = [...document.querySelectorAll('input:not([type=radio]):not([type=checkbox]):not([type=file]):not([readonly]), textarea:not([readonly])')];
          for (const e of all) {
            /** @type {any} */ (e).value = value;
            for (const type of ['input', 'change', 'blur']) e.dispatchEvent(new Event(type, { bubbles: true }));
          }
          return all.length;
        }, text);
        await settle();
      }
      await unharmed(`${page}: text`);
      const takes = await t.b.eval('[...document.querySelectorAll("input[type=file]")].map((e) => "#" + e.id)');
      for (const input of takes) for (const path of FILES) { await t.b.upload(input, path); files++; await settle(); }
      await unharmed(`${page}: files`);
      for (const message of MESSAGES) await t.b.eval(`postMessage(${message}, "*")`);
      await settle();
      await unharmed(`${page}: messages`);
    }
    assert.ok(fields > 50 && files >= FILES.length, `${fields} fields, ${files} files`);
    await go('');
    await ready(t.b);
    for (const message of MESSAGES) await t.b.eval(`postMessage(${message}, "*")`);
    await t.b.type(field('bill.total'), '40000');
    await pays(t.b, LARGER);
    nothingLeft(t);
  });

  test('policies and tables, in a page that uses the library', async () => {
    await go('privacy/');
    const bad = [
      '', '[', '\u0000', 'a: &a [1]\nb: *a\n', 'x: !!python/object/apply:os.system ["id"]\n', '__proto__: {polluted: 1}\n', `region: ${RUN}\n`, '- '.repeat(20_000), '{'.repeat(20_000),
      'a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n',
      policy.replace('share: 0.8', 'share: 8'), policy.replace('share: 0.8', 'share: 1e400'), policy.replace('version: 2026-11-22', `version: ${JSON.stringify(RUN)}`), policy.replace('checked: 2026-11-22', 'checked: 2026-11-22, url: "javascript:globalThis.__owned=1"'), 'x'.repeat(3_000_000),
    ];
    const named = policy.replace('zh: 样例市', `zh: ${JSON.stringify('<img src=http://leak.example/z>样例市')}`);
    const rows = ['id,date,person.status,visit.level,bill.total', `"${RUN.replaceAll('"', '""')}",2026-05-01,active,tertiary,60000.00`, '=HYPERLINK("http://leak.example"),2026-05-01,active,tertiary,60000.00', `x,2026-05-01,active,__proto__,${'9'.repeat(5000)}`, 'y,2026-99-99,constructor,tertiary,-1'].join('\n');
    const r = await t.b.eval(async (/** @type {any} */ { address, bad, named, rows }) => {
      const m = await (await import(address)).load();
      const stay = { op: 'settle', region: '110000', date: '2026-05-01', person: { scheme: 'employee', status: 'active' }, visit: { kind: 'inpatient', level: 'tertiary' }, bill: { total: '60000.00' } };
      const refused = [];
      for (const yaml of bad) refused.push((await m.call({ op: 'load_policy', yaml })).error?.code ?? `${yaml.slice(0, 40)} was taken`);
      const good = await m.call({ op: 'load_policy', yaml: named });
      const { batch, ...rest } = await m.batch(rows, { defaults: { region: '110000', person: { scheme: 'employee' }, visit: { kind: 'inpatient' } } });
      if (!batch) throw new Error(JSON.stringify([rest, refused, good]));
      const after = await m.call(stay);
      const foreign = await m.call({ ...stay, region: undefined, policy: '__proto__' });
      m.close();
      return { refused, good, csv: batch.csv, errors: batch.errors, after: after.settlement?.hifp_pay, foreign: foreign.error?.code };
    }, { address: `${t.s.url}mingbai.mjs`, bad, named, rows });
    for (const [i, code] of r.refused.entries()) assert.match(code, /^(bad_policy|too_big|required|format|bad_json)$/, bad[i].slice(0, 60));
    assert.equal(r.errors, 2);
    // A cell that a spreadsheet would compute comes back as text.
    assert.match(r.csv, /(^|\n)"?'=HYPERLINK/);
    // 28700 × 85 % + 10000 × 90 % + 20000 × 95 %, see package.test.mjs.
    assert.equal(r.after, '52395.00');
    assert.equal(r.csv.split('\n').filter((/** @type {string} */ row) => row.includes('52395.00')).length, 2, 'the two sound rows are settled');
    assert.ok(r.foreign, 'a handle that nobody gave is refused');
    await unharmed('policies and tables');
  });
});
