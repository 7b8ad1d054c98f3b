// QR codes after ISO/IEC 18004, as far as links need them: bytes, versions 1 to 25, the
// two lower levels of error correction. Beyond version 25 the squares are so small that
// a cheap phone does not read them from another's screen.

/** @typedef {{size: number, dark: (x: number, y: number) => boolean}} Code */

export const LARGEST = 25
// By version: bytes of error correction in each block, and the number of blocks.
const LEVELS = [
  // M mends 15 %, taken where it fits; its bits in the format are 0.
  { bits: 0, ecc: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28], blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21] },
  // L mends 7 %.
  { bits: 1, ecc: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26], blocks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12] }
]
const MASKS = [
  (/** @type {number} */ x, /** @type {number} */ y) => (x + y) % 2 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => y % 2 === 0,
  (/** @type {number} */ x) => x % 3 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (x + y) % 3 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => x * y % 2 + x * y % 3 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => (x * y % 2 + x * y % 3) % 2 === 0,
  (/** @type {number} */ x, /** @type {number} */ y) => ((x + y) % 2 + x * y % 3) % 2 === 0
]

/** Where the centres of the alignment patterns lie, the same across and down. @param {number} version */
function alignment (version) {
  if (version === 1) return []
  const n = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (n * 2 - 2)) * 2
  const out = [6]
  for (let at = version * 4 + 10; out.length < n; at -= step) out.splice(1, 0, at)
  return out
}

/** The bytes that a version holds, data and error correction together. @param {number} version */
function capacity (version) {
  const n = alignment(version).length
  let bits = (16 * version + 128) * version + 64
  if (n) bits -= (25 * n - 10) * n - 55
  if (version >= 7) bits -= 36
  return bits >> 3
}

/** Product of two elements of GF(256) modulo x⁸ + x⁴ + x³ + x² + 1. @param {number} a @param {number} b */
function times (a, b) {
  let z = 0
  for (let i = 7; i >= 0; i--) z = (z << 1) ^ ((z >>> 7) * 0x11D) ^ ((b >>> i & 1) * a)
  return z
}

/** @param {number} degree the generator's coefficients, without the leading one */
function generator (degree) {
  const g = [...Array(degree - 1).fill(0), 1]
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) g[j] = times(g[j], root) ^ (g[j + 1] ?? 0)
    root = times(root, 2)
  }
  return g
}

/** @param {number[]} data @param {number[]} g */
function correction (data, g) {
  const rest = Array(g.length).fill(0)
  for (const b of data) {
    const factor = b ^ rest.shift()
    rest.push(0)
    g.forEach((c, i) => { rest[i] ^= times(c, factor) })
  }
  return rest
}

/** The text's bytes with mode and length in front and padding behind. @param {Uint8Array} bytes @param {number} version @param {number} room */
function padded (bytes, version, room) {
  const long = version > 9
  const head = long ? [4, bytes.length >> 12 & 15, bytes.length >> 8 & 15, bytes.length >> 4 & 15, bytes.length & 15] : [4, bytes.length >> 4, bytes.length & 15]
  const halves = [...head, ...[...bytes].flatMap((b) => [b >> 4, b & 15]), 0]
  const out = []
  for (let i = 0; i < halves.length; i += 2) out.push(halves[i] << 4 | (halves[i + 1] ?? 0))
  for (let pad = 0xEC; out.length < room; pad ^= 0xEC ^ 0x11) out.push(pad)
  return out.slice(0, room)
}

/** Data and error correction in the order in which they are drawn. @param {number[]} data @param {number} count of blocks @param {number} ecc @param {number} all */
function interleaved (data, count, ecc, all) {
  const g = generator(ecc)
  const short = Math.floor(all / count) - ecc
  const shorter = count - all % count
  const blocks = []
  for (let i = 0, at = 0; i < count; i++) {
    const part = data.slice(at, at += short + (i < shorter ? 0 : 1))
    blocks.push({ part, mend: correction(part, g) })
  }
  const out = []
  for (let i = 0; i <= short; i++) for (const { part } of blocks) if (i < part.length) out.push(part[i])
  for (let i = 0; i < ecc; i++) for (const { mend } of blocks) out.push(mend[i])
  return out
}

/**
 * @param {string} text
 * @param {number} [largest] version that may be used
 * @returns {Code | null} null where the text is too long
 */
export function encode (text, largest = LARGEST) {
  const bytes = new TextEncoder().encode(text)
  for (const { bits, ecc, blocks } of LEVELS) {
    for (let version = 1; version <= largest; version++) {
      const all = capacity(version)
      const room = all - ecc[version - 1] * blocks[version - 1]
      if (bytes.length + (version > 9 ? 3 : 2) > room) continue
      return draw(version, bits, interleaved(padded(bytes, version, room), blocks[version - 1], ecc[version - 1], all))
    }
  }
  return null
}

/** @param {number} version @param {number} level @param {number[]} words @returns {Code} */
function draw (version, level, words) {
  const size = version * 4 + 17
  /** @type {boolean[]} */
  const dark = Array(size * size).fill(false)
  /** @type {boolean[]} */
  const fixed = Array(size * size).fill(false)
  const put = (/** @type {number} */ x, /** @type {number} */ y, /** @type {boolean} */ on) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return
    dark[y * size + x] = on
    fixed[y * size + x] = true
  }
  /** @param {number} cx @param {number} cy @param {number} reach @param {number[]} light distances at which it is light */
  const square = (cx, cy, reach, light) => {
    for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) put(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))))
  }
  for (let i = 0; i < size; i++) { put(6, i, i % 2 === 0); put(i, 6, i % 2 === 0) }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, [2, 4])
  const centres = alignment(version)
  const far = centres.length - 1
  for (const [i, x] of centres.entries()) for (const [j, y] of centres.entries()) if (!(i === 0 && (j === 0 || j === far) || i === far && j === 0)) square(x, y, 2, [1])
  if (version >= 7) {
    let rest = version
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1F25)
    const word = version << 12 | rest
    for (let i = 0; i < 18; i++) {
      const a = size - 11 + i % 3
      const b = Math.floor(i / 3)
      put(a, b, (word >>> i & 1) !== 0)
      put(b, a, (word >>> i & 1) !== 0)
    }
  }
  /** @param {number} mask */
  const format = (mask) => {
    let rest = level << 3 | mask
    const five = rest
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
    const word = (five << 10 | rest) ^ 0x5412
    for (let i = 0; i < 15; i++) {
      const on = (word >>> i & 1) !== 0
      put(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, on)
      put(i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i, 8, on)
    }
    put(8, size - 8, true)
  }
  format(0)
  // Two columns at a time from the right, up and down by turns, past the upright timing line.
  let at = 0
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    const up = (right + 1 & 2) === 0
    for (let i = 0; i < size; i++) {
      for (const x of [right, right - 1]) {
        const y = up ? size - 1 - i : i
        if (fixed[y * size + x] || at >= words.length * 8) continue
        dark[y * size + x] = (words[at >> 3] >>> 7 - (at & 7) & 1) !== 0
        at++
      }
    }
  }
  const flip = (/** @type {number} */ mask) => {
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (!fixed[y * size + x] && MASKS[mask](x, y)) dark[y * size + x] = !dark[y * size + x]
  }
  let best = 0
  let least = Infinity
  for (let mask = 0; mask < 8; mask++) {
    flip(mask)
    format(mask)
    const ugly = penalty(dark, size)
    if (ugly < least) { least = ugly; best = mask }
    flip(mask)
  }
  flip(best)
  format(best)
  return { size, dark: (x, y) => dark[y * size + x] === true }
}

/** How hard a pattern is to read, by the standard's four rules. @param {boolean[]} dark @param {number} size */
function penalty (dark, size) {
  let sum = 0
  let on = 0
  for (let a = 0; a < size; a++) {
    for (const cell of [(/** @type {number} */ i) => dark[a * size + i], (/** @type {number} */ i) => dark[i * size + a]]) {
      let run = 0
      let line = ''
      for (let i = 0; i < size; i++) {
        run = i && cell(i) === cell(i - 1) ? run + 1 : 1
        if (run === 5) sum += 3
        else if (run > 5) sum++
        line += cell(i) ? '1' : '0'
      }
      for (const like of ['10111010000', '00001011101']) for (let i = line.indexOf(like); i >= 0; i = line.indexOf(like, i + 1)) sum += 40
    }
    for (let i = 0; i < size; i++) {
      if (dark[a * size + i]) on++
      if (a && i && [dark[a * size + i - 1], dark[(a - 1) * size + i], dark[(a - 1) * size + i - 1]].every((c) => c === dark[a * size + i])) sum += 3
    }
  }
  return sum + Math.floor(Math.abs(on * 20 - size * size * 10) / (size * size)) * 10
}
