// site/dist as an npm package: packed, installed into an empty folder without a registry, its own README's example run by Node
// without a network, its types held against an example.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { removeScratch, scratchDir } from './children.mjs';
import { DIST } from './spec.mjs';

const run = promisify(execFile);
const folder = scratchDir('library'), app = join(folder, 'app');
const TSC = fileURLToPath(new URL('./node_modules/typescript/bin/tsc', import.meta.url));
after(() => removeScratch(folder));
/** The examples of the README, in order. */
const examples = () => [...readFileSync(join(app, 'node_modules/mingbai/README.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)].map((m) => m[1]);
// Loaded before the program: every way to the network is closed, and trying one is an error.
const CLOSED = `import net from 'node:net'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
net.Socket.prototype.connect = () => { throw new Error('a network was asked for') }
dns.lookup = () => { throw new Error('a name was asked for') }
globalThis.fetch = () => { throw new Error('something was fetched') }
syncBuiltinESMExports()
`;
/** @param {string} name @param {string} source */
const node = async (name, source) => {
  writeFileSync(join(app, name), source);
  return run(process.execPath, ['--import', './closed.mjs', name], { cwd: app, timeout: 60_000 });
};

describe('the library as a package', { timeout: 180_000 }, () => {
  /** @type {any} */ let packed;
  before(async () => {
    mkdirSync(app);
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: DIST, timeout: 60_000 });
    [packed] = JSON.parse(stdout);
    writeFileSync(join(app, 'closed.mjs'), CLOSED);
    await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(folder, 'cache'), join(folder, packed.filename)], { cwd: app, timeout: 60_000 });
  }, { timeout: 130_000 });

  test('holds the module, its types, its README, the two engines, the worker, and nothing else', () => {
    const names = packed.files.map((/** @type {{path: string}} */ f) => f.path).sort();
    assert.deepEqual(names.map((/** @type {string} */ n) => n.replace(/\.[0-9a-f]{12}\./, '.*.')), ['README.md', 'assets/engine.*.wasm', 'assets/worker.*.js', 'assets/workshop.*.wasm', 'mingbai.d.ts', 'mingbai.mjs', 'package.json']);
    const about = JSON.parse(readFileSync(join(app, 'node_modules/mingbai/package.json'), 'utf8'));
    assert.deepEqual([about.name, about.type, about.types, about.exports['.']], ['mingbai', 'module', './mingbai.d.ts', { types: './mingbai.d.ts', default: './mingbai.mjs' }]);
    assert.match(about.version, /^1\.\d+\.\d+$/);
    assert.equal(about.scripts, undefined, 'installing runs nothing');
    assert.equal(about.dependencies, undefined);
    assert.deepEqual(readdirSync(join(app, 'node_modules')).filter((n) => !n.startsWith('.')), ['mingbai']);
    for (const n of names) assert.deepEqual(readFileSync(join(app, 'node_modules/mingbai', n)), readFileSync(join(DIST, n)), n);
    assert.ok(statSync(join(folder, packed.filename)).size < 3_200_000, 'the engines and little more');
  });

  // 60000 − 1300 deductible; 85 % to 30000, 90 % to 40000, 95 % above, of what is over the deductible:
  // 28700 × 0.85 = 24395; 10000 × 0.90 = 9000; 20000 × 0.95 = 19000; 24395 + 9000 + 19000 = 52395.
  test('the README’s example, by the package’s name, without a network', async () => {
    const [first] = examples();
    assert.match(first, /^import \{ load \} from 'mingbai'/);
    const { stdout, stderr } = await node('example.mjs', first);
    assert.equal(stdout, '52395.00\n');
    assert.equal(stderr, '');
  });

  test('the README’s table of many cases; an error is an answer, not an exception', async () => {
    const [, second] = examples();
    const { stdout } = await node('batch.mjs', `import { load } from 'mingbai'
const mingbai = await load()
const csvText = 'id,region,date,person.scheme,person.status,visit.kind,visit.level,bill.total\\nA,110000,2026-05-01,employee,active,inpatient,tertiary,60000\\n'
${second}
console.log(batch.csv)
const { batch: template } = await mingbai.call({ op: 'batch', template: true })
console.log(template.csv.split(',')[0])
console.log(JSON.stringify((await mingbai.call({ op: 'settle', region: '110000' })).ok))
await mingbai.call({ op: 'about' }).then((a) => console.log(a.about.operations.join()))`);
    assert.match(stdout, /^1\n/, 'progress is told');
    assert.match(stdout, /A,.*52395\.00/);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.at(-2), 'false');
    const readme = readFileSync(join(DIST, 'README.md'), 'utf8');
    for (const op of lines.at(-1)?.split(',') ?? []) assert.ok(readme.includes(`\`${op}\``), `the README names ${op}`);
  });

  test('the closed network is closed: the test of the test', async () => {
    await assert.rejects(node('open.mjs', "import net from 'node:net'\nnet.connect(9, '127.0.0.1')"), /a network was asked for/);
  });

  test('the types hold an example, and refuse a wrong one', async () => {
    const source = `import { load, type SettleRequest } from 'mingbai'
const request: SettleRequest = {
  op: 'settle', region: '110000', date: '2026-05-01',
  person: { scheme: 'employee', status: 'active' }, visit: { kind: 'inpatient', level: 'tertiary' }, bill: { total: '60000.00' }
}
const mingbai = await load({ worker: false })
const answer = await mingbai.call(request)
if (answer.ok) {
  const paid: string = answer.settlement.hifp_pay
  for (const step of answer.settlement.steps) console.log(step.rule, step.amount)
  console.log(paid)
} else {
  const code: string = answer.error.code
  console.log(code)
}
`;
    const wrong = { 'an amount that is a number': source.replace("'60000.00'", '60000'), 'a total that is a number': source.replace('const paid: string', 'const paid: number') };
    const check = async (/** @type {string} */ text, /** @type {string} */ resolution) => {
      writeFileSync(join(app, 'example.mts'), text);
      return run(process.execPath, [TSC, '--strict', '--noEmit', '--target', 'es2022', '--module', resolution, '--moduleResolution', resolution === 'nodenext' ? 'nodenext' : 'bundler', '--lib', 'es2022,dom', 'example.mts'], { cwd: app, timeout: 60_000 })
        .then(() => '', (e) => String(e.stdout));
    };
    assert.equal(await check(source, 'nodenext'), '');
    assert.equal(await check(source, 'esnext'), '');
    for (const [what, text] of Object.entries(wrong)) {
      assert.notEqual(text, source);
      assert.match(await check(text, 'nodenext'), /example\.mts.*error TS2322/, what);
    }
  });
});
