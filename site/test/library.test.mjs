// site/dist/mingbai.mjs in a page of its own: in the page, in a worker, with policies that a page brings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eachEngine, nothingLeft } from './spec.mjs';

const { yaml } = JSON.parse(readFileSync(new URL('../../wasm/testdata/requests/load_policy.json', import.meta.url), 'utf8'));
const stay = { op: 'settle', date: '2026-05-01', person: { scheme: 'employee', status: 'active' }, visit: { kind: 'inpatient', level: 'tertiary' }, bill: { total: '20000.00' } };

eachEngine('Library', { timeout: 120_000 }, (t) => {
  for (const worker of [false, true]) {
    test(`settles by shipped and by brought rules ${worker ? 'in a worker' : 'in the page'}`, async () => {
      await t.b.goto(t.s.url + 'robots.txt'); // a document without scripts of its own
      const r = await t.b.eval(async (/** @type {any} */ { address, worker, yaml, stay }) => {
        const m = await (await import(address)).load({ worker });
        const shipped = { ...stay, region: '110000' };
        const before = await m.call(shipped);
        const loaded = await m.call({ op: 'load_policy', yaml });
        const own = await m.call({ ...stay, policy: loaded.load_policy?.handle });
        const bad = await m.call({ op: 'load_policy', yaml: yaml.replace('share: 0.8', 'share: 8') });
        const after = await m.call(shipped);
        m.close();
        return { before: before.settlement?.hifp_pay, own: own.settlement?.hifp_pay, bad: bad.error, after: after.settlement?.hifp_pay };
      }, { address: t.s.url + 'mingbai.mjs', worker, yaml, stay });
      // Beijing: (20,000 − 1,300) × 0.85. Brought: (10,000 − 800) × 0.8 + 10,000 × 0.9.
      assert.deepEqual([r.before, r.own, r.after], ['15895.00', '16360.00', '15895.00']);
      assert.deepEqual([r.bad.code, r.bad.line, r.bad.column], ['bad_policy', 22, 34]);
      nothingLeft(t);
    });
  }
});
