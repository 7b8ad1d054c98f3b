// Amounts as people type them and as the engine takes them. They are text and whole
// numbers of fen throughout: no binary fraction touches money.

const TENS = { 十: 1, 百: 2, 千: 3, 万: 4, 亿: 8 }

/**
 * Reads 12,345.6, １２３４５, ¥12345, 12345元 or 1.2万.
 * @param {string} text
 * @returns {{value: string} | {error: 'format' | 'amount_negative' | 'amount_places' | 'amount_large'}} value is '' where nothing was typed
 */
export function readAmount (text) {
  let plain = text.normalize('NFKC').replace(/[\s¥元圆]|人民币|RMB|CNY/gi, '').replace(/。/g, '.').replace(/、/g, ',')
  if (!plain) return { value: '' }
  if (/^[-−–]/.test(plain)) return { error: /^[-−–][\d,.]+$/.test(plain) ? 'amount_negative' : 'format' }
  // A comma groups thousands; anywhere else it may be meant as a decimal point, and guessing would be worse than asking.
  if (plain.includes(',') && !/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) return { error: 'format' }
  plain = plain.replaceAll(',', '')
  const parts = /^(\d*)(?:\.(\d*))?([十百千万亿])?$/.exec(plain)
  if (!parts || !(parts[1] || parts[2])) return { error: 'format' }
  const shift = parts[3] ? TENS[/** @type {keyof TENS} */ (parts[3])] : 0
  let fraction = (parts[2] ?? '').padEnd(shift, '0')
  const whole = ((parts[1] ?? '') + fraction.slice(0, shift)).replace(/^0+(?=\d)/, '') || '0'
  fraction = fraction.slice(shift).replace(/0+$/, '')
  if (fraction.length > 2) return { error: 'amount_places' }
  if (whole.length > 9) return { error: 'amount_large' }
  return { value: `${whole}.${fraction.padEnd(2, '0')}` }
}

/** @param {string} amount what the engine wrote, such as 1234.50 */
export const fen = (amount) => BigInt(amount.replace('.', ''))

/** 1234567n as 12,345.67. @param {bigint} f */
export function money (f) {
  const digits = f.toString().padStart(3, '0')
  return digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',') + '.' + digits.slice(-2)
}

/** 0.855 as 85.5%. @param {string} share */
export function percentOf (share) {
  const [, sign, whole, part = ''] = /** @type {RegExpExecArray} */ (/^(-?)(\d+)(?:\.(\d+))?$/.exec(share))
  const digits = part.padEnd(2, '0')
  const rest = digits.slice(2).replace(/0+$/, '')
  return `${sign}${(whole + digits.slice(0, 2)).replace(/^0+(?=\d)/, '')}${rest && '.' + rest}%`
}

/** A part of a whole in percent with one decimal, half up. @param {bigint} part @param {bigint} whole */
export function portion (part, whole) {
  if (whole === 0n) return '0.0%'
  const tenths = (part * 2000n + whole) / (2n * whole)
  return `${tenths / 10n}.${tenths % 10n}%`
}

/** 12000.00 as somebody would type it: 12000. @param {string} amount */
export const typed = (amount) => amount.replace(/\.00$/, '').replace(/(\.\d)0$/, '$1')
