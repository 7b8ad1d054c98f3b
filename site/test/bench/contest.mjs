// Runs inside the browser: three contestants, the same cases, rounds taken in turn so that noise hits all alike.
import { OUTPUTS, cases, request } from './cases.mjs';
import { settle as plain } from './plain.mjs';
import { start as peer } from './peer.mjs';

/** A call into the engine costs something by itself; what a caller with many cases uses is one call for all. @param {string} lib */
export async function contest(lib) {
  const { load } = await import(lib);
  const direct = await load(), worker = await load({ worker: true });
  const all = cases(1000), requests = all.map(request), publicodes = peer();

  /** @type {Record<string, () => Promise<any[]> | any[]>} */
  const contestants = {
    'plain JavaScript, whole fen': () => all.map(plain),
    publicodes: () => all.map(publicodes),
    'Mingbai, a call each, with every step': async () => { const out = []; for (const r of requests) out.push((await direct.call(r)).settlement); return out; },
    'Mingbai, a call each, in the worker': async () => (await Promise.all(requests.map((r) => worker.call(r)))).map((r) => r.settlement),
  };
  const fen = (/** @type {string | number} */ v) => (typeof v === 'string' ? Number(v.replace('.', '')) : Math.round(v * 100));
  /** @type {Record<string, number>} */ const first = {};
  /** @type {Record<string, number[]>} */ const times = Object.fromEntries(Object.keys(contestants).map((n) => [n, []]));
  for (let round = 0; round < 6; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const many = round && name.startsWith('plain') ? 50 : 1; // too short to time once, when warm
      const t = performance.now();
      for (let i = 0; i < many; i++) await run();
      const ms = (performance.now() - t) / many;
      if (round) times[name].push(ms);
      else first[name] = ms;
    }
  }
  // Compared afterwards: the first round is the first time for each.
  const want = all.map(plain);
  const wrong = { mingbai: 0, publicodes: 0 };
  let example = null;
  for (const [name, key] of /** @type {const} */ ([['Mingbai, a call each, with every step', 'mingbai'], ['publicodes', 'publicodes']])) {
    const got = await contestants[name]();
    got.forEach((g, i) => {
      const bad = OUTPUTS.find((k) => fen(g?.[k] ?? NaN) !== want[i][/** @type {keyof typeof want[0]} */ (k)]);
      if (bad) { wrong[key]++; if (key === 'mingbai') example ??= { case: all[i], bad, want: want[i][/** @type {keyof typeof want[0]} */ (bad)], got: g?.[bad] ?? 'refused' }; }
    });
  }

  direct.close();
  worker.close();
  return { cases: all.length, wrong, example, first, times };
}
