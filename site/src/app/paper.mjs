// The sheet that is printed: one page in black and white, for a clerk who checks it line
// by line. Made from the same words as the page, and gone again after printing.
import { make } from './dom.mjs'
import { qrSvg } from './qrsvg.mjs'
import { t, tf } from './texts.mjs'

/** @param {any} v a settlement in words @param {{link: string, day: string}} about @returns {HTMLElement} */
export function paper (v, { link, day }) {
  /** @type {Map<string, {n: number, text: string, url: string}>} */
  const documents = new Map()
  const grades = new Set(v.GradeKey ? [v.GradeKey] : [])
  const cited = (/** @type {any[]} */ sources) => sources.map(({ Key, Text, URL }) => {
    if (!documents.has(Key)) documents.set(Key, { n: documents.size + 1, text: Text, url: URL })
    return `[${documents.get(Key)?.n}]`
  }).join(' ')
  const cell = (/** @type {string} */ text, className = '') => make('td', { className }, text)
  const rows = []
  for (const g of v.Groups) {
    rows.push(make('tr', { className: 'paper-group' }, make('th', { scope: 'rowgroup', colSpan: 5 }, g.Title)))
    for (const line of g.Lines) {
      rows.push(make('tr', { className: 'paper-line' }, make('th', { scope: 'row' }, line.Label), cell(line.Amount, 'num'), cell(''), cell(''), cell('')))
      for (const s of line.Steps) {
        // A move of money without a rule of its own says no more than its line.
        if (!s.Sources.length && !s.Because && !s.Adjusted && !s.Overridden) continue
        if (s.GradeKey) grades.add(s.GradeKey)
        const why = [s.Because, s.Adjusted, s.Overridden, s.Valid].filter(Boolean).join(t('paper.join'))
        rows.push(make('tr', { className: 'paper-step' }, cell(s.Title), cell(s.Formula, 'num'), cell(why), cell(cited(s.Sources)), cell(s.GradeKey)))
      }
    }
    rows.push(make('tr', { className: 'paper-total' }, make('th', { scope: 'row' }, g.Label), cell(g.Total, 'num'), cell(''), cell(''), cell('')))
  }
  const list = (/** @type {string} */ title, /** @type {string[]} */ items) => items.length
    ? [make('section', {}, make('h2', {}, title), make('ul', {}, ...items.map((text) => make('li', {}, text))))]
    : []
  const texts = (/** @type {{Text: string}[]} */ items) => items.map(({ Text }) => Text)
  const line = (/** @type {string} */ text, className = '') => text ? [make('p', { className }, text)] : []
  const code = qrSvg(link, t('take.qr_label'))
  const names = [t('paper.line'), t('paper.formula'), t('paper.why'), t('paper.document'), t('paper.grade')]
  return make('article', { id: 'paper', className: 'paper' },
    make('header', {},
      make('div', {}, make('h1', {}, t('paper.title'), ...(v.Tag ? [` (${v.Tag})`] : [])), ...line(v.CaseLine),
        make('p', { className: 'paper-you' }, `${t('result.you')} `, make('strong', {}, `¥${v.YouYuan}${v.YouFen}${v.YouTo}`)),
        ...line(v.Corrected, 'paper-warn'), ...line(v.RangeText, 'paper-warn'), ...line(v.Means), ...line(v.Fund),
        ...line(v.Rows.map((/** @type {any} */ r) => `${r.Label} ${r.Amount} (${r.Percent})`).join(t('paper.join')))),
      ...(code ? [make('figure', {}, code, make('figcaption', {}, t('paper.scan')))] : [])),
    make('table', {}, make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name)))), make('tbody', {}, ...rows)),
    make('div', { className: 'paper-lists' },
      ...list(t('fix.list'), texts(v.Fixes)),
      ...list(t('result.notes_title'), texts(v.Notes)),
      ...list(t('result.unknowns_title'), texts(v.Unknowns)),
      ...list(t('result.assumed_title'), texts(v.Assumed)),
      ...list(t('result.counter_title'), texts(v.Counter)),
      ...list(t('result.ahead_title'), texts(v.Ahead)),
      ...list(t('result.tax_title'), texts(v.Tax)),
      ...list(t('paper.grades'), [...grades].sort().map((key) => `${key}: ${tf('grade_word', key)}`))),
    ...(documents.size ? [make('section', { className: 'paper-documents' }, make('h2', {}, t('paper.documents')), make('ol', { lang: 'zh-CN' }, ...[...documents.values()].map(({ text, url }) => make('li', {}, url ? `${text} ${url}` : text))))] : []),
    make('footer', {},
      ...line(`${v.Policy}${v.Grade ? t('paper.join') + t('result.grade') + ' ' + v.Grade : ''}`),
      ...line(t('paper.printed', { day, build: document.body.dataset.build ?? '' })),
      ...line(link, 'paper-link'), ...line(t('site.not_official'))))
}
