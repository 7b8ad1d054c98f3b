// Tables as spreadsheets write them: what a file's bytes say, its rows, its columns' names.
import { sections } from '../facts.json'

const PATHS = [...sections.flatMap((s) => s.facts.map((f) => f.path)), 'bill.total', 'bill.self_funded', 'bill.over_limit', 'bill.paid_first']

/** The cells of a table that the engine wrote, or of a header. @param {string} csv */
export function readRows (csv) {
  const rows = [['']]
  let quoted = false
  for (let i = 0; i < csv.length; i++) {
    const c = csv[i]
    const row = rows[rows.length - 1]
    if (quoted) {
      if (c !== '"') row[row.length - 1] += c
      else if (csv[i + 1] === '"') { row[row.length - 1] += c; i++ } else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',' || c === ';' || c === '\t') row.push('')
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && csv[i + 1] === '\n') i++
      if (i + 1 < csv.length) rows.push([''])
    } else row[row.length - 1] += c
  }
  return rows
}

const plain = (/** @type {string} */ s) => s.normalize('NFKC').trim().toLowerCase()

/** The engine knows columns by their paths; people may write them in words. @param {string} csv @param {(path: string) => string} words */
export function withPaths (csv, words) {
  const text = csv.replace(/^\ufeff/, '')
  const head = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? ''
  const known = new Map(PATHS.map((path) => [plain(words(path)), path]))
  known.set(plain(words('id')), 'id')
  const cells = head.split(/("(?:[^"]|"")*"|[^,;\t"]+)/)
  return cells.map((cell) => known.get(plain(cell.replace(/^\s*"|"\s*$/g, ''))) ?? cell).join('') + text.slice(head.length)
}

/**
 * Reads a file's text: UTF-8, what Excel calls Unicode text, or GBK as Chinese Excel saves it.
 * @param {ArrayBuffer} bytes
 * @returns {{text: string, encoding: 'utf-8' | 'utf-16le' | 'gb18030'}}
 */
export function decoded (bytes) {
  const head = new Uint8Array(bytes.slice(0, 2))
  if (head[0] === 0xff && head[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: new TextDecoder('gb18030').decode(bytes), encoding: 'gb18030' }
  }
}

/** Whether a text has more lines than so many. @param {string} text @param {number} most */
export function longerThan (text, most) {
  const end = text.includes('\n') ? '\n' : '\r'
  let n = 0
  for (let i = text.indexOf(end); i >= 0; i = text.indexOf(end, i + 1)) if (++n > most) return true
  return false
}
