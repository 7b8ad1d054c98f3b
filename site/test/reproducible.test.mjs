// The same sources give the same bytes: the site is built again from a copy of the sources in another folder, with another
// folder for temporary files and an empty cache of compressed files, and every published file is compared.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built, sum } from './builds.mjs';
import { removeScratch, scratchDir } from './children.mjs';
import { DIST } from './spec.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// A name with a blank and Chinese characters: nothing of the path may go into what is published.
const scratch = scratchDir('again'), copy = join(scratch, '另一 处', 'sources'), dist = join(scratch, 'dist'), temporary = join(scratch, 'tmp');
after(() => removeScratch(scratch));

/** @param {string} folder @returns {string[]} */
const files = (folder) => /** @type {string[]} */ (readdirSync(folder, { recursive: true })).filter((f) => statSync(join(folder, f)).isFile()).sort();

test('built again in another place, every byte is the same', { timeout: 900_000 }, async () => {
  mkdirSync(temporary);
  const without = ['.git', '.cache', join('site', 'dist'), join('site', 'test')].map((f) => f + sep);
  cpSync(ROOT, copy, { recursive: true, filter: (path) => { const p = relative(ROOT, path) + sep; return !without.some((w) => p.startsWith(w)); } });
  await promisify(execFile)('go', ['run', './site/build', 'site'], { cwd: copy, env: { ...process.env, SITE_DIST: dist, TMPDIR: temporary, TZ: 'Pacific/Auckland', LC_ALL: 'C' }, timeout: 880_000 });
  const [first, again] = [files(DIST), files(dist)];
  assert.deepEqual(again, first);
  assert.ok(first.length > 500);
  assert.deepEqual(built(dist), built(DIST), 'build.json: the name of the build and the sums of all files');
  for (const f of first) assert.equal(sum(readFileSync(join(dist, f))), sum(readFileSync(join(DIST, f))), f);
});

test('the build’s name stands on every page, and build.json tells the truth', () => {
  const { build, files: list } = built(DIST);
  assert.match(build, /^[0-9a-f]{12}$/);
  for (const f of list) {
    const data = readFileSync(join(DIST, f.path));
    assert.deepEqual([sum(data), data.length], [f.sha256, f.bytes], f.path);
    if (f.path.endsWith('.html')) assert.ok(data.includes(`data-build="${build}"`), f.path);
    if (f.path.endsWith('index.html')) assert.match(data.toString(), new RegExp(`<p class="build">[^<]*${build}`), f.path);
  }
  assert.deepEqual(files(DIST).filter((f) => !/\.(br|gz)$/.test(f) && f !== 'build.json'), list.map((f) => f.path.split('/').join(sep)).sort(), 'and lists everything');
  const privacy = readFileSync(join(DIST, 'privacy/index.html'), 'utf8');
  assert.ok(privacy.includes(`${build}`) && privacy.includes('build.json') && privacy.includes('make site'), 'the privacy page says how to compare');
});
