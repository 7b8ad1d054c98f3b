// Time to first estimate, keystroke to paint, and a thousand settlements side by side with plain JavaScript and publicodes.
//
//   npm run bench [-- start keys regions thousand]     BENCH_RUNS=9 for more loads a figure
//
// Everything is measured in one Chromium of this machine. Compare figures and ratios of one run, not across runs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { open } from '../engines.mjs';
import { serve } from '../server.mjs';
import { DIST } from '../spec.mjs';
import { ESTIMATE, field, ready } from '../page.mjs';
import { OUTPUTS } from './cases.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const wanted = process.argv.slice(2);
const SLOW_4G = { rtt: 150, kbps: 1600 };

const sorted = (/** @type {number[]} */ a) => [...a].sort((x, y) => x - y);
const at = (/** @type {number[]} */ a, /** @type {number} */ q) => sorted(a)[Math.min(a.length - 1, Math.floor(a.length * q))];
const ms = (/** @type {number} */ x) => (x >= 100 ? x.toFixed(0) : x >= 1 ? x.toFixed(1) : x.toFixed(3));
const row = (/** @type {(string | number)[]} */ ...cells) => console.log(cells.map((c, i) => (i ? String(c).padStart(18) : String(c).padEnd(46))).join(''));

/** Navigation start to the engine's first answer on the page, and to the first text. */
async function start() {
  console.log(`\nstart of the page, cold, median of ${RUNS} loads (lowest to highest), ms`);
  row('', 'first text', 'first estimate', 'spread');
  for (const [network, shape] of /** @type {const} */ ([['no delay', undefined], ['slow 4G', SLOW_4G]])) {
    for (const cpu of [1, 4]) {
      /** @type {number[]} */ const first = [], text = [];
      for (let i = 0; i < RUNS; i++) {
        const s = await serve({ dist: DIST, shape });
        const b = await open('chromium');
        if (cpu > 1) await b.throttle(cpu);
        await b.goto(s.url + ESTIMATE.zh);
        await ready(b, 60_000);
        first.push(await b.eval(() => performance.getEntriesByName('mingbai-estimate')[0].startTime));
        text.push(await b.eval(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
        await b.close();
        await s.stop();
      }
      row(`${network}, ${cpu}× CPU`, ms(at(text, 0.5)), ms(at(first, 0.5)), `${ms(at(first, 0))}–${ms(at(first, 1))}`);
    }
  }
}

/** Real keystrokes; from the input event's own time until the changed result has been painted. */
async function keys() {
  console.log('\nkeystroke to painted result, ms');
  row('', 'median', 'p95', 'keystrokes');
  const s = await serve({ dist: DIST });
  const b = await open('chromium');
  for (const cpu of [1, 4]) {
    await b.throttle(1);
    await b.goto(s.url + ESTIMATE.zh);
    await ready(b);
    // Every prefix of the total is then a bill of its own.
    for (const part of ['self_funded', 'paid_first']) await b.type(field(`bill.${part}`), '0');
    await b.throttle(cpu);
    await b.eval(() => {
      const times = /** @type {any} */ (globalThis).__paint = /** @type {number[]} */ ([]);
      let began = 0;
      addEventListener('input', (e) => { began ||= e.timeStamp; }, true);
      new MutationObserver(() => {
        if (!began) return;
        const from = began;
        began = 0;
        // The frame that shows the change is done when a task queued from inside it runs.
        requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => times.push(performance.now() - from); c.port2.postMessage(0); });
      }).observe(/** @type {Element} */ (document.getElementById('you')), { subtree: true, childList: true, characterData: true });
    });
    for (let round = 0; round < 25; round++) {
      await b.type(field('bill.total'), '');
      await b.eval('new Promise((r) => setTimeout(r, 60))');
      for (const key of `${4 + round % 6}${1 + round % 9}735`) {
        const n = await b.eval('__paint.length');
        await b.press(key);
        await b.until((/** @type {number} */ m) => /** @type {any} */ (globalThis).__paint.length > m, { ms: 5000, what: 'a painted result', args: [n] });
      }
    }
    const times = await b.eval('__paint');
    row(`${cpu}× CPU`, ms(at(times, 0.5)), ms(at(times, 0.95)), times.length);
  }
  await b.close();
  await s.stop();
}

/** The same thousand cases through three contestants in one page, in turn. */
async function thousand() {
  const module = (/** @type {URL} */ file) => (/** @type {any} */ _, /** @type {any} */ r) => r.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file));
  const here = (/** @type {string} */ name) => module(new URL(name, import.meta.url));
  const s = await serve({ dist: DIST, routes: {
    '/bench/': (_, r) => r.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><html lang="en"><title>bench</title><script type="importmap">{"imports":{"publicodes":"/bench/publicodes.js"}}</script></html>'),
    '/bench/publicodes.js': module(new URL('../node_modules/publicodes/dist/index.js', import.meta.url)),
    '/bench/cases.mjs': here('./cases.mjs'), '/bench/plain.mjs': here('./plain.mjs'), '/bench/peer.mjs': here('./peer.mjs'), '/bench/contest.mjs': here('./contest.mjs'),
  } });
  const b = await open('chromium');
  console.log('\n1,000 different settlements in the browser, ms: the first time in a fresh page, and the median of five rounds in turn');
  for (const cpu of [1, 4]) {
    await b.throttle(1);
    await b.goto(`${s.origin}/bench/`);
    await b.throttle(cpu);
    await b.eval((/** @type {string} */ lib) => { import(/** @type {any} */ ('/bench/contest.mjs')).then((m) => m.contest(lib)).then((r) => { /** @type {any} */ (globalThis).__contest = r; }, (e) => { /** @type {any} */ (globalThis).__contest = { failed: String(e) }; }); }, `${s.url}mingbai.mjs`);
    const r = await b.until('globalThis.__contest', { ms: 180_000, what: 'the contest' });
    if (r.failed) throw new Error(r.failed);
    if (cpu === 1) {
      console.log(`  ${r.cases} cases compared by ${OUTPUTS.length} amounts: Mingbai differs from whole-fen arithmetic in ${r.wrong.mingbai}, publicodes in ${r.wrong.publicodes}`);
      if (r.wrong.mingbai) throw new Error(`the contestants do not settle by the same rules: ${JSON.stringify(r.example)}`);
    }
    console.log(`  ${cpu}× CPU`);
    row('', 'first time', 'warm', 'of plain', 'publicodes of it');
    for (const [name, times] of /** @type {[string, number[]][]} */ (Object.entries(r.times))) {
      const m = at(times, 0.5);
      row(`    ${name}`, ms(r.first[name]), ms(m), (m / at(r.times['plain JavaScript, whole fen'], 0.5)).toFixed(1), (at(r.times.publicodes, 0.5) / m).toFixed(1));
    }
  }
  await b.close();
  await s.stop();
}

/**
 * What a region's rules cost at their first use in a running engine, after which they are kept: the first call
 * that names it less the same call again. Beside it stands the same difference for a region that is there already:
 * what it shows is the machine (and the throttle, which makes up for free running in lumps), not the loading.
 * New engines load seven regions each, after one bill of another region; engines in use go through all. Each starts
 * elsewhere, so that what an engine does once does not always meet the same region.
 */
async function regions() {
  console.log('\none region loaded for the first time, ms; below, the same measured where nothing is loaded');
  row('', 'median', 'p90', 'p99', 'above 5 ms');
  // A page by itself has the finer clock.
  const alone = { 'content-type': 'text/html; charset=utf-8', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  const s = await serve({ dist: DIST, routes: { '/bench/': (_, r) => r.writeHead(200, alone).end('<!doctype html><html lang="en"><title>bench</title></html>') } });
  const body = async (/** @type {string} */ lib, /** @type {number} */ engines, /** @type {number} */ count) => {
    const { load } = await import(lib);
    const { files } = await (await fetch(lib.replace('mingbai.mjs', 'build.json'))).json();
    const { path } = files.find((/** @type {{path: string}} */ f) => /^assets\/engine\..*\.wasm$/.test(f.path));
    const code = await (await fetch(lib.replace('mingbai.mjs', path))).blob();
    /** @type {Record<string, number[]>} */ const loads = {};
    const there = [];
    for (let i = 0; i < engines; i++) {
      // The browser shares what it has made ready between equal programs: a section of its own makes each another one.
      const engine = await load({ wasm: await new Blob([code, Uint8Array.of(0, 3, 1, i, count)]).arrayBuffer() });
      const time = async (/** @type {string} */ region) => {
        const ask = { op: 'validate', region };
        const t = performance.now();
        await engine.call(ask);
        return performance.now() - t;
      };
      const more = async (/** @type {string} */ region) => await time(region) - Math.min(await time(region), await time(region));
      const list = (await engine.call({ op: 'regions' })).regions.map((/** @type {{code: string}} */ r) => r.code);
      const from = Math.floor(list.length * i / engines);
      const [home, ...others] = [...list.slice(from), ...list.slice(0, from)];
      await time(home);
      for (const region of others.slice(0, count)) {
        there.push(await more(home));
        (loads[region] ??= []).push(await more(region));
      }
      engine.close();
    }
    return { loads: Object.values(loads), there };
  };
  for (const cpu of [1, 4]) {
    for (const [what, engines, count] of /** @type {[string, number, number][]} */ ([['new engines', 60, 7], ['engines in use', 5, 1000]])) {
      const b = await open('chromium');
      await b.goto(`${s.origin}/bench/`);
      await b.throttle(cpu);
      const { loads, there } = await b.eval(body, `${s.url}mingbai.mjs`, engines, count);
      await b.close();
      for (const [name, list] of /** @type {[string, number[]][]} */ ([
        [`${what}, ${loads.length} regions`, loads.flat()], ['  each region at its best', loads.map((/** @type {number[]} */ t) => at(t, 0))],
        ['  each region in its middle', loads.map((/** @type {number[]} */ t) => at(t, 0.5))], ['  a region already there', there],
      ])) row(`${cpu}× CPU, ${name}`, ms(at(list, 0.5)), ms(at(list, 0.9)), ms(at(list, 0.99)), `${list.filter((t) => t > 5).length} of ${list.length}`);
    }
  }
  await s.stop();
}

const parts = { start, keys, regions, thousand };
for (const [name, run] of Object.entries(parts)) if (!wanted.length || wanted.includes(name)) await run();
process.exit(0);
