// QR codes, read back by a decoder that shares nothing with the encoder.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import jsQR from 'jsqr';

const { encode, LARGEST } = await import('../src/app/qr.mjs');

/** The code as a picture: each square four pixels, a quiet zone of four squares. @param {import('../src/app/qr.mjs').Code} code */
function picture({ size, dark }) {
  const side = (size + 8) * 4;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) {
    const [cx, cy] = [(x >> 2) - 4, (y >> 2) - 4];
    if (cx >= 0 && cy >= 0 && cx < size && cy < size && dark(cx, cy)) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
  }
  return { data, side };
}
/** @param {string} text */
function back(text) {
  const code = encode(text);
  assert.ok(code, `${text.length} characters are not too long`);
  const { data, side } = picture(code);
  return { size: code.size, read: jsQR(data, side, side)?.data };
}

// ISO/IEC 18004, table 7: how many bytes a version holds at level M, and version 25 at level L.
const MOST_M = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857, 911, 997];

test('every version holds what the standard says, to the byte, and is read back', () => {
  const letters = 'https://example.org/#c=1.r-110000~s-employee~t-30000.00~';
  for (const [i, most] of MOST_M.entries()) {
    const text = letters.repeat(20).slice(0, most);
    const { size, read } = back(text);
    assert.equal(size, (i + 1) * 4 + 17, `${most} bytes fill version ${i + 1}`);
    assert.equal(read, text, `version ${i + 1}`);
    if (i + 1 < LARGEST) assert.equal(encode(text + 'x')?.size, (i + 2) * 4 + 17, 'one byte more takes the next version');
  }
});

test('what does not fit level M any more is taken at level L, up to 1,273 bytes; beyond that there is no code', () => {
  for (const n of [998, 1100, 1273]) {
    const text = 'a1~'.repeat(500).slice(0, n);
    assert.equal(back(text).read, text, `${n} bytes`);
  }
  assert.equal(encode('x'.repeat(1274)), null);
});

test('words that are no ASCII, and nothing at all', () => {
  assert.equal(back('医保明白账：自己付 6,613.00 元').read, '医保明白账：自己付 6,613.00 元');
  assert.ok(encode(''));
});
