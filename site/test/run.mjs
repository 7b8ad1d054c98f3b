// Runs the specifications named, or all, one after the other. A browser on a busy machine loses a click now and then: a file
// with a failure is run once more, in plain sight, and what fails twice has failed. More than six such files are no accident.
import { readdirSync } from 'node:fs';
import { spec } from 'node:test/reporters';
import { run } from 'node:test';

const named = process.argv.slice(2);
const all = named.length ? named : readdirSync('.').filter((file) => file.endsWith('.test.mjs')).sort();

/** @param {string[]} files @returns {Promise<string[]>} those with a failure */
const failing = (files) => new Promise((resolve) => {
  /** @type {Set<string>} */ const failed = new Set();
  const events = run({ files, concurrency: 1 });
  events.on('test:fail', ({ file, details, name }) => {
    const e = /** @type {any} */ (details.error);
    if (file && e?.failureType !== 'subtestsFailed') failed.add(file); else if (!file) failed.add(name);
  });
  events.on('end', () => resolve([...failed]));
  events.compose(new spec()).pipe(process.stdout, { end: false });
});

const first = await failing(all);
if (first.length > 6) process.exitCode = 1;
else if (first.length) {
  console.log(`\nonce more: ${first.join(', ')}\n`);
  process.exitCode = (await failing(first)).length ? 1 : 0;
}
