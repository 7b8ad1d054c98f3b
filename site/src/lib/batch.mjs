// A long CSV file, sent to the engine in slices of whole records: the page breathes
// between them, progress is told, and somebody can change their mind.

/** @typedef {import('./client.mjs').Answer} Answer */
/**
 * @typedef {object} BatchOptions
 * @property {object} [defaults] what the rows do not say
 * @property {(progress: {rows: number, errors: number, done: number, total: number, csv: string}) => void} [onProgress]
 * @property {AbortSignal} [signal]
 * @property {number} [slice] records a slice
 */

/**
 * @param {(request: object) => Promise<Answer | null>} call
 * @param {string} csv
 * @param {BatchOptions} [options]
 * @returns {Promise<Answer>} the whole table, or the first refusal
 */
export async function runBatch (call, csv, { defaults, onProgress, signal, slice = 500 } = {}) {
  const text = csv.startsWith('\ufeff') ? csv.slice(1) : csv
  const separator = separatorOf(text)
  let at = recordEnd(text, 0, separator)
  const header = text.slice(0, at)
  let out = ''
  let rows = 0
  let errors = 0
  do {
    if (signal?.aborted) throw signal.reason
    const from = at
    for (let n = 0; n < slice && at < text.length; n++) at = recordEnd(text, at, separator)
    /** @type {Record<string, unknown>} */
    const request = { op: 'batch', csv: header + text.slice(from, at) }
    if (rows) request.first_row = rows + 1
    if (defaults) request.defaults = defaults
    const answer = /** @type {Answer} */ (await call(request))
    if (!answer.ok) return answer
    out += answer.batch.csv
    rows += answer.batch.rows
    errors += answer.batch.errors
    onProgress?.({ rows, errors, done: at, total: text.length, csv: answer.batch.csv })
    await breathe()
  } while (at < text.length)
  return { v: 1, ok: true, batch: { csv: out, rows, errors } }
}

// Lets the page draw and react. A timer would wait four milliseconds each time.
const breathe = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => { port1.close(); resolve(undefined) }
  port2.postMessage(0)
})

/** The separator that the header uses most, as the engine tells it. @param {string} text */
function separatorOf (text) {
  /** @type {Record<string, number>} */
  const count = { ',': 0, ';': 0, '\t': 0 }
  let quoted = false
  let best = ','
  let most = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"') quoted = !quoted
    if (quoted) continue
    if (c === '\n' || c === '\r') break
    if (c in count && ++count[c] > most) {
      most = count[c]
      best = c
    }
  }
  return best
}

/** The end of the record that begins at i, its line end included. @param {string} s @param {number} i @param {string} separator */
function recordEnd (s, i, separator) {
  const sep = separator.charCodeAt(0)
  while (i < s.length) {
    while (s.charCodeAt(i) === 32) i++
    if (s.charCodeAt(i) === 34) {
      for (i++; ; i += 2) { // a doubled quote stands for one
        i = s.indexOf('"', i)
        if (i < 0) return s.length
        if (s.charCodeAt(i + 1) !== 34) break
      }
      i++
    }
    let c
    for (; i < s.length; i++) {
      c = s.charCodeAt(i)
      if (c === sep || c === 10 || c === 13) break
    }
    if (i === s.length) break
    i++
    if (c === 13 && s.charCodeAt(i) === 10) i++
    if (c !== sep) return i
  }
  return s.length
}
