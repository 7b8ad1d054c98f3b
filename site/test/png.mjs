// Makes a screenshot small: pages have few colours, so a palette of 256 shows them as they are in a third of the bytes.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const paeth = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c) => {
  const p = a + b - c, pa = Math.abs(p - a), pb = Math.abs(p - b), pc = Math.abs(p - c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

/** Reads what browsers write: eight bits a channel, not interlaced. @param {Buffer} png */
export function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG');
  const parts = [];
  let width = 0, height = 0, channels = 0;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at), type = png.toString('latin1', at + 4, at + 8), data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = /** @type {Record<number, number>} */ ({ 2: 3, 6: 4 })[data[9]];
      if (data[8] !== 8 || !channels || data[12]) throw new Error('a PNG of another kind');
    }
    if (type === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts)), line = width * channels;
  const rgb = Buffer.alloc(width * height * 3), now = Buffer.alloc(line), above = Buffer.alloc(line);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const a = x >= channels ? now[x - channels] : 0, b = above[x], c = x >= channels ? above[x - channels] : 0;
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
      now[x] = raw[y * (line + 1) + 1 + x] + guess;
    }
    for (let x = 0; x < width; x++) now.copy(rgb, (y * width + x) * 3, x * channels, x * channels + 3);
    now.copy(above);
  }
  return { width, height, rgb };
}

/** The 256 colours that stand for all of them: the box with the widest spread is split at its middle, again and again. @param {Map<number, number>} count */
function palette(count) {
  const channel = (/** @type {number} */ colour, /** @type {number} */ i) => colour >> (16 - 8 * i) & 255;
  const spread = (/** @type {number[]} */ box) => [0, 1, 2].map((i) => {
    let low = 255, high = 0;
    for (const c of box) { const v = channel(c, i); low = Math.min(low, v); high = Math.max(high, v); }
    return high - low;
  });
  const boxes = [{ colours: [...count.keys()], wide: spread([...count.keys()]) }];
  while (boxes.length < 256) {
    boxes.sort((a, b) => Math.max(...b.wide) - Math.max(...a.wide));
    const { colours, wide } = boxes[0];
    if (colours.length < 2) break;
    const i = wide.indexOf(Math.max(...wide));
    colours.sort((a, b) => channel(a, i) - channel(b, i));
    const middle = (channel(colours[0], i) + channel(/** @type {number} */ (colours.at(-1)), i)) / 2;
    const at = Math.max(1, colours.findIndex((c) => channel(c, i) > middle));
    boxes.splice(0, 1, ...[colours.slice(0, at), colours.slice(at)].map((half) => ({ colours: half, wide: spread(half) })));
  }
  /** @type {Map<number, number>} */ const index = new Map();
  const list = boxes.map(({ colours }, n) => {
    // The commonest colour of a box stands for it, so that grounds and inks stay exactly as they are.
    for (const c of colours) index.set(c, n);
    return colours.reduce((best, c) => ((count.get(c) ?? 0) > (count.get(best) ?? 0) ? c : best));
  });
  return { list, index };
}

const TABLE = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
const crc = (/** @type {Buffer} */ data) => { let c = 0xffffffff; for (const b of data) c = TABLE[(c ^ b) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** The same picture with at most 256 colours. @param {Buffer} png */
export function small(png) {
  const { width, height, rgb } = decode(png);
  /** @type {Map<number, number>} */ const count = new Map();
  for (let i = 0; i < rgb.length; i += 3) { const c = rgb.readUIntBE(i, 3); count.set(c, (count.get(c) ?? 0) + 1); }
  const { list, index } = palette(count);
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = /** @type {number} */ (index.get(rgb.readUIntBE((y * width + x) * 3, 3)));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(list.length * 3);
  list.forEach((c, i) => colours.writeUIntBE(c, i * 3, 3));
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
