// A result as plain text, for a message to the family.
import { t } from './texts.mjs'

/** @param {any} v a settlement in words @param {string} [link] */
export function plainText (v, link) {
  const list = (/** @type {string} */ title, /** @type {{Text: string}[]} */ items) => items.length ? ['', title, ...items.map(({ Text }) => `· ${Text}`)] : []
  return [
    `${t('site.name')}${v.Tag && ` · ${v.Tag}`}`,
    v.Corrected && `! ${v.Corrected}`,
    v.CaseLine,
    '',
    `${t('result.you')} ${v.YouYuan}${v.YouFen}${v.YouTo} ${t('unit.yuan')}`,
    v.RangeText && `! ${v.RangeText}`,
    v.Means,
    v.Fund,
    ...list(t('fix.list'), v.Fixes),
    ...list(t('result.notes_title'), v.Notes),
    '',
    v.Caption,
    ...v.Rows.map((/** @type {any} */ r) => `· ${r.Label} ${r.Amount} ${t('unit.yuan')} (${r.Percent})`),
    `· ${t('result.sum')} ${v.Sum} ${t('unit.yuan')}`,
    ...list(t('result.counter_title'), v.Counter),
    ...list(t('result.unknowns_title'), v.Unknowns),
    ...list(t('result.assumed_title'), v.Assumed),
    '',
    v.Grade && `${t('result.grade')} ${v.Grade}`,
    v.Policy,
    t('site.not_official'),
    ...(link ? [t('take.text_link'), link] : [])
  ].filter((line, i, all) => line || (line === '' && all[i - 1] !== '')).join('\n')
}
