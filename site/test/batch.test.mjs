// The library's batch: slices of whole records, progress, a change of mind.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST } from './spec.mjs';

/** @type {any} */ let m;
before(async () => { m = await (await import(pathToFileURL(join(DIST, 'mingbai.mjs')).href)).load(); }, { timeout: 30_000 });
after(() => m?.close());

const header = 'id,bill.total';
const defaults = { region: '110000', date: '2026-05-01', person: { scheme: 'employee', status: 'active' }, visit: { kind: 'inpatient', level: 'tertiary', admission: 1 } };
/** @param {number} n */
const file = (n) => [header, ...Array.from({ length: n }, (_, i) => `"A ""${i}""\n${i}",${10_000 + i}.00`)].join('\r\n') + '\r\n';

test('the slices are one table, whatever their size', async () => {
  const whole = await m.batch(file(60), { defaults, slice: 1000 });
  assert.equal(whole.ok, true, JSON.stringify(whole.error));
  assert.deepEqual([whole.batch.rows, whole.batch.errors], [60, 0]);
  for (const slice of [1, 7, 59, 60, 61]) assert.deepEqual(await m.batch(file(60), { defaults, slice }), whole);
  // 20,000 of a first admission: (20,000 − 1,300) × 0.85 = 15,895.00 by the fund.
  const one = await m.batch('bill.total\n20000\n', { defaults });
  assert.match(one.batch.csv.split('\r\n')[1], /^1,20000\.00,.*,15895\.00,/);
});

test('other separators, line ends and blank lines cut at the same places', async () => {
  const plain = (await m.batch('id,bill.total\nx,100\ny,200\nz,300\n', { defaults, slice: 1 })).batch;
  assert.equal(plain.rows, 3);
  for (const text of ['\ufeffid,bill.total\r\nx,100\r\n\r\ny,200\r\nz,300', 'id,bill.total\rx,100\ry,200\rz,300\r', '"id" , "bill.total"\n x ,100\n"y",200\n,\nz,300']) {
    assert.deepEqual((await m.batch(text, { defaults, slice: 1 })).batch, plain);
  }
  const semicolons = (await m.batch('id;bill.total\nx;100\ny;200\nz;300\n', { defaults, slice: 2 })).batch;
  assert.equal(semicolons.csv, plain.csv.replaceAll(',', ';'));
});

test('progress is told, and nothing is lost to a row that is refused', async () => {
  /** @type {any[]} */ const told = [];
  const text = file(30).replace('10007.00', 'x').replace('10019.00', '-1');
  const r = await m.batch(text, { defaults, slice: 10, onProgress: (/** @type {any} */ p) => told.push(p) });
  assert.deepEqual([r.batch.rows, r.batch.errors], [30, 2]);
  assert.deepEqual(told.map((p) => [p.rows, p.errors]), [[10, 1], [20, 2], [30, 2]]);
  assert.equal(told.map((p) => p.csv).join(''), r.batch.csv, 'the slices are what comes out in the end');
  assert.equal(told[2].done, told[2].total);
  assert.ok(told[0].done < told[1].done && told[1].done < told[2].done);
});

test('a change of mind stops between two slices', async () => {
  const stop = new AbortController();
  let slices = 0;
  await assert.rejects(m.batch(file(100), { defaults, slice: 10, signal: stop.signal, onProgress: () => { if (++slices === 3) stop.abort(); } }), { name: 'AbortError' });
  assert.equal(slices, 3);
  assert.equal((await m.call({ op: 'about' })).ok, true, 'the engine lives on');
});

test('the event loop runs between slices', async () => {
  let ticks = 0;
  const clock = setInterval(() => ticks++, 1);
  await m.batch(file(3000), { defaults, slice: 100 });
  clearInterval(clock);
  assert.ok(ticks > 3, `${ticks} ticks`);
});

test('a header that names nothing known is refused at once', async () => {
  const r = await m.batch('id,bill.totl\n1,2\n', { defaults });
  assert.deepEqual([r.ok, r.error], [false, { code: 'unknown_field', field: 'csv.bill.totl' }]);
});

test('a long file', { timeout: 120_000 }, async (t) => {
  const text = 'bill.total,visit.admission\n' + Array.from({ length: 20_000 }, (_, i) => `${1000 + (i * 7919) % 200_000}.${10 + i % 90},${1 + i % 3}`).join('\n');
  const start = performance.now();
  const r = await m.batch(text, { defaults });
  assert.deepEqual([r.batch.rows, r.batch.errors], [20_000, 0]);
  t.diagnostic(`${((performance.now() - start) / 1000).toFixed(1)} s`);
});
