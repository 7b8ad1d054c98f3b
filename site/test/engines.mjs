// Three browser engines behind one face, so that a specification is written once.
//
//   const b = await open('webkit', { proxy: trap.port });
//   await b.goto(url); await b.type('#total', '35000'); await b.until('document.body.dataset.ready'); await b.close();
//
// What an engine cannot do is named in `b.can`; nothing is silently left out.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kill, leash, removeScratch, scratchDir, start, within } from './children.mjs';

/**
 * @typedef {object} Options
 * @property {number} [proxy] port of the trap proxy; loopback goes past it
 * @property {number} [width] of the viewport in CSS pixels
 * @property {number} [height]
 * @property {boolean} [mobile] a phone: touch, mobile viewport rules (Chromium), device pixel ratio 2
 * @property {string} [locale] what navigator.language says
 * @property {Media} [media]
 *
 * @typedef {object} Media what the reader's system prefers; a key left out stays as it is
 * @property {'light'|'dark'} [scheme]
 * @property {'reduce'|'no-preference'} [motion]
 * @property {'active'|'none'} [forced] forced colours
 *
 * @typedef {object} Can
 * @property {boolean} pdf
 * @property {boolean} forced
 * @property {boolean} requests
 * @property {boolean} fullPage screenshots of more than the viewport
 * @property {boolean} early code that runs before the page's own
 * @property {boolean} throttle CPU throttling
 *
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} goto
 * @property {() => Promise<void>} reload
 * @property {() => Promise<void>} back
 * @property {() => Promise<string>} url
 * @property {(code: string | Function, ...args: any[]) => Promise<any>} eval in the page; JSON in and out, promises awaited
 * @property {(code: string | Function, options?: {ms?: number, what?: string, args?: any[]}) => Promise<any>} until polls eval until it is truthy
 * @property {(frame: string, code: string | Function, ...args: any[]) => Promise<any>} inFrame eval in the frame that the selector finds; `host >>> iframe` looks inside the host's shadow
 * @property {(selector: string) => Promise<void>} click
 * @property {(selector: string) => Promise<void>} tap a finger where the engine has touch
 * @property {(selector: string, text: string) => Promise<void>} type real keystrokes that replace what the field holds
 * @property {(keys: string) => Promise<void>} press 'Tab', 'Shift+Tab', 'Enter', 'Space', 'ArrowDown', 'a' …
 * @property {(selector: string, value: string) => Promise<void>} select an option by its value
 * @property {(selector: string, file: string) => Promise<void>} upload
 * @property {(width: number, height?: number) => Promise<void>} resize the viewport
 * @property {(media: Media) => Promise<void>} media go to the page again afterwards: WebKit starts anew for it and forgets its storage
 * @property {(file: string) => Promise<void>} screenshot
 * @property {(file: string) => Promise<void>} pdf
 * @property {(code: string) => Promise<void>} early runs before the code of every page opened from now on
 * @property {(rate: number) => Promise<void>} throttle
 * @property {() => string[] | null} requests every URL asked for so far, workers included; null where the engine does not tell
 * @property {() => string[]} complaints console errors and uncaught exceptions, where the engine tells
 * @property {() => Promise<Page>} newTab
 * @property {() => Promise<void>} close a tab, or the browser when it is the first
 *
 * @typedef {Page & {name: string, version: string, can: Can}} Browser
 */

const LIMIT = { start: 45_000, goto: 45_000, call: 30_000, close: 8_000 };
export const NAMES = /** @type {const} */ (['chromium', 'firefox', 'webkit']);

/** @param {string} command */
const which = (command) => { try { return execFileSync('sh', ['-c', `command -v ${command}`]).toString().trim(); } catch { return ''; } };
const miniBrowser = () => {
  try { return execFileSync('sh', ['-c', 'dpkg -L libwebkit2gtk-4.1-0 | grep "/MiniBrowser$"']).toString().trim(); } catch { return ''; }
};
export const binaries = {
  chromium: process.env.CHROMIUM ?? which('chromium'),
  firefox: process.env.FIREFOX ?? (which('firefox-esr') || which('firefox')),
  webkit: process.env.MINIBROWSER ?? miniBrowser(),
};

/** Why an engine cannot be had here; '' when it can. @param {typeof NAMES[number]} name */
export function missing(name) {
  if (!binaries[name] || !existsSync(binaries[name])) return `${name} is not installed (bash site/test/install.sh)`;
  if (name === 'webkit') for (const c of ['WebKitWebDriver', 'Xvfb', 'openbox']) if (!which(c)) return `${c} is not installed (bash site/test/install.sh)`;
  return '';
}

/**
 * @param {typeof NAMES[number]} name
 * @param {Options} [options]
 * @returns {Promise<Browser>}
 */
export async function open(name, options = {}) {
  const launch = { chromium, firefox, webkit }[name];
  const o = { width: 390, height: 844, mobile: true, locale: 'zh-CN', ...options };
  return within(LIMIT.start, `starting ${name}`, launch(o));
}

// --- what the faces share ---

/** Code for any engine: an expression that calls a function with JSON arguments, or the expression given. @param {string | Function} code @param {any[]} args */
const expression = (code, args) => (typeof code === 'function' ? `(${code})(${args.map((a) => JSON.stringify(a) ?? 'undefined').join(', ')})` : code);

/** What a page that is being left or drawn anew answers: to be asked again, as a reader would press again. */
const PASSING = /unload event|context (was|with given id) ?(destroyed|not found)|detached|stale element|StaleElement|ClickIntercepted|NoSuchFrame|navigating|nothing matches/i;

/** Does something up to three times where only the page's moving prevented it. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
async function patiently(work) {
  for (let tries = 1; ; tries++) {
    try { return await work(); } catch (e) {
      if (tries === 3 || !PASSING.test(String(e) + /** @type {any} */ (e)?.name)) throw e;
      await sleep(150);
    }
  }
}

/** Every call gets a limit and a name in its error; `until` is built on eval. @param {string} name @param {any} raw */
function face(name, raw) {
  /** @type {any} */
  const page = {};
  for (const [key, value] of Object.entries(raw)) {
    page[key] = typeof value !== 'function' || key === 'requests' || key === 'complaints' ? value
      : (/** @type {any[]} */ ...args) => {
        const limit = LIMIT[key] ?? (key === 'reload' || key === 'back' || key === 'media' ? LIMIT.goto : LIMIT.call);
        return within(limit, `${name}: ${key} ${typeof args[0] === 'string' ? args[0].slice(0, 80) : ''}`, value(...args));
      };
  }
  page.until = async (/** @type {any} */ code, { ms = 15_000, what = '', args = [] } = {}) => {
    const end = performance.now() + ms;
    for (;;) {
      const value = await page.eval(code, ...args).catch((/** @type {Error} */ e) => { if (!PASSING.test(String(e) + e.name)) throw e; });
      if (value) return value;
      if (performance.now() > end) throw new Error(`${name}: waited ${ms} ms for ${what || String(code).slice(0, 120)}`);
      await sleep(40);
    }
  };
  return page;
}

/**
 * What lies under something else, such as the line at the foot of the window, is brought into the open first, as a reader
 * would; and nobody presses what still moves: it has to lie in the same place for a tenth of a second, for two seconds at most.
 */
const IN_THE_OPEN = async (/** @type {HTMLElement} */ e) => {
  scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
  let was = '', still = 0;
  for (let i = 0; i < 80 && still < 4; i++) {
    const r = e.getBoundingClientRect(), top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
    if (!top?.contains(e) && !e.contains(top)) e.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { x, y, width, height } = e.getBoundingClientRect(), now = [x, y, width, height].join();
    still = now === was ? still + 1 : 0;
    was = now;
    await new Promise((later) => setTimeout(later, 25));
  }
};

const CANNOT = (/** @type {string} */ name, /** @type {string} */ what) => async () => { throw new Error(`${name} cannot ${what}: ask b.can first`); };

/** The names of `press` as WebDriver and BiDi want them. */
const PROTOCOL_KEYS = /** @type {Record<string, string>} */ ({
  Tab: '\uE004', Enter: '\uE006', Space: ' ', Escape: '\uE00C', Backspace: '\uE003', Delete: '\uE017', Home: '\uE011', End: '\uE010', PageUp: '\uE00E', PageDown: '\uE00F',
  ArrowUp: '\uE013', ArrowDown: '\uE015', ArrowLeft: '\uE012', ArrowRight: '\uE014', Shift: '\uE008', Control: '\uE009', Alt: '\uE00A',
});

// --- Chromium ---

export const CHROMIUM_FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter'];

/** @param {any} o */
async function chromium(o) {
  const { chromium: playwright } = await import('playwright-core');
  const dir = scratchDir('chromium');
  const context = await playwright.launchPersistentContext(dir, {
    executablePath: binaries.chromium, headless: true, chromiumSandbox: false, args: CHROMIUM_FLAGS,
    locale: o.locale, timezoneId: 'Asia/Shanghai', viewport: { width: o.width, height: o.height },
    ...(o.mobile ? { deviceScaleFactor: 2, isMobile: true, hasTouch: true } : {}),
    ...(o.proxy ? { proxy: { server: `http://127.0.0.1:${o.proxy}`, bypass: 'localhost,127.0.0.1' } } : {}),
  });
  context.setDefaultTimeout(20_000);
  /** @type {string[]} */ const seen = [];
  /** @type {string[]} */ const complaints = [];
  context.on('request', (r) => seen.push(r.url()));
  const can = { pdf: true, forced: true, requests: true, fullPage: true, early: true, throttle: true };
  const media = async (/** @type {any} */ page, /** @type {Media} */ m) => page.emulateMedia({
    ...(m.scheme ? { colorScheme: m.scheme } : {}), ...(m.motion ? { reducedMotion: m.motion } : {}), ...(m.forced ? { forcedColors: m.forced } : {}),
  });
  const wrap = async (/** @type {import('playwright-core').Page} */ page, /** @type {boolean} */ first) => {
    page.on('console', (m) => { if (m.type() === 'error') complaints.push(m.text()); });
    page.on('pageerror', (e) => complaints.push(`uncaught ${e.message}`));
    const cdp = await context.newCDPSession(page);
    const raw = {
      name: 'chromium', version: context.browser()?.version() ?? '', can, page, context, cdp,
      goto: async (/** @type {string} */ u) => { await page.goto(u, { waitUntil: 'load', timeout: LIMIT.goto }); },
      reload: async () => { await page.reload({ waitUntil: 'load' }); },
      back: async () => { await page.goBack({ waitUntil: 'load' }); },
      url: async () => page.url(),
      eval: (/** @type {any} */ code, /** @type {any[]} */ ...args) => page.evaluate(expression(code, args)),
      inFrame: async (/** @type {string} */ frame, /** @type {any} */ code, /** @type {any[]} */ ...args) =>
        (await (await page.waitForSelector(frame.replace(' >>> ', ' '), { state: 'attached' })).contentFrame())?.evaluate(expression(code, args)),
      click: (/** @type {string} */ s) => page.click(s),
      tap: (/** @type {string} */ s) => (o.mobile ? page.tap(s) : page.click(s)),
      type: async (/** @type {string} */ s, /** @type {string} */ text) => {
        await page.focus(s);
        await page.keyboard.press('ControlOrMeta+a');
        if (text) await page.keyboard.type(text); else await page.keyboard.press('Backspace');
      },
      press: (/** @type {string} */ keys) => page.keyboard.press(keys),
      select: async (/** @type {string} */ s, /** @type {string} */ value) => { await page.selectOption(s, value); },
      upload: (/** @type {string} */ s, /** @type {string} */ file) => page.setInputFiles(s, file),
      resize: (/** @type {number} */ width, height = o.height) => page.setViewportSize({ width, height }),
      media: (/** @type {Media} */ m) => media(page, m),
      screenshot: async (/** @type {string} */ path) => { await page.screenshot({ path, fullPage: true, scale: (page.viewportSize()?.width ?? 0) > 600 ? 'css' : 'device' }); },
      pdf: async (/** @type {string} */ path) => { await page.pdf({ path, format: 'A4', printBackground: true }); },
      early: (/** @type {string} */ code) => page.addInitScript(code),
      throttle: async (/** @type {number} */ rate) => { await cdp.send('Emulation.setCPUThrottlingRate', { rate }); },
      requests: () => seen, complaints: () => complaints,
      newTab: async () => wrap(await context.newPage(), false),
      close: async () => {
        if (!first) return void await page.close();
        await within(LIMIT.close - 1000, 'closing chromium', context.close()).catch(() => {});
        removeScratch(dir);
      },
    };
    return face('chromium', raw);
  };
  const page = context.pages()[0] ?? await context.newPage();
  if (o.media) await media(page, o.media);
  return wrap(page, true);
}

// --- Firefox ---

/** @param {any} o */
async function firefox(o) {
  const { default: puppeteer } = await import('puppeteer-core');
  const dir = scratchDir('firefox');
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: leash(dir, binaries.firefox), headless: true, timeout: LIMIT.start,
    // System access lets this file set preferences while the browser runs: the protocol has no command for colour schemes yet.
    args: ['--remote-allow-system-access'], env: { ...process.env, TZ: 'Asia/Shanghai', MOZ_REMOTE_ALLOW_SYSTEM_ACCESS: '1' },
    extraPrefsFirefox: {
      'intl.accept_languages': o.locale, 'app.update.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
      'browser.safebrowsing.downloads.remote.enabled': false, 'services.settings.server': 'data:,#remote-settings-dummy/v1', 'browser.sessionhistory.max_total_viewers': 0, ...(o.mobile ? { 'ui.useOverlayScrollbars': 1 } : {}),
      ...(o.proxy ? { 'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': o.proxy, 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': o.proxy } : {}),
    },
  });
  /** @type {string[]} */ const seen = [];
  /** @type {string[]} */ const complaints = [];
  /** @type {any} */ const connection = /** @type {any} */ (browser).connection;
  const tree = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const system = tree.result.contexts[0].context;
  // The window opens with the address bar focused; keys reach the page all the same, but no button hears them.
  const focusPage = () => connection.send('script.evaluate', { expression: 'gBrowser.selectedBrowser.focus()', target: { context: system }, awaitPromise: true });
  const pref = (/** @type {string} */ key, /** @type {number} */ value) => connection.send('script.evaluate', {
    expression: `Services.prefs.setIntPref(${JSON.stringify(key)}, ${value})`, target: { context: system }, awaitPromise: true,
  });
  const media = async (/** @type {Media} */ m) => {
    if (m.scheme) await pref('layout.css.prefers-color-scheme.content-override', m.scheme === 'dark' ? 0 : 1);
    if (m.motion) await pref('ui.prefersReducedMotion', m.motion === 'reduce' ? 1 : 0);
    if (m.forced) await pref('browser.display.document_color_use', m.forced === 'active' ? 2 : 1);
  };
  const can = { pdf: true, forced: true, requests: true, fullPage: true, early: true, throttle: false };
  const scale = o.mobile ? 2 : 1;
  const wrap = async (/** @type {import('puppeteer-core').Page} */ page, /** @type {boolean} */ first) => {
    page.on('request', (r) => seen.push(r.url()));
    page.on('console', (m) => { if (m.type() === 'error') complaints.push(m.text()); });
    page.on('pageerror', (e) => complaints.push(`uncaught ${/** @type {Error} */ (e).message}`));
    page.setDefaultTimeout(20_000);
    await page.setViewport({ width: o.width, height: o.height, deviceScaleFactor: scale });
    await page.bringToFront();
    await focusPage();
    const one = async (/** @type {string} */ s) => {
      const found = await page.waitForSelector(s);
      if (!found) throw new Error(`nothing matches ${s}`);
      return found;
    };
    const shown = async (/** @type {string} */ s) => {
      const found = await one(s);
      await found.evaluate(/** @type {any} */ (IN_THE_OPEN));
      return found;
    };
    const raw = {
      name: 'firefox', version: (await browser.version()).replace(/^\w+\//, ''), can, page, browser,
      // Leaving a page with frames of another site, the driver may wait for their end after the new page has loaded: so look, too.
      goto: async (/** @type {string} */ u) => {
        await page.evaluate('globalThis.__left = true').catch(() => {});
        let told = false;
        const going = page.goto(u, { waitUntil: 'load', timeout: LIMIT.goto }).finally(() => { told = true; });
        const looked = (async () => {
          while (!told) {
            await sleep(250);
            if (await page.evaluate('!globalThis.__left && document.readyState === "complete" && location.href !== "about:blank"').catch(() => false)) return;
          }
        })();
        await Promise.race([going, looked]);
        going.catch(() => {});
      },
      reload: async () => { await page.reload({ waitUntil: 'load' }); },
      back: async () => { await page.goBack({ waitUntil: 'load' }); },
      url: async () => page.url(),
      eval: (/** @type {any} */ code, /** @type {any[]} */ ...args) => page.evaluate(expression(code, args)),
      inFrame: async (/** @type {string} */ frame, /** @type {any} */ code, /** @type {any[]} */ ...args) =>
        (await (await page.waitForSelector(frame))?.contentFrame())?.evaluate(expression(code, args)),
      click: (/** @type {string} */ s) => patiently(async () => (await shown(s)).click()),
      tap: (/** @type {string} */ s) => patiently(async () => (await shown(s)).tap()),
      type: async (/** @type {string} */ s, /** @type {string} */ text) => {
        await (await one(s)).focus();
        await page.keyboard.down('Control'); await page.keyboard.press('a'); await page.keyboard.up('Control');
        if (text) await page.keyboard.type(text); else await page.keyboard.press('Backspace');
      },
      // The library's own Enter is the numeric pad's, which opens nothing: the protocol's key codes are given here.
      press: async (/** @type {string} */ keys) => {
        const codes = keys.split('+').map((k) => PROTOCOL_KEYS[k] ?? k);
        const down = codes.map((value) => ({ type: 'keyDown', value }));
        const up = [...codes].reverse().map((value) => ({ type: 'keyUp', value }));
        await connection.send('input.performActions', { context: /** @type {any} */ (page.mainFrame())._id, actions: [{ type: 'key', id: 'keys', actions: [...down, ...up] }] });
      },
      select: async (/** @type {string} */ s, /** @type {string} */ value) => { await one(s); await page.select(s, value); },
      upload: async (/** @type {string} */ s, /** @type {string} */ file) => (/** @type {any} */ (await page.$(s))).uploadFile(file),
      resize: async (/** @type {number} */ width, height = o.height) => { await page.setViewport({ width, height, deviceScaleFactor: scale }); },
      media,
      screenshot: async (/** @type {string} */ path) => { await page.screenshot({ path: /** @type {any} */ (path), fullPage: true }); },
      pdf: async (/** @type {string} */ path) => { await page.pdf({ path, format: 'A4', printBackground: true }); },
      early: async (/** @type {string} */ code) => { await page.evaluateOnNewDocument(code); },
      throttle: CANNOT('firefox', 'throttle the CPU'),
      requests: () => seen, complaints: () => complaints,
      newTab: async () => wrap(await browser.newPage(), false),
      close: async () => {
        if (!first) return void await page.close();
        await within(LIMIT.close - 1000, 'closing firefox', browser.close()).catch(() => browser.process()?.kill('SIGKILL'));
        removeScratch(dir);
      },
    };
    return face('firefox', raw);
  };
  const page = (await browser.pages())[0] ?? await browser.newPage();
  if (o.media) await media(o.media);
  return wrap(page, true);
}

// --- WebKitGTK ---

const freePort = () => new Promise((/** @type {(port: number) => void} */ done) => {
  const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = /** @type {net.AddressInfo} */ (s.address()); s.close(() => done(port)); });
});

/** One X screen, one window manager, one driver, one MiniBrowser. @param {any} o @param {Media} m */
async function webkitSession(o, m) {
  const { Builder, Capabilities } = await import('selenium-webdriver');
  const home = scratchDir('webkit');
  /** @type {import('node:child_process').ChildProcess[]} */ const children = [];
  const end = () => { for (const c of children.reverse()) kill(c); removeScratch(home); };
  try {
    // Xvfb picks a free display itself and writes its number when it is ready.
    const screen = start('Xvfb', ['-displayfd', '3', '-screen', '0', '2800x3600x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    children.push(screen);
    const display = await within(10_000, 'starting Xvfb', new Promise((done, fail) => {
      let text = '';
      screen.stdio[3]?.on('data', (d) => { text += d; if (text.endsWith('\n')) done(text.trim()); });
      screen.once('exit', () => fail(new Error('Xvfb ended')));
      screen.once('error', fail);
    }));
    // The toolbar's widgets would keep the window at least 447 pixels wide; GTK's own style sheet shrinks them. Web pages do not see it.
    mkdirSync(join(home, '.config/gtk-3.0'), { recursive: true });
    writeFileSync(join(home, '.config/gtk-3.0/settings.ini'), `[Settings]\ngtk-font-name=Noto Sans CJK SC 11\ngtk-enable-animations=${m.motion === 'reduce' ? 0 : 1}\n`);
    writeFileSync(join(home, '.config/gtk-3.0/gtk.css'), '* { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px } image { -gtk-icon-transform: scale(0.1) }\n');
    // No WEBKIT_DISABLE_* here: with them pages work, but the screenshot command never answers.
    const env = {
      ...process.env, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: join(home, '.config'), LANG: `${o.locale.replace('-', '_')}.UTF-8`, LANGUAGE: o.locale.replace('-', '_'),
      TZ: 'Asia/Shanghai', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1', GDK_SCALE: o.mobile ? '2' : '1', GTK_THEME: m.scheme === 'dark' ? 'Adwaita:dark' : 'Adwaita',
    };
    children.push(start('openbox', ['--sm-disable'], { env }));
    const port = await freePort();
    children.push(start('WebKitWebDriver', [`--port=${port}`], { env, stdio: process.env.WEBKIT_LOG ? ['ignore', 'inherit', 'inherit'] : 'ignore' }));
    for (let tries = 0; ; tries++) {
      const up = await fetch(`http://127.0.0.1:${port}/status`).then((r) => r.ok, () => false);
      if (up) break;
      if (tries > 100) throw new Error('WebKitWebDriver does not answer');
      await sleep(50);
    }
    const args = ['--automation', ...(o.proxy ? [`--proxy=http://127.0.0.1:${o.proxy}`, '--ignore-host=localhost', '--ignore-host=127.0.0.1'] : [])];
    const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`)
      .withCapabilities(new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: binaries.webkit, args } })).build();
    await driver.manage().setTimeouts({ script: LIMIT.call, pageLoad: LIMIT.goto });
    const version = (await driver.getCapabilities()).get('browserVersion') ?? '';
    return { driver, version, end: async () => { await within(LIMIT.close - 2000, 'closing webkit', driver.quit()).catch(() => {}); end(); } };
  } catch (e) { end(); throw e; }
}

/** @param {any} o */
async function webkit(o) {
  const { By } = await import('selenium-webdriver');
  const { Command } = await import('selenium-webdriver/lib/command.js').then((m) => m.default ?? m);
  /** @type {Media} */ let preferred = { scheme: 'light', motion: 'no-preference', ...o.media };
  let session = await webkitSession(o, preferred);
  const can = { pdf: false, forced: false, requests: false, fullPage: false, early: false, throttle: false };
  // The driver has one current window: calls of all tabs go through one queue, each switching to its own window first.
  let queue = Promise.resolve();
  let current = await session.driver.getWindowHandle();
  const size = { width: o.width, height: o.height };
  const fit = async () => {
    // The window is larger than the viewport by a toolbar: measure, then correct.
    for (let tries = 0; tries < 4; tries++) {
      const [w, h] = await session.driver.executeScript('return [innerWidth, innerHeight]').then((v) => /** @type {number[]} */ (v));
      if (w === size.width && h === size.height) return;
      const r = await session.driver.manage().window().getRect();
      await session.driver.manage().window().setRect({ x: 0, y: 0, width: r.width + size.width - w, height: r.height + size.height - h });
      await sleep(120);
    }
    throw new Error(`webkit: the viewport does not become ${size.width}×${size.height}`);
  };
  await fit();
  const wrap = (/** @type {string} */ own, /** @type {boolean} */ first) => {
    let handle = own;
    /** @template T @param {(d: import('selenium-webdriver').WebDriver) => Promise<T>} work @returns {Promise<T>} */
    const on = (work) => {
      const next = queue.then(async () => {
        if (current !== handle) { await session.driver.switchTo().window(handle); current = handle; }
        return work(session.driver);
      });
      queue = next.then(() => {}, () => {});
      return next;
    };
    const run = async (/** @type {import('selenium-webdriver').WebDriver} */ d, /** @type {string} */ code) => {
      const [ok, value] = await d.executeAsyncScript(`const done = arguments[arguments.length - 1];
        Promise.resolve().then(() => (${code})).then((v) => done([true, v]), (e) => done([false, String(e)]))`).then((v) => /** @type {[boolean, any]} */ (v));
      if (!ok) throw new Error(String(value));
      return value;
    };
    const find = async (/** @type {import('selenium-webdriver').WebDriver} */ d, /** @type {string} */ s) => {
      for (let tries = 0; ; tries++) {
        const [host, inside] = s.split(' >>> ');
        const found = inside ? [await d.executeScript('return document.querySelector(arguments[0])?.shadowRoot?.querySelector(arguments[1]) ?? null', host, inside)] : await d.findElements(By.css(s));
        if (found[0]) return /** @type {import('selenium-webdriver').WebElement} */ (found[0]);
        if (tries > 100) throw new Error(`webkit: nothing matches ${s}`);
        await sleep(50);
      }
    };
    const inTheOpen = (/** @type {import('selenium-webdriver').WebDriver} */ d, /** @type {any} */ el) => d.executeAsyncScript(`const done = arguments[1]; (${IN_THE_OPEN})(arguments[0]).then(done, done)`, el);
    const keys = (/** @type {import('selenium-webdriver').WebDriver} */ d, /** @type {string} */ spec) => {
      const parts = spec.split('+');
      const last = PROTOCOL_KEYS[parts.at(-1) ?? ''] ?? parts.at(-1);
      let a = d.actions();
      for (const k of parts.slice(0, -1)) a = a.keyDown(PROTOCOL_KEYS[k]);
      a = a.keyDown(last).keyUp(last);
      for (const k of parts.slice(0, -1).reverse()) a = a.keyUp(PROTOCOL_KEYS[k]);
      return a.perform();
    };
    const raw = {
      name: 'webkit', get version() { return session.version; }, can,
      goto: (/** @type {string} */ u) => on(async (d) => { await d.get(u); }),
      reload: () => on(async (d) => { await d.navigate().refresh(); }),
      back: () => on(async (d) => { await d.navigate().back(); }),
      url: () => on((d) => d.getCurrentUrl()),
      eval: (/** @type {any} */ code, /** @type {any[]} */ ...args) => on((d) => run(d, expression(code, args))),
      inFrame: (/** @type {string} */ frame, /** @type {any} */ code, /** @type {any[]} */ ...args) => on(async (d) => {
        await d.switchTo().frame(await find(d, frame));
        try { return await run(d, expression(code, args)); } finally { await d.switchTo().defaultContent(); }
      }),
      click: (/** @type {string} */ s) => on((d) => patiently(async () => {
        const el = await find(d, s);
        await inTheOpen(d, el);
        await el.click();
      })),
      tap: (/** @type {string} */ s) => on((d) => patiently(async () => {
        const el = await find(d, s);
        await d.executeScript('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', el);
        await inTheOpen(d, el);
        await d.execute(new Command('actions').setParameter('actions', [{
          type: 'pointer', id: 'finger', parameters: { pointerType: 'touch' },
          actions: [{ type: 'pointerMove', duration: 0, origin: el, x: 0, y: 0 }, { type: 'pointerDown', button: 0 }, { type: 'pause', duration: 40 }, { type: 'pointerUp', button: 0 }],
        }]));
      })),
      type: (/** @type {string} */ s, /** @type {string} */ text) => on(async (d) => {
        const el = await find(d, s);
        await d.executeScript('arguments[0].focus()', el);
        await keys(d, 'Control+a');
        if (text) await el.sendKeys(text); else await keys(d, 'Backspace');
      }),
      press: (/** @type {string} */ spec) => on((d) => keys(d, spec)),
      select: (/** @type {string} */ s, /** @type {string} */ value) => on(async (d) => {
        await inTheOpen(d, await find(d, s));
        await (await find(d, `${s} option[value="${value}"]`)).click();
      }),
      upload: (/** @type {string} */ s, /** @type {string} */ file) => on(async (d) => (await find(d, s)).sendKeys(file)),
      resize: (/** @type {number} */ width, height = o.height) => on(async () => { size.width = width; size.height = height; await fit(); }),
      media: async (/** @type {Media} */ m) => {
        const wanted = { ...preferred, ...m };
        if (m.forced === 'active') throw new Error('webkit cannot force colours: ask b.can first');
        if (wanted.scheme === preferred.scheme && wanted.motion === preferred.motion) return;
        if (!first) throw new Error('webkit: change the preferences in the first tab');
        preferred = wanted;
        await session.end();
        session = await webkitSession(o, preferred);
        current = handle = await session.driver.getWindowHandle();
        await fit();
      },
      screenshot: (/** @type {string} */ path) => on(async (d) => writeFileSync(path, Buffer.from(await d.takeScreenshot(), 'base64'))),
      pdf: CANNOT('webkit', 'print'), early: CANNOT('webkit', 'run code before the page'), throttle: CANNOT('webkit', 'throttle the CPU'),
      requests: () => null, complaints: () => [],
      newTab: () => on(async (d) => {
        await d.switchTo().newWindow('window');
        current = await d.getWindowHandle();
        await fit();
        return wrap(current, false);
      }),
      close: async () => {
        if (first) return session.end();
        await on(async (d) => { await d.close(); });
        current = '';
      },
    };
    return face('webkit', raw);
  };
  return wrap(current, true);
}

// --- axe ---

let axeSource = '';
const axeFile = new URL('./node_modules/axe-core/axe.min.js', import.meta.url);
/**
 * Runs axe-core in the page, given by the driver and so past the page's CSP.
 * @param {Page} page
 * @returns {Promise<{violations: string[], incomplete: string[], passes: number}>}
 */
export async function axe(page) {
  axeSource ||= readFileSync(axeFile, 'utf8');
  return page.eval(`(async () => {
    if (!globalThis.axe) { ${axeSource} }
    const r = await axe.run(document, { resultTypes: ['violations', 'incomplete'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } });
    const line = (x) => x.id + ': ' + x.nodes.map((n) => n.target.join(' ') + ' ' + ((n.any[0] ?? n.all[0] ?? n.none[0] ?? {}).message ?? '')).slice(0, 5).join(' | ');
    return { violations: r.violations.map(line), incomplete: r.incomplete.map(line), passes: r.passes.length };
  })()`);
}
