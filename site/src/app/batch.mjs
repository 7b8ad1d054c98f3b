// Many cases: a table of claims is settled row by row, in slices, in the engine's worker.
import { runBatch } from '../lib/batch.mjs'
import { fen, money } from './amount.mjs'
import { decoded, longerThan, readRows, withPaths } from './csv.mjs'
import { announcer, Desk, notice, settled, startView, today } from './desk.mjs'
import { el, goTo, say } from './dom.mjs'
import { download } from './file.mjs'
import { put } from './slots.mjs'
import { or, t } from './texts.mjs'

const MOST_ROWS = 100_000
const MOST_BYTES = 30 * 1024 * 1024
const PREVIEW = 20
const ERRORS = 50

/** @param {Record<string, string>} texts @param {string} lang */
export function start (texts, lang) {
  startView(texts, lang, () => new Batch().begin())
}

const words = (/** @type {string} */ path) => path === 'id' ? t('batch.id') : or(path, 'fact', path)

class Batch {
  #say = announcer()
  #stop = new AbortController()
  #running = false
  #csv = ''
  #template = ''
  #desk = new Desk({ again: () => this.#begin(), busy: () => this.#running })

  begin () {
    el('file').addEventListener('change', () => { const [file] = el('file').files; el('file').blur(); if (file) this.#open(file) })
    el('paste-run').addEventListener('click', () => this.#run(el('i-paste').value, ''))
    el('cancel').addEventListener('click', () => this.#stop.abort())
    el('save').addEventListener('click', () => download(`${t('batch.file_name', { day: today() })}.csv`, ['\ufeff', this.#csv], 'text/csv'))
    el('template-paths').addEventListener('click', () => this.#saveTemplate(this.#template))
    el('template-words').addEventListener('click', () => {
      const [head, ...rest] = this.#template.split('\r\n')
      this.#saveTemplate([head.split(',').map(words).join(','), ...rest].join('\r\n'))
    })
    const drop = el('drop')
    for (const type of ['dragenter', 'dragover']) drop.addEventListener(type, (/** @type {DragEvent} */ event) => { event.preventDefault(); drop.classList.add('over') })
    drop.addEventListener('dragleave', () => drop.classList.remove('over'))
    drop.addEventListener('drop', (/** @type {DragEvent} */ event) => {
      event.preventDefault()
      drop.classList.remove('over')
      const files = event.dataTransfer?.files ?? []
      if (files.length === 1) this.#open(files[0])
      else this.#wrong(files.length ? t('batch.one_file') : t('batch.nothing'))
    })
    // A file that misses the place must not replace the page.
    for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault())
    this.#begin()
  }

  async #begin () {
    const answer = await this.#desk.call({ op: 'batch', template: true })
    if (answer?.ok) { this.#template = answer.batch.csv; settled() }
  }

  /** @param {string} csv */
  #saveTemplate (csv) {
    if (csv) download(`${t('batch.template_name')}.csv`, ['\ufeff', csv], 'text/csv')
  }

  /** Says what is wrong; what the table before gave stays. @param {string} text */
  #wrong (text) {
    const all = text && this.#csv ? `${text} ${t('batch.still')}` : text
    notice('e-file', all)
    if (text) this.#say(all)
  }

  /** The table gave nothing. @param {string} text why, '' where that is said elsewhere */
  #failed (text) {
    el('empty').hidden = Boolean(this.#csv)
    el('done').hidden = !this.#csv
    if (text) this.#wrong(text)
    goTo(el('drop'))
  }

  /** @param {File} file */
  async #open (file) {
    if (this.#running) return
    if (file.size > MOST_BYTES) { this.#wrong(t('batch.too_big', { most: String(MOST_BYTES / 1024 / 1024) })); return }
    // A folder can be dropped, too, and what is dropped may be gone by now.
    const bytes = await file.arrayBuffer().catch(() => null)
    el('file').value = ''
    if (!bytes) { this.#wrong(t('batch.unreadable')); return }
    const { text, encoding } = decoded(bytes)
    this.#run(text, encoding === 'gb18030' ? t('batch.gbk') : '')
  }

  /** @param {string} csv @param {string} encoding */
  async #run (csv, encoding) {
    if (this.#running) return
    if (!csv.trim()) { this.#wrong(t('batch.nothing')); return }
    if (csv.includes('\0')) { this.#wrong(t('batch.no_table')); return }
    if (csv.length > MOST_BYTES || longerThan(csv.trimEnd(), MOST_ROWS)) { this.#wrong(t('batch.too_many', { most: MOST_ROWS.toLocaleString('en') })); return }
    this.#wrong('')
    this.#running = true
    this.#stop = new AbortController()
    el('empty').hidden = el('done').hidden = true
    el('running').hidden = false
    say(el('running-what'), t('batch.running'))
    el('bar').value = 0
    say(el('running-text'), '')
    goTo(el('cancel'))
    const rows = /** @type {any[]} */ ([])
    const errors = /** @type {any[]} */ ([])
    /** @type {string[]} */
    let names = []
    let n = 0
    const look = (/** @type {string} */ slice, /** @type {number} */ wrong) => {
      if (names.length && rows.length >= PREVIEW && (!wrong || errors.length >= ERRORS)) return
      for (const cells of readRows(slice)) {
        if (!names.length) { names = cells; continue }
        n++
        const row = Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
        if (row.error && errors.length < ERRORS) errors.push({ ...row, n })
        if (rows.length < PREVIEW) rows.push({ ...row, n })
      }
    }
    let answer
    let before = 0
    let last = 0
    try {
      answer = await runBatch((request) => this.#desk.call(request), withPaths(csv, words), {
        signal: this.#stop.signal,
        onProgress: (p) => {
          n = last
          look(p.csv, p.errors - before)
          before = p.errors
          last = p.rows
          el('bar').value = Math.floor(p.done / p.total * 1000)
          say(el('running-text'), t('batch.so_far', { rows: p.rows.toLocaleString('en'), percent: `${Math.floor(p.done / p.total * 100)}%` }))
        }
      })
    } catch (error) {
      if (/** @type {Error} */ (error).name !== 'AbortError') answer = { ok: false, error: { code: 'internal' } }
    }
    this.#running = false
    el('running').hidden = true
    if (!answer) { this.#failed(t('batch.cancelled', { rows: last.toLocaleString('en') })); return }
    if (!answer.ok) { this.#failed(this.#desk.dead ? '' : this.#refused(answer.error)); return }
    this.#csv = answer.batch.csv
    const all = answer.batch
    const verdict = all.errors ? t('batch.done_errors', { rows: all.rows.toLocaleString('en'), errors: all.errors.toLocaleString('en') }) : t('batch.done', { rows: all.rows.toLocaleString('en') })
    put(el('done'), {
      Verdict: verdict,
      Encoding: encoding,
      Errors: errors.map((row) => ({ Key: String(row.n), Text: this.#rowError(row) })),
      MoreErrors: all.errors > errors.length ? t('batch.more_errors', { n: (all.errors - errors.length).toLocaleString('en') }) : '',
      Rows: rows.map((row) => ({
        Key: String(row.n), Id: row.id, Total: row.error ? '' : money(fen(row.medfee_sumamt)), Fund: row.error ? '' : money(fen(row.fund_pay_sumamt)),
        You: row.error ? t('batch.not_settled') : row.psn_part_from ? t('check.amounts', { from: money(fen(row.psn_part_from)), to: money(fen(row.psn_part_to)) }) : money(fen(row.psn_part_amt)), Grade: row.grade
      })),
      MoreRows: all.rows > rows.length ? t('batch.more_rows', { n: String(rows.length), all: all.rows.toLocaleString('en') }) : ''
    })
    el('done').hidden = false
    this.#say(verdict)
    el('verdict').focus({ preventScroll: true })
    el('result').scrollIntoView({ block: 'start' })
  }

  /** Why the table as a whole was refused. @param {any} error */
  #refused ({ code, field = '', limit }) {
    const column = field.replace(/^csv\.?/, '')
    if (code === 'unknown_field') return t('batch.column_unknown', { column })
    if (code === 'contradiction') return t('batch.column_twice', { column })
    if (code === 'bad_csv') return t('batch.no_table')
    return or(t('error.internal'), 'error', code).replace('{field}', column).replace('{limit}', String(limit ?? ''))
  }

  /** A row's error: the row, the column, what is wrong and what to do. @param {any} row */
  #rowError (row) {
    const field = row.field ? or(row.field, 'fact', row.field) : ''
    const text = row.error === 'bad_csv'
      ? row.limit === 'quote' ? t('batch.quote') : t('batch.cells', { n: row.limit })
      : or(t('error.internal'), 'error', row.error).replace('{field}', field).replace('{limit}', row.limit.replaceAll('|', t('batch.or')))
    const where = row.id === String(row.n) ? t('batch.at', { n: String(row.n) }) : t('batch.at_id', { n: String(row.n), id: row.id })
    return row.field ? t('batch.row_error', { where, column: field === row.field ? row.field : `${field} ${row.field}`, text }) : t('batch.row_wrong', { where, text })
  }
}
