// A case as a file: the pairs of its link under a name and a version.
import { parsed, readFields } from './file.mjs'

/** @typedef {import('./case.mjs').Case} Case */
/** @typedef {'file_json' | 'file_format' | 'file_ledger' | 'file_version' | 'file_field' | 'file_empty'} FileError */

export const FORMAT = 'mingbai-case'
export const VERSION = 1
/** A case has some dozens of short fields; nothing that is longer is one. */
export const LARGEST_FILE = 100_000

/** @param {Case} c */
export const toFile = (c) => JSON.stringify({ format: FORMAT, version: VERSION, case: Object.fromEntries([...c].filter(([, value]) => value !== '')) }, null, 1) + '\n'

/** How each version is read, so that a file of any time opens. @type {Record<number, (data: any) => Case | string>} */
const READ = {
  1: (data) => {
    const odd = Object.keys(data).find((key) => !['format', 'version', 'case'].includes(key))
    if (odd !== undefined) return odd
    if (!data.case || typeof data.case !== 'object' || Array.isArray(data.case)) return 'case'
    return readFields(data.case, () => true, true)
  }
}

/** @param {string} text @returns {{case: Case} | {error: FileError, at?: string}} */
export function fromFile (text) {
  const data = parsed(text)
  if (data === undefined) return { error: 'file_json' }
  if (data?.format === 'mingbai-year') return { error: 'file_ledger' }
  if (data?.format !== FORMAT) return { error: 'file_format' }
  if (!Number.isInteger(data.version) || !Object.hasOwn(READ, data.version)) return { error: 'file_version', at: String(data.version).slice(0, 20) }
  const read = READ[data.version](data)
  if (typeof read === 'string') return { error: 'file_field', at: read.slice(0, 40) }
  return read.size ? { case: read } : { error: 'file_empty' }
}
