// Files that people save and open again: a case, a ledger. What comes from a file may
// come from anybody, so nothing of it is used before all of it has been checked.
import { isField, isFix, isValue } from './case.mjs'
import { make } from './dom.mjs'

/** @typedef {import('./case.mjs').Case} Case */

/** @param {string} text @returns {any} undefined where it is no JSON */
export function parsed (text) {
  try { return JSON.parse(text.replace(/^\uFEFF/, '')) } catch { return undefined }
}

/**
 * @param {Record<string, unknown>} fields @param {(path: string) => boolean} belongs
 * @param {boolean} [fixes] whether corrected figures may be among them
 * @returns {Case | string} the fields, or the first that is wrong
 */
export function readFields (fields, belongs, fixes = false) {
  const c = new Map()
  for (const [path, value] of Object.entries(fields)) {
    const fine = typeof value === 'string' && (isField(path) && belongs(path) && isValue(value) || fixes && isFix(path, value))
    if (!fine) return path
    c.set(path, value)
  }
  return c
}

/** Gives something away as a file. @param {string} name @param {BlobPart[]} parts @param {string} type */
export function download (name, parts, type) {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = make('a', { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
