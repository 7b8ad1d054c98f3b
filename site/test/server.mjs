// A plain static host with the faults of real ones, and a proxy that catches whatever tries to leave the machine.
import http from 'node:http';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const TYPES = /** @type {Record<string, string>} */ ({
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml', png: 'image/png', ico: 'image/x-icon', wasm: 'application/wasm', webmanifest: 'application/manifest+json', xml: 'application/xml; charset=utf-8',
  txt: 'text/plain; charset=utf-8', yaml: 'text/yaml; charset=utf-8', yml: 'text/yaml; charset=utf-8', csv: 'text/csv; charset=utf-8', ts: 'text/plain; charset=utf-8', pdf: 'application/pdf',
});

/**
 * @typedef {object} Options
 * @property {string} dist the folder to serve
 * @property {string} [prefix] the path it is served under, e.g. '/mb/'
 * @property {number} [port]
 * @property {'shipped' | 'none' | Record<string, string>} [headers] as the folder's own _headers file says (default); none, as on a host that cannot set any; or these
 * @property {'shipped' | 'gzip' | 'none'} [compress] the folder's .br and .gz neighbours (default); everything gzipped on the fly; nothing
 * @property {string} [wasmType] the content type that the host believes .wasm has
 * @property {Record<string, http.RequestListener>} [routes] by absolute path, in front of the folder
 * @property {{rtt: number, kbps: number}} [shape] a slow line: round trip in ms, kilobits a second, shared by all connections
 * @property {(string | RegExp)[]} [missing] paths below the prefix that answer 404
 * @property {boolean} [worker] false: the host has no service worker, so that what a test does to the host reaches the page
 * @property {(path: string, bytes: Buffer) => Buffer} [alter] damage on the way
 * @property {boolean} [witness] adds a script to every HTML page that notes CSP violations and errors in `__witness`
 *
 * @typedef {object} Entry
 * @property {number} at
 * @property {string} method
 * @property {string} path below the prefix, with the query
 * @property {number} status
 * @property {number} bytes
 * @property {string} [encoding]
 * @property {string} [dest]
 * @property {string} [cookie]
 * @property {string} [referer]
 */

/**
 * Rules of a `_headers` file: a path per block, `*` for any rest, `:name` for one segment, indented `Name: value` lines,
 * `! Name` takes a header off again. As on the hosts that read such files, a header said twice is joined, so that a
 * forgotten `!` shows here as it would there.
 * @param {string} text
 */
export function parseHeaders(text) {
  /** @type {{pattern: RegExp, set: [string, string][], unset: string[]}[]} */
  const rules = [];
  text.split('\n').forEach((line, i) => {
    const s = line.trim();
    if (!s || s.startsWith('#')) return;
    if (!/^\s/.test(line)) {
      const source = s.split(/(\*|:[A-Za-z]\w*)/).map((p) => (p === '*' ? '.*' : /^:/.test(p) ? '[^/]+' : p.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))).join('');
      rules.push({ pattern: new RegExp(`^${source}$`), set: [], unset: [] });
      return;
    }
    const rule = rules.at(-1);
    if (!rule) throw new Error(`_headers line ${i + 1}: a header before any path`);
    if (s.startsWith('!')) { rule.unset.push(s.slice(1).trim().toLowerCase()); return; }
    const colon = s.indexOf(':');
    if (colon < 1) throw new Error(`_headers line ${i + 1}: no colon`);
    rule.set.push([s.slice(0, colon).trim().toLowerCase(), s.slice(colon + 1).trim()]);
  });
  return (/** @type {string} */ path) => {
    /** @type {Record<string, string>} */
    const headers = {};
    for (const r of rules) if (r.pattern.test(path)) {
      for (const name of r.unset) delete headers[name];
      for (const [name, value] of r.set) headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
    }
    return headers;
  };
}

// Same origin, so that the product's own CSP lets it run; first in the head, so that it misses nothing.
const WITNESS_PATH = '/__witness.js';
const WITNESS = `globalThis.__witness = { csp: [], errors: [] };
addEventListener('securitypolicyviolation', (e) => __witness.csp.push(e.effectiveDirective + ' ' + (e.blockedURI || e.sample) + ' ' + e.sourceFile + ':' + e.lineNumber));
addEventListener('error', (e) => __witness.errors.push(e.message || 'could not load ' + (e.target && (e.target.src || e.target.href))), true);
addEventListener('unhandledrejection', (e) => __witness.errors.push('unhandled ' + (e.reason && e.reason.message || e.reason)));
`;

/** @param {Options} options */
export async function serve(options) {
  const o = { prefix: '/', port: 0, headers: 'shipped', compress: 'shipped', missing: [], ...options };
  if (!o.prefix.startsWith('/') || !o.prefix.endsWith('/')) throw new Error('prefix begins and ends with /');
  let dist = resolve(o.dist);
  let rules = shipped(dist);
  /** @type {Entry[]} */ const log = [];
  /** @type {Set<import('node:net').Socket>} */ const sockets = new Set();

  // One pipe for all, in small slices; three round trips on a new connection (TCP, TLS 1.3, request), one afterwards.
  // Shaping here rather than in the browser reaches workers and service workers in every engine.
  let pipeFree = 0;
  const warm = new WeakSet();
  const nap = (/** @type {number} */ ms) => new Promise((r) => setTimeout(r, ms));
  const send = async (/** @type {http.IncomingMessage} */ q, /** @type {http.ServerResponse} */ r, /** @type {Buffer} */ body) => {
    if (!o.shape) return void r.end(body);
    await nap(o.shape.rtt * (warm.has(q.socket) ? 1 : 3));
    warm.add(q.socket);
    for (let i = 0; i < body.length; i += 4096) {
      const slice = body.subarray(i, i + 4096), now = performance.now();
      pipeFree = Math.max(pipeFree, now) + slice.length * 8 / o.shape.kbps;
      if (pipeFree - now > 4) await nap(pipeFree - now);
      if (r.destroyed) return;
      if (!r.write(slice)) await new Promise((go) => { r.once('drain', go); r.once('close', go); });
    }
    r.end();
  };

  /** @type {http.RequestListener} */
  const answer = (q, r) => {
    const url = new URL(q.url ?? '/', 'http://x');
    const path = decodeURIComponent(url.pathname);
    const below = path.startsWith(o.prefix) ? path.slice(o.prefix.length) : path;
    /** @type {Entry} */
    const entry = { at: Date.now(), method: q.method ?? '', path: below + url.search, status: 0, bytes: 0, dest: /** @type {string} */ (q.headers['sec-fetch-dest']), cookie: q.headers.cookie, referer: q.headers.referer };
    const done = (/** @type {number} */ status, /** @type {http.OutgoingHttpHeaders} */ headers, body = Buffer.alloc(0)) => {
      entry.status = status;
      entry.bytes = body.length;
      entry.encoding = /** @type {string} */ (headers['content-encoding']);
      r.writeHead(status, { ...headers, ...(status === 304 ? {} : { 'content-length': body.length }) });
      if (q.method === 'HEAD' || status === 304) return void r.end();
      void send(q, r, body);
    };
    if (url.pathname === WITNESS_PATH) return done(200, { 'content-type': TYPES.js, 'cache-control': 'no-store' }, Buffer.from(WITNESS));
    log.push(entry);
    const route = o.routes?.[path];
    if (route) { r.once('finish', () => { entry.status = r.statusCode; }); return route(q, r); }
    if (q.method !== 'GET' && q.method !== 'HEAD') return done(405, { 'content-type': TYPES.txt }, Buffer.from('only GET\n'));
    const notFound = () => {
      const page = join(dist, '404.html');
      done(404, { 'content-type': existsSync(page) ? TYPES.html : TYPES.txt, ...extra('404.html') }, existsSync(page) ? readFileSync(page) : Buffer.from('not found\n'));
    };
    const extra = (/** @type {string} */ file) => (o.headers === 'none' ? {} : o.headers === 'shipped' ? rules('/' + file) : /** @type {Record<string, string>} */ (o.headers));
    if (!path.startsWith(o.prefix)) return notFound();
    let file = normalize('/' + below).slice(1);
    const folder = join(dist, file);
    if (!resolve(folder).startsWith(dist)) return notFound();
    if (existsSync(folder) && statSync(folder).isDirectory()) {
      if (file && !file.endsWith('/')) return done(301, { location: `${o.prefix}${file}/${url.search}` });
      file += 'index.html';
    }
    const full = join(dist, file);
    const gone = (o.worker === false && file === 'sw.js') || o.missing.some((m) => (typeof m === 'string' ? m === file : m.test(file)));
    if (gone || !existsSync(full) || file === '_headers') return notFound();

    const kind = file.split('.').pop() ?? '';
    /** @type {http.OutgoingHttpHeaders} */
    // A real host matches its rules against the address asked for, not against the file behind it.
    const headers = { 'content-type': (kind === 'wasm' && o.wasmType) || TYPES[kind] || 'application/octet-stream', ...extra(below) };
    const accepted = String(q.headers['accept-encoding'] ?? '').split(',').map((e) => e.trim().split(';')[0]);
    let body = readFileSync(full);
    // Only into what a window shows: the service worker compares the bytes that it keeps.
    const seen = o.witness && kind === 'html' && (!entry.dest || /^(document|i?frame)$/.test(entry.dest));
    if (seen) body = Buffer.from(body.toString().replace(/<head[^>]*>/i, (m) => `${m}<script src="${WITNESS_PATH}"></script>`));
    if (o.alter) body = o.alter(file, body);
    else if (o.compress === 'shipped' && !seen) {
      for (const [name, end] of [['br', '.br'], ['gzip', '.gz']]) if (accepted.includes(name) && existsSync(full + end)) { body = readFileSync(full + end); headers['content-encoding'] = name; break; }
    } else if (o.compress === 'gzip' && accepted.includes('gzip') && !/^(png|ico|gz|br)$/.test(kind)) { body = gzipSync(body); headers['content-encoding'] = 'gzip'; }
    if (o.compress !== 'none') headers.vary = 'Accept-Encoding';
    // Of the headers, too: a 304 would leave the old CSP of a cached page in force.
    headers.etag = `"${createHash('sha256').update(JSON.stringify(headers)).update(body).digest('hex').slice(0, 20)}"`;
    if (q.headers['if-none-match'] === headers.etag) return done(304, headers);
    done(200, headers, body);
  };

  /** @type {http.Server} */ let server;
  const start = (/** @type {number} */ port) => new Promise((/** @type {(port: number) => void} */ up, down) => {
    server = http.createServer((q, r) => { try { answer(q, r); } catch (e) { if (!r.headersSent) r.writeHead(500); r.end(String(e)); } });
    server.on('connection', (c) => { sockets.add(c); c.once('close', () => sockets.delete(c)); });
    server.once('error', down);
    server.listen(port, '127.0.0.1', () => up(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
  });
  const port = await start(o.port);
  const origin = `http://localhost:${port}`;
  return {
    port, origin, log,
    /** Where the folder is. */
    url: origin + o.prefix,
    /** The same on another site, for frames that must be foreign. */
    foreign: `http://127.0.0.1:${port}${o.prefix}`,
    /** What can be changed while it runs: headers, compress, wasmType, missing, alter, shape, witness, routes. */
    options: o,
    /** Serves another build from the next request on. @param {string} folder */
    use(folder) { dist = resolve(folder); rules = shipped(dist); },
    /** Refuses connections until `start`. */
    stop: () => new Promise((/** @type {(v?: unknown) => void} */ done) => { for (const c of sockets) c.destroy(); server.close(() => done()); }),
    /** Listens on the same port again. */
    start: async () => { await start(port); },
  };
}

const shipped = (/** @type {string} */ dist) => parseHeaders(existsSync(join(dist, '_headers')) ? readFileSync(join(dist, '_headers'), 'utf8') : '');

// What the browsers themselves ask for, whatever the page does.
const NOISE = /^(CONNECT )?(https?:\/\/)?(update\.googleapis\.com|accounts\.google\.com|content-autofill\.googleapis\.com|optimizationguide-pa\.googleapis\.com|www\.google\.com|clients2\.google\.com|firefox\.settings\.services\.mozilla\.com|detectportal\.firefox\.com|content-signature-2\.cdn\.mozilla\.net|location\.services\.mozilla\.com|push\.services\.mozilla\.com|incoming\.telemetry\.mozilla\.org)(:443|[/:]|$)/;

/** A proxy that writes down and refuses everything. Give its port to `open`: whatever is not loopback ends here. */
export async function trap() {
  /** @type {string[]} */ const log = [];
  const s = http.createServer((q, r) => { log.push(q.url ?? ''); r.writeHead(502).end(); });
  s.on('connect', (q, c) => { log.push('CONNECT ' + q.url); c.on('error', () => {}); c.end('HTTP/1.1 502 refused\r\n\r\n'); });
  await new Promise((up) => s.listen(0, '127.0.0.1', () => up(undefined)));
  return {
    port: /** @type {import('node:net').AddressInfo} */ (s.address()).port,
    /** Everything, the browser's own noise included. */
    log,
    /** What a page must have asked for. */
    caught: () => log.filter((u) => !NOISE.test(u)),
    stop: () => new Promise((done) => { s.closeAllConnections(); s.close(() => done(undefined)); }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const s = await serve({ dist: process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)), port: Number(process.argv[3] ?? 8080) });
  console.log(s.url);
}
