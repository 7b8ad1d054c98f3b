// What the specifications share: one body run in each engine, against the built site, with every witness in place.
//
// A new specification is a file NAME.test.mjs beside this one:
//
//   eachEngine('Year', { timeout: 200_000 }, (t) => {
//     before(async () => { await t.b.goto(t.s.url + 'year/'); await ready(t.b); });
//     test('adds two stays', async () => { await t.b.type(field('bill.total'), '40000'); await pays(t.b, '7,303.00'); });
//   });
//
// t.b is the browser (engines.mjs names what it can), t.s the server: t.s.options takes faults (headers, compress, missing,
// wasmType, shape …), which are taken back after each test; t.s.use(folder), stop() and start() play updates and failures.
// What is cached for ever is not asked for again: reopen() before a test that withholds such a file.
// Run one with: DIST=folder ENGINE=webkit node --test NAME.test.mjs
import { after, afterEach, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NAMES, axe, missing, open } from './engines.mjs';
import { serve, trap } from './server.mjs';

export const DIST = process.env.DIST ?? fileURLToPath(new URL('../dist', import.meta.url));
const SHOTS = fileURLToPath(new URL('./out/shots', import.meta.url));

/**
 * @typedef {object} Run
 * @property {import('./engines.mjs').Browser} b
 * @property {Awaited<ReturnType<typeof serve>>} s
 * @property {Awaited<ReturnType<typeof trap>>} trap
 * @property {string} engine
 * @property {(options?: import('./engines.mjs').Options) => Promise<import('./engines.mjs').Browser>} reopen a fresh browser without any storage
 */

/**
 * One describe per engine (ENGINE=chromium,webkit narrows), with a server, a trap and a browser that are ended afterwards.
 * @param {string} title
 * @param {{timeout?: number, serve?: Partial<import('./server.mjs').Options>, open?: import('./engines.mjs').Options, engines?: readonly string[]}} options
 * @param {(run: Run) => void} body
 */
export function eachEngine(title, options, body) {
  const only = process.env.ENGINE?.split(',');
  const odd = only?.find((name) => !(/** @type {readonly string[]} */ (NAMES)).includes(name));
  if (odd) throw new Error(`ENGINE: ${odd} is none of ${NAMES.join(', ')}`);
  for (const name of NAMES) {
    if (only && !only.includes(name)) continue;
    if (options.engines && !options.engines.includes(name)) continue;
    const lacking = missing(name);
    // Here a missing engine is told and passed over; in CI it is a failure.
    if (lacking) { test(`${title} in ${name}`, { skip: process.env.CI === 'true' ? false : lacking }, () => assert.fail(lacking)); continue; }
    describe(`${title} in ${name}`, { concurrency: false, timeout: options.timeout ?? 240_000 }, () => {
      const run = /** @type {Run} */ ({ engine: name });
      before(async () => {
        const dist = options.serve?.dist ?? DIST;
        assert.ok(existsSync(dist), `${dist} is not there: make site`);
        run.trap = await trap();
        // Without the service worker, unless a specification is about it: it would answer for the host.
        run.s = await serve({ dist, witness: true, worker: false, ...options.serve });
        run.b = await open(name, { proxy: run.trap.port, ...options.open });
        run.reopen = async (more) => { await run.b.close(); run.b = await open(name, { proxy: run.trap.port, ...options.open, ...more }); return run.b; };
      }, { timeout: 90_000 });
      // A test may give the server faults; the next one begins with a sound server whatever happened.
      /** @type {any} */ let sound;
      before(() => { sound = { ...run.s.options }; });
      afterEach(() => {
        for (const key of Object.keys(run.s.options)) if (!(key in sound)) delete (/** @type {any} */ (run.s.options)[key]);
        Object.assign(run.s.options, sound);
      });
      after(async () => {
        await run.b?.close().catch(() => {});
        await run.s?.stop();
        await run.trap?.stop();
      }, { timeout: 20_000 });
      body(run);
    });
  }
}

/** Keeps a picture: <engine>-<view>-<lang>-<theme>-<width>.png. @param {import('./engines.mjs').Browser} b @param {string} view @param {string} lang @param {string} theme @param {number} width */
export async function shot(b, view, lang, theme, width) {
  mkdirSync(SHOTS, { recursive: true });
  const file = `${SHOTS}/${b.name}-${view}-${lang}-${theme}-${width}`;
  await b.screenshot(`${file}.png`);
  if (b.can.fullPage) return;
  // An engine that only shows its viewport shows the result in a picture of its own.
  await b.eval('document.getElementById("result")?.scrollIntoView({ behavior: "instant" })');
  await b.screenshot(`${file}-result.png`);
  await b.eval('scrollTo({ top: 0, behavior: "instant" })');
}

/** No axe violation. Findings that axe cannot decide are printed to be looked at. @param {import('./engines.mjs').Page & {name: string}} b @param {string} what */
export async function accessible(b, what) {
  const r = await axe(b);
  assert.ok(r.passes > 5, `axe looked at nothing on ${what}`);
  assert.deepEqual(r.violations, [], what);
}

/** Nothing is wider than the viewport; the error names what sticks out. @param {import('./engines.mjs').Page} b @param {string} what */
export async function fits(b, what) {
  const r = await b.eval(() => {
    // Not innerWidth: a phone's zooms out until everything fits, and so hides what it should show.
    const root = document.documentElement, wide = root.clientWidth;
    if (root.scrollWidth <= wide) return null;
    const name = (/** @type {Element} */ e) => `${e.tagName.toLowerCase()}#${e.id}.${e.getAttribute('class') ?? ''}`;
    /** @type {string[]} */ const out = [];
    for (const e of document.querySelectorAll('body *')) {
      const right = e.getBoundingClientRect().right;
      if (right > wide + 0.5) out.push(`${name(e)} to ${Math.round(right)}`);
      // Text may stick out of a box that does not.
      for (const n of e.childNodes) if (n.nodeType === 3 && n.nodeValue?.trim()) {
        const r = document.createRange();
        r.selectNodeContents(n);
        const far = Math.max(...[...r.getClientRects()].map((q) => q.right));
        if (far > wide + 0.5) out.push(`“${n.nodeValue.trim().slice(0, 30)}” in ${name(e)} to ${Math.round(far)}`);
      }
    }
    return { scrollWidth: root.scrollWidth, wide, out: out.slice(0, 8) };
  });
  assert.equal(r ?? null, null, `${what}: ${JSON.stringify(r)}`);
}

/** What the page did wrong, as the witness script in it saw. @param {import('./engines.mjs').Page} b */
export const witnessed = (b) => b.eval('globalThis.__witness ?? "no witness"');

/** Nothing left the machine, no cookie was set, no address was told to anybody. @param {Run} run */
export function nothingLeft(run) {
  assert.deepEqual(run.trap.caught(), [], 'asked for outside this machine');
  assert.deepEqual(run.s.log.filter((e) => e.cookie), [], 'sent with a cookie');
  assert.deepEqual(run.s.log.filter((e) => e.referer && !e.referer.startsWith(run.s.origin)), [], 'sent with a foreign referer');
  assert.deepEqual(run.s.log.filter((e) => e.method !== 'GET' && e.method !== 'HEAD'), [], 'sent by another method than GET');
  const asked = run.b.requests()?.filter((u) => /^(https?|wss?):/.test(u) && !/^http:\/\/(localhost|127\.0\.0\.1):/.test(u));
  assert.deepEqual(asked ?? [], [], 'seen by the engine');
}
