// The pictures that are kept with the sources: those that systems show before they install the app (narrow and wide, in both
// languages), and the README's. Real pages in Chromium, made small. Look at them before you commit them.
//
//   npm run shots
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from './engines.mjs';
import { ESTIMATE, ready } from './page.mjs';
import { small } from './png.mjs';
import { serve } from './server.mjs';
import { DIST } from './spec.mjs';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = at('../src/shots');
mkdirSync(FOLDER, { recursive: true });
const s = await serve({ dist: DIST, worker: false });
/** A picture of what the window shows. @param {any} b @param {string} file */
async function shoot(b, file) {
  const png = await b.page.screenshot({ scale: 'device' });
  const made = small(png);
  writeFileSync(file, made);
  console.log(`${file.slice(at('../').length)}: ${made.length} bytes`);
}
for (const lang of /** @type {const} */ (['zh', 'en'])) {
  for (const [form, width, height, mobile] of /** @type {const} */ ([['narrow', 390, 844, true], ['wide', 1280, 800, false]])) {
    const b = /** @type {any} */ (await open('chromium', { width, height, mobile, locale: lang === 'zh' ? 'zh-CN' : 'en' }));
    await b.goto(s.url + ESTIMATE[lang]);
    await ready(b);
    // On a phone the answer stands below the questions.
    if (mobile) await b.eval('document.getElementById("result").scrollIntoView({ behavior: "instant" })');
    await new Promise((r) => setTimeout(r, 300));
    await shoot(b, join(FOLDER, `shot-${form}-${lang}.png`));
    if (lang === 'zh' && !mobile) {
      await b.resize(1280, 1100);
      await new Promise((r) => setTimeout(r, 300));
      await shoot(b, at('../readme/estimate.png'));
    }
    await b.close();
  }
}
await s.stop();
