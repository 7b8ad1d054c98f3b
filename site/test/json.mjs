// Lets Node read the site's sources as they are: a JSON file's members are named exports,
// as the bundler makes them.
import { register } from 'node:module';

register('data:text/javascript,' + encodeURIComponent(`
import { readFile } from 'node:fs/promises';
export async function load(url, context, next) {
  if (!url.endsWith('.json') || !url.includes('/site/src/')) return next(url, context);
  const data = JSON.parse(await readFile(new URL(url), 'utf8'));
  const source = Object.entries(data).map(([k, v]) => 'export const ' + k + ' = ' + JSON.stringify(v)).concat('export default ' + JSON.stringify(data)).join(String.fromCharCode(10));
  return { format: 'module', shortCircuit: true, source };
}
`));
