// site/dist/mingbai.mjs as a library: in Node, from its own file, with every way to the network closed.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST } from './spec.mjs';

// The addresses that anything in this process tried to reach.
/** @type {string[]} */ const tried = [];
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) { tried.push(JSON.stringify(args[0])); throw new Error('no network in this test'); };
after(() => { net.Socket.prototype.connect = connect; });

/** @type {any} */ let m;
/** @type {any} */ let lib;
before(async () => {
  const file = join(DIST, 'mingbai.mjs');
  assert.ok(existsSync(file), `${file} is not there: make site`);
  lib = await import(pathToFileURL(file).href);
  m = await lib.load();
}, { timeout: 30_000 });
after(() => m?.close());

/** A Beijing pensioner in a tertiary hospital; what a test changes is laid over it. @param {any} [change] */
const stay = (change = {}) => ({
  v: 1, op: 'settle', region: '110000', date: '2026-05-01',
  person: { scheme: 'employee', status: 'retired', age: 66 }, visit: { kind: 'inpatient', level: 'tertiary', admission: 1, place: 'local' },
  bill: { total: '30000.00', self_funded: '2000.00', over_limit: '0.00', paid_first: '1000.00' },
  ...change,
});
/** @param {any} request */
const settle = async (request) => {
  const r = await m.call(request);
  assert.equal(r.ok, true, JSON.stringify(r.error));
  return r.settlement;
};
const fen = (/** @type {string} */ s) => { assert.match(s, /^-?\d+\.\d\d$/); return BigInt(s.replace('.', '')); };

/** All amounts again, by walking the steps only. @param {any} s */
function replay(s) {
  /** @type {Record<string, bigint>} */ const at = { bill: fen(s.medfee_sumamt) };
  for (const step of s.steps) {
    at[step.from] = (at[step.from] ?? 0n) - fen(step.amount);
    at[step.to] = (at[step.to] ?? 0n) + fen(step.amount);
  }
  return at;
}
const FUNDS = ['hifp_pay', 'hifob_pay', 'hifmi_pay', 'cvlserv_pay', 'hifes_pay', 'maf_pay', 'oth_pay'];
/** @param {any} s */
function adds(s) {
  const sum = (/** @type {string[]} */ names) => names.reduce((t, n) => t + fen(s[n]), 0n);
  assert.equal(sum(['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt']), fen(s.medfee_sumamt));
  assert.equal(sum(['fund_pay_sumamt', 'psn_part_amt', 'hosp_part_amt']), fen(s.medfee_sumamt));
  assert.equal(sum(FUNDS), fen(s.fund_pay_sumamt));
  assert.equal(sum(['acct_pay', 'acct_mulaid_pay', 'psn_cash_pay']), fen(s.psn_part_amt));
  assert.equal(sum(['self_pay', 'self_funded']), fen(s.psn_part_amt));
  const at = replay(s);
  for (const name of [...FUNDS, 'hosp_part_amt', 'acct_pay', 'acct_mulaid_pay', 'psn_cash_pay']) assert.equal(at[name] ?? 0n, fen(s[name]), `steps do not lead to ${name}`);
  for (const [name, left] of Object.entries(at)) if (!(name in s)) assert.equal(left, 0n, `the steps leave ${left} fen in ${name}`);
}

describe('the library in Node', { timeout: 60_000 }, () => {
  test('about: what this is and what it can do', async () => {
    const r = await m.call({ v: 1, op: 'about' });
    assert.equal(r.ok, true);
    assert.equal(r.about.interface, 1);
    for (const op of ['settle', 'validate', 'regions', 'policy', 'about']) assert.ok(r.about.operations.includes(op), op);
    assert.match(r.about.limits.amount, /^\d+\.\d\d$/);
    assert.match(r.about.build, /^[0-9a-f]{12,}$/, 'the build is named');
  });

  test('regions: names, pinyin, initials, coverage with grades', async () => {
    const { regions } = await m.call({ v: 1, op: 'regions' });
    assert.ok(regions.length >= 4);
    const bj = regions.find((/** @type {any} */ r) => r.code === '110000');
    assert.equal(bj.name.zh, '北京市');
    assert.equal(bj.name.en, 'Beijing');
    assert.equal(bj.initials, 'bj');
    assert.match(bj.schemes.employee.inpatient.grade, /^[A-D]$/);
    for (const r of regions) { assert.match(r.code, /^\d{6}$/); assert.ok(r.name.zh && r.name.en && r.pinyin && r.province, r.code); }
  });

  // In scope 30000 − 2000 − 1000 = 27000; deductible 1300 for the first admission; a pensioner's own share is 0.6 of the
  // active person's 15 %, that is 9 %, so 91 % of 25700 = 23387.00 (decree 158, article 36).
  test('settle: first admission of a pensioner, to the fen, with its steps and documents', async () => {
    const s = await settle(stay());
    assert.equal(s.inscp_scp_amt, '27000.00');
    assert.equal(s.act_pay_dedc, '1300.00');
    assert.equal(s.hifp_pay, '23387.00');
    assert.equal(s.psn_part_amt, '6613.00');
    assert.equal(s.psn_cash_pay, '6613.00');
    assert.equal(s.self_funded, '2000.00');
    assert.equal(s.self_pay, '4613.00');
    adds(s);
    const band = s.steps.find((/** @type {any} */ x) => x.to === 'hifp_pay');
    assert.equal(band.share, '0.91');
    assert.equal(band.base, '25700.00');
    assert.ok(band.because.some((/** @type {any} */ c) => c.cond === 'level' && c.is === 'tertiary'));
    assert.deepEqual(band.adjusted.map((/** @type {any} */ a) => [a.op, a.value]), [['own_share_times', '0.6']]);
    const { policy } = await m.call(stay());
    for (const id of band.sources) assert.ok(policy.sources[id].title, `source ${id} is named`);
  });

  // The same in active work: 85 % of 25700.
  test('settle: an active person', async () => {
    const s = await settle(stay({ person: { scheme: 'employee', status: 'active', age: 40 } }));
    assert.equal(s.hifp_pay, '21845.00');
    adds(s);
  });

  // Second admission: the deductible is 650, overridden to 700 here; 91 % of 26300 = 23933.00. 30000 − 23933 = 6067.00 are
  // the person's: 1200 from the own account, 300 allowed by the child, the rest in cash.
  test('settle: second admission, year so far, accounts of two, a corrected figure', async () => {
    const s = await settle(stay({
      visit: { kind: 'inpatient', level: 'tertiary', admission: 2, place: 'local' },
      year: { inpatient: { entered: '0', deductible: '0', paid: '8240.49' } },
      accounts: [{ owner: 'self', balance: '1200.00' }, { owner: 'family', relation: 'child', limit: '300.00' }],
      overrides: { 'employee.inpatient.deductible.table[1].value': '700' },
    }));
    assert.equal(s.hifp_pay, '23933.00');
    assert.deepEqual([s.acct_pay, s.acct_mulaid_pay, s.psn_cash_pay], ['1200.00', '300.00', '4567.00']);
    assert.equal(s.year.inpatient.paid, '32173.49', '8240.49 + 23933.00');
    assert.ok(s.steps.some((/** @type {any} */ x) => x.overridden && x.rule.startsWith('employee.inpatient.deductible')));
    adds(s);
  });

  test('settle: what is not known leaves a range with the plain figures at its dear end', async () => {
    const s = await settle(stay({ bill: { total: '30000.00', self_funded: '2000.00', paid_first: { from: '0', to: '3000' } } }));
    // Nothing paid first: 91 % of 26700 = 24297.00, 5703.00 remain. 3000 paid first: 91 % of 23700 = 21567.00, 8433.00 remain.
    // The bounds hold; a fen of rounding at each payer may widen them.
    const about = (/** @type {{from: string, to: string}} */ r, /** @type {bigint} */ from, /** @type {bigint} */ to) => {
      assert.ok(fen(r.from) <= from && from - fen(r.from) <= 5n && fen(r.to) >= to && fen(r.to) - to <= 5n, JSON.stringify(r));
    };
    about(s.range.hifp_pay, 2156700n, 2429700n);
    about(s.range.psn_part_amt, 570300n, 843300n);
    assert.equal(s.psn_part_amt, s.range.psn_part_amt.to);
    assert.equal(s.unknowns[0].field, 'bill.paid_first');
    assert.ok(Math.abs(Number(fen(s.unknowns[0].matters) - 273000n)) <= 5, s.unknowns[0].matters);
    assert.ok(s.notes.some((/** @type {any} */ n) => n.code === 'assumed' && n.field === 'bill.over_limit'));
    adds(s);
  });

  test('validate: what the case needs', async () => {
    const r = await m.call({ ...stay({ visit: { kind: 'inpatient', place: 'local' } }), op: 'validate' });
    assert.equal(r.ok, true);
    assert.equal(r.valid, false);
    assert.ok(r.needed.includes('visit.level'));
  });

  test('the caller may leave the version out; the request is not changed', async () => {
    const request = Object.freeze(stay());
    assert.equal((await m.call(request)).ok, true);
    const { v, ...rest } = request;
    assert.equal((await m.call(rest)).ok, true);
  });

  /** @type {[string, any, string, string | undefined, ((limit: any) => boolean)?][]} */
  const bad = [
    ['an operation that does not exist', { v: 1, op: 'guess' }, 'unknown_op', 'op', (l) => l.includes('settle')],
    ['no operation', { v: 1 }, 'required', 'op'],
    ['another version', { v: 2, op: 'about' }, 'bad_version', 'v'],
    ['a field that does not exist', stay({ colour: 'red' }), 'unknown_field', 'colour'],
    ['a nested field that does not exist', stay({ person: { scheme: 'employee', status: 'retired', shoe: 43 } }), 'unknown_field', 'person.shoe'],
    ['no region', stay({ region: undefined }), 'required', 'region'],
    ['a region that is not there', stay({ region: '999999' }), 'unknown_region', 'region'],
    ['no bill', stay({ bill: {} }), 'required', 'bill.total'],
    ['a code that is not allowed', stay({ visit: { kind: 'inpatient', level: 'lunar', place: 'local' } }), 'not_allowed', 'visit.level', (l) => l.includes('tertiary') && l.includes('primary')],
    ['an amount that is a number', stay({ bill: { total: 30000 } }), 'format', 'bill.total', (l) => l === 'amount'],
    ['an amount with an exponent', stay({ bill: { total: '1e30000000' } }), 'format', 'bill.total'],
    ['three decimals', stay({ bill: { total: '1.234' } }), 'format', 'bill.total'],
    ['a negative amount', stay({ bill: { total: '-1.00' } }), 'negative', 'bill.total'],
    ['an amount beyond all bounds', stay({ bill: { total: '99999999999999.00' } }), 'too_large', 'bill.total'],
    ['parts that exceed the total', stay({ bill: { total: '100.00', self_funded: '200.00' } }), 'contradiction', 'bill.self_funded'],
    ['a day that is none', stay({ date: '2026-02-30' }), 'format', 'date'],
    ['a day before all rules', stay({ date: '1999-01-01' }), 'no_rules', 'date', (l) => /^\d{4}-\d\d-\d\d$/.test(l)],
    ['a benefit nobody found out', stay({ visit: { kind: 'pharmacy', level: 'tertiary', place: 'local' } }), 'not_known', undefined],
    ['a rule that is not there', stay({ overrides: { 'employee.inpatient.nonsense': '1' } }), 'unknown_rule', undefined],
    ['more accounts than anyone has', stay({ accounts: Array.from({ length: 500 }, () => ({ owner: 'family', limit: '1.00' })) }), 'too_many', 'accounts'],
  ];
  for (const [what, request, code, field, limit] of bad) {
    test(`refused: ${what}`, async () => {
      const r = await m.call(request);
      assert.equal(r.v, 1);
      assert.equal(r.ok, false);
      assert.equal(r.error.code, code, JSON.stringify(r.error));
      if (field !== undefined) assert.equal(r.error.field, field);
      if (limit) assert.ok(limit(r.error.limit), JSON.stringify(r.error));
      assert.equal(r.settlement, undefined);
    });
  }

  test('a draft benefit only where it is accepted', async () => {
    const drug = stay({ person: { scheme: 'employee', status: 'active' }, visit: { kind: 'special_drug', level: 'tertiary', place: 'local' } });
    const r = await m.call(drug);
    assert.deepEqual([r.ok, r.error?.code], [false, 'draft']);
    const s = await settle({ ...drug, accept: ['draft'] });
    assert.ok(s.notes.some((/** @type {any} */ n) => n.code === 'draft'));
    adds(s);
  });

  test('never throws, whatever is put to it', async () => {
    /** @type {any} */ const ring = { v: 1, op: 'settle' };
    ring.ring = ring;
    let deep = '[]';
    for (let i = 0; i < 12; i++) deep = `[${deep}${',0'.repeat(i)}]`;
    const wild = [undefined, null, 0, '', 'settle', [], ring, { op: 'settle', toJSON() { throw new Error('mine'); } }, { op: 10n }, { v: 1, op: { toString: 1 } },
      stay({ bill: JSON.parse(deep) }), stay({ bill: { total: '\u0000' } }), stay({ region: '\ud800' }), stay({ person: [] }), stay({ bill: { items: [null] } }), stay({ bill: 'x'.repeat(2_000_000) })];
    for (const request of wild) {
      const r = await m.call(request);
      assert.equal(r.ok, false, String(typeof request));
      assert.equal(typeof r.error.code, 'string');
    }
    assert.equal((await m.call(stay({ bill: { total: '1', note: 'x'.repeat(2_000_000) } }))).error.code, 'too_big');
    assert.equal((await settle(stay())).hifp_pay, '23387.00', 'and goes on working');
  });

  test('many at once are each answered with their own', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => settle(stay({ bill: { total: `${10_000 + i}.00`, self_funded: '0', over_limit: '0', paid_first: '0' } }))));
    // 91 % of (10000 + i − 1300)
    all.forEach((s, i) => assert.equal(fen(s.hifp_pay), BigInt(8700 + i) * 91n));
  });

  test('load_policy: own rules under a handle, in a larger engine that answers everything', async () => {
    const own = await lib.load();
    const { yaml } = JSON.parse(readFileSync(new URL('../../wasm/testdata/requests/load_policy.json', import.meta.url), 'utf8'));
    const [loaded, before] = await Promise.all([own.call({ v: 1, op: 'load_policy', yaml }), own.call(stay())]);
    assert.equal(loaded.ok, true, JSON.stringify(loaded.errors));
    assert.deepEqual([loaded.load_policy.region.code, loaded.load_policy.warnings], ['999903', []]);
    const r = await own.call(stay({ region: undefined, policy: loaded.load_policy.handle, bill: { total: '20000.00' } }));
    // (10,000 − 800) × 0.8 + 10,000 × 0.9
    assert.equal(r.settlement.hifp_pay, '16360.00', JSON.stringify(r.error));
    adds(r.settlement);
    assert.deepEqual((await own.call(stay())).settlement, before.settlement, 'the shipped regions settle as before');
    const bad = await own.call({ v: 1, op: 'load_policy', yaml: yaml.replace('share: 0.8', 'share: 8') });
    // The share stands in line 22; its value is the 34th character.
    assert.deepEqual([bad.error.code, bad.error.field, bad.error.line, bad.error.column], ['bad_policy', 'yaml', 22, 34]);
    assert.ok(bad.error.hint && bad.error.excerpt.includes('^'));
    own.close();
    assert.equal((await own.call({ v: 1, op: 'load_policy', yaml })).error.code, 'internal');
    const other = await lib.load();
    assert.equal((await other.call(stay({ region: undefined, policy: loaded.load_policy.handle }))).error.code, 'unknown_region', 'a handle is of one engine');
    other.close();
    const lost = await lib.load({ workshop: new URL('nowhere.wasm', pathToFileURL(join(DIST, 'mingbai.mjs'))) });
    assert.equal((await lost.call({ v: 1, op: 'load_policy', yaml })).error.code, 'offline');
    assert.equal((await lost.call(stay())).ok, true, 'what needs no larger engine goes on');
    lost.close();
  });

  test('closed, it answers with an error; another one is not touched', async () => {
    const other = await lib.load();
    assert.equal((await other.call({ v: 1, op: 'about' })).ok, true);
    other.close();
    other.close();
    const r = await other.call({ v: 1, op: 'about' });
    assert.equal(r.ok, false);
    assert.equal(r.error.code, 'internal');
    assert.equal((await m.call({ v: 1, op: 'about' })).ok, true);
  });

  test('no connection was tried', () => assert.deepEqual(tried, []));
});
