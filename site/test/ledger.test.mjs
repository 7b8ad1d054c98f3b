// The ledger's data: days, links, files and tables, in Node.
import './json.mjs';
import { test } from 'node:test';
import assert from 'node:assert/strict';

const ledger = await import('../src/app/ledger.mjs');
const { addDays, addMonths, benefitYear, fromCSV, fromFile, fromLink, newMember, toCSV, toFile, toLink, visits, visitsOf, yearRequest } = ledger;

/** @param {Record<string, string>} fields @param {any} [repeat] */
const entry = (fields, repeat = null) => ({ id: ledger.newId(), label: '', repeat, case: new Map(Object.entries(fields)) });
const STAY = { date: '2026-03-20', 'visit.kind': 'inpatient', 'visit.level': 'tertiary', 'visit.place': 'local', 'bill.form': 'split', 'bill.total': '30000.00', 'bill.self_funded': '2000.00' };

/** A family with everything that a ledger can hold. */
function family() {
  const self = { ...newMember(), name: '爸', admissions: 2, share: '500.00', case: new Map(Object.entries({ region: '110000', 'person.scheme': 'employee', 'person.status': 'retired', 'accounts.self': '1200.00', 'year.inpatient.paid': '5.00' })) };
  self.entries = [entry(STAY), { ...entry({ ...STAY, date: '2026-04-01', 'bill.total': '500.00' }, { every: 'w3', times: 12 }), label: '透析，=1+1' }, entry({ date: '2026-09-01', 'visit.kind': 'outpatient', 'bill.form': 'total', 'bill.total': 'unknown' })];
  const child = { ...newMember('child'), case: new Map(Object.entries({ region: '310000', 'person.scheme': 'resident' })), entries: [entry({ ...STAY, 'bill.self_funded': '0.00' }, { every: 'd40', times: 3 })] };
  return [self, child];
}
/** @param {any[]} members */
const plain = (members) => members.map(({ entries, case: c, ...m }) => ({ ...m, case: [...c], entries: entries.map((/** @type {any} */ e) => ({ label: e.label, repeat: e.repeat, case: [...e.case].sort() })) }));

test('days and months are added as calendars do', () => {
  assert.equal(addDays('2026-12-30', 3), '2027-01-02');
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2026-11-15', 3), '2027-02-15');
  assert.equal(benefitYear('2026-12-31', '01-01'), 2026);
  assert.equal(benefitYear('2026-06-30', '07-01'), 2025);
});

test('what repeats is written out: three times a week for twelve weeks is 36 visits', () => {
  const one = entry(STAY, { every: 'w3', times: 12 });
  const days = visits({ ...newMember(), entries: [one] }).map((v) => v.date);
  assert.equal(days.length, 36);
  assert.deepEqual(days.slice(0, 4), ['2026-03-20', '2026-03-22', '2026-03-24', '2026-03-27']);
  assert.equal(days.at(-1), addDays('2026-03-20', 11 * 7 + 4));
  assert.equal(visitsOf({ every: 'm1', times: 6 }), 6);
  assert.equal(visitsOf({ every: 'd10', times: 7 }), 7);
  assert.equal(visitsOf(null), 1);
});

test('visits stand in the order of their days, on one day in the order of the entries', () => {
  const member = { ...newMember(), entries: [entry({ ...STAY, date: '2026-05-01' }), entry({ ...STAY, date: '2026-02-01' }), entry({ ...STAY, date: '2026-05-01', 'visit.kind': 'outpatient' })] };
  assert.deepEqual(visits(member).map((v) => v.entry.case.get('visit.kind') + v.date), ['inpatient2026-02-01', 'inpatient2026-05-01', 'outpatient2026-05-01']);
});

test('a link gives back the ledger, without names and notes', () => {
  const members = family();
  const link = toLink(members);
  assert.match(link, /^y=1\.[a-z0-9_.~:;!*-]+$/, 'nothing that a messenger would break');
  const back = fromLink(link);
  const bare = plain(members).map((m) => ({ ...m, name: '', entries: m.entries.map((/** @type {any} */ e) => ({ ...e, label: '' })) }));
  assert.deepEqual(plain(back ?? []), bare);
  assert.ok(!decodeURIComponent(link).includes('爸') && !link.includes('500.00!'));
});

test('repeated and similar visits take little room in a link; too many take none', () => {
  const many = { ...newMember(), case: new Map([['region', '110000']]), entries: Array.from({ length: 150 }, (_, i) => entry({ ...STAY, date: addDays('2026-01-01', i) })) };
  assert.ok(toLink([many]).length < 2700, `${toLink([many]).length} characters for 150 visits`);
  const large = { ...many, entries: Array.from({ length: 700 }, (_, i) => entry({ ...STAY, date: addDays('2026-01-01', i), 'bill.total': `${1000 + i}.00` })) };
  assert.equal(toLink([large]), '');
  assert.equal(toLink([newMember()]), '');
});

test('a damaged or hostile link is refused as a whole', () => {
  const good = toLink(family());
  assert.equal(fromLink('c=1.r-110000'), undefined);
  assert.equal(fromLink(''), undefined);
  for (const bad of [
    'y=2.self.0:r-110000', 'y=1.', 'y=1.self:r-110000', 'y=1.me.0:r-110000', 'y=1.self.0:r-110000;t-5.00', 'y=1.self.0:r-110000;d-2026-02-30~t-5.00',
    'y=1.self.0:t-5.00;d-2026-02-01', 'y=1.self.0:r-110000;d-2026-02-01~s-employee', 'y=1.self.0:r-110000;d-2026-02-01*w9.3', 'y=1.self.0:r-110000;d-2026-02-01*w1.0',
    'y=1.self.0:r-110000;d-2026-02-01*w5.999', 'y=1.self.0:__proto__-x', 'y=1.self.0:r-<b>', 'y=1.self.0:r-_', 'y=1.self.0:r-1;x-_~d-2026-01-01', good.slice(0, -3) + '%', good + '!',
    'y=1.' + Array(9).fill('self.0:r-110000').join('!'), 'y=1.self.0:r-' + '1'.repeat(7000)
  ]) assert.equal(fromLink(bad), null, bad.slice(0, 80));
  // Every cut of a good link is refused, or is itself a shorter ledger: never an exception.
  for (let i = 4; i < good.length; i++) fromLink(good.slice(0, i));
});

test('a file gives back everything; what is wrong in one is named by its place', () => {
  const members = family();
  const text = toFile(members);
  const back = fromFile('\uFEFF' + text);
  assert.ok('members' in back);
  assert.deepEqual(plain(back.members), plain(members));
  const damaged = (/** @type {(data: any) => void} */ change) => { const data = JSON.parse(text); change(data); return fromFile(JSON.stringify(data)); };
  assert.deepEqual(fromFile('{'), { error: 'file_json' });
  assert.deepEqual(fromFile('[]'), { error: 'file_format' });
  assert.deepEqual(fromFile('null'), { error: 'file_format' });
  assert.deepEqual(damaged((d) => { d.version = 2; }), { error: 'file_version', at: '2' });
  assert.deepEqual(damaged((d) => { d.members[1].relation = 'boss'; }), { error: 'file_field', at: 'members[1].relation' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[2]['bill.total'] = 12; }), { error: 'file_field', at: 'members[0].visits[2].bill.total' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[2]['bill.total'] = '<script>'; }), { error: 'file_field', at: 'members[0].visits[2].bill.total' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[0].region = '110000'; }), { error: 'file_field', at: 'members[0].visits[0].region' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[0].date = '2026-02-30'; }), { error: 'file_field', at: 'members[0].visits[0].date' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[1].times = 1e9; }), { error: 'file_field', at: 'members[0].visits[1].every' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[1].times = 999; }), { error: 'file_size' });
  assert.deepEqual(damaged((d) => { d.members[0].visits = 'x'; }), { error: 'file_field', at: 'members[0].visits' });
  assert.deepEqual(damaged((d) => { d.members[0].visits[0] = null; }), { error: 'file_field', at: 'members[0].visits[0].date' });
  assert.deepEqual(damaged((d) => { d.members[0].name = 'x'.repeat(41); }), { error: 'file_field', at: 'members[0].name' });
  assert.deepEqual(fromFile('{"format":"mingbai-year","version":1,"members":[{"relation":"self","__proto__":{"region":"1"},"visits":[]}]}'), { error: 'file_field', at: 'members[0].__proto__' });
});

test('tables: quotes, commas, formulas, tabs and line ends', () => {
  const rows = [['日期', '备注'], ['2026-01-01', 'a,b "c"\nd'], ['2026-01-02', '=1+1'], ['-5.00', '+x']];
  const text = toCSV(rows);
  assert.ok(text.startsWith('\uFEFF'));
  assert.ok(text.includes("'=1+1") && text.includes("'+x") && text.includes('\r\n-5.00,'), text);
  assert.deepEqual(fromCSV(text), [rows[0], rows[1], ['2026-01-02', "'=1+1"], ['-5.00', "'+x"]]);
  assert.deepEqual(fromCSV('a;b\n1;2\n'), [['a', 'b'], ['1', '2']]);
  assert.deepEqual(fromCSV('a\tb\r\n"1\t";2\r\n\r\n'), [['a', 'b'], ['1\t;2']]);
  assert.equal(fromCSV('a,b\n"never closed'), null);
});

test('the request: members without visits share what they have; the first stay says which it is', () => {
  const [self, child] = family();
  const request = yearRequest([{ member: self, list: visits(self).slice(0, 2) }, { member: { ...child, case: new Map([...child.case, ['accounts.self', '9.00']]) }, list: [] }], '01-01');
  assert.deepEqual(request.accounts, [{ owner: '0', balance: '1200.00', limit: '500.00' }, { owner: 'family', balance: '9.00' }]);
  assert.deepEqual(request.members.map((m) => m.id), ['0']);
  assert.deepEqual(request.members[0].visits.map((v) => v.visit.admission), [3, undefined]);
  assert.deepEqual(request.members[0].year, { inpatient: { paid: '5.00' } });
});
