// Another build of the site, made from the built one: every page carries another build's name, and the service worker's
// list holds the new sums. What a deployment changes, without building twice.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDir } from './children.mjs';

export const sum = (/** @type {string | Buffer} */ data) => createHash('sha256').update(data).digest('hex');
/** What build.json says. @param {string} dist @returns {{build: string, precache: string[], files: {path: string, bytes: number, sha256: string}[]}} */
export const built = (dist) => JSON.parse(readFileSync(join(dist, 'build.json'), 'utf8'));

/** @param {string} dist @param {string} name twelve hexadecimal digits */
export function otherBuild(dist, name) {
  const folder = scratchDir('build');
  cpSync(dist, folder, { recursive: true });
  const { build } = built(dist);
  /** @param {string} path @param {string} text */
  const put = (path, text) => {
    writeFileSync(join(folder, path), text);
    for (const end of ['.br', '.gz']) if (existsSync(join(folder, path + end))) rmSync(join(folder, path + end));
  };
  let worker = readFileSync(join(folder, 'sw.js'), 'utf8').replaceAll(build, name);
  for (const path of /** @type {string[]} */ (readdirSync(folder, { recursive: true }))) {
    if (!path.endsWith('.html')) continue;
    const before = readFileSync(join(folder, path));
    const after = before.toString().replaceAll(build, name);
    put(path, after);
    worker = worker.replaceAll(sum(before), sum(after));
  }
  put('sw.js', worker);
  return folder;
}
