// Child processes that cannot outlive the test run, and promises that cannot wait for ever.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
/** @type {Set<string>} */
const scratch = new Set();

function bury() {
  for (const child of alive) kill(child);
  for (const dir of scratch) rmSync(dir, { recursive: true, force: true });
}
process.once('exit', bury);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => { bury(); process.exit(1); });
}

/**
 * Starts a program in a process group of its own. The kernel kills it when this process dies in whatever way:
 * a runner that is itself killed has no chance to tidy up.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: 'ignore', detached: true, ...options });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  child.once('error', () => alive.delete(child));
  return child;
}

/** Kills what `start` started, with everything that it started in turn. @param {import('node:child_process').ChildProcess} child */
export function kill(child) {
  alive.delete(child);
  if (!child.pid) return;
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it is gone already */ }
}

/** A folder that is removed with the run. @param {string} name */
export function scratchDir(name) {
  const dir = mkdtempSync(join(tmpdir(), `mingbai-${name}-`));
  scratch.add(dir);
  return dir;
}

/** @param {string} dir */
export function removeScratch(dir) {
  scratch.delete(dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** A script to hand to libraries that start a browser themselves: the browser dies with this process. @param {string} dir @param {string} binary */
export function leash(dir, binary) {
  const file = join(dir, 'leashed');
  writeFileSync(file, `#!/bin/sh\nexec setpriv --pdeathsig KILL ${binary} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/**
 * @template T
 * @param {number} ms
 * @param {string} what
 * @param {Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function within(ms, what, work) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: no answer in ${ms} ms`)), ms); });
  try { return await Promise.race([work, late]); } finally { clearTimeout(timer); }
}
