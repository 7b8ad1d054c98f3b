// What to do next about a case: only what the facts say, each with its document, its day
// and its grade. Fetched once there is a result of the person's own.
import plan from '../next.json'
import { fen } from './amount.mjs'
import { t, tf } from './texts.mjs'
import { sourceText } from './view.mjs'

/** @typedef {{id: string, source: keyof typeof plan.sources, grade: string, cash?: boolean, when?: Record<string, string[]>}} Step */

/** @param {Step} step @param {any} visit @param {any} settlement */
const fits = ({ when = {}, cash = false }, visit, settlement) => (!cash || fen(settlement.psn_cash_pay) > 0n) &&
  Object.entries(when).every(([fact, values]) => values.some((v) => v === '!local' ? (visit[fact] ?? 'local') !== 'local' : v === (visit[fact] ?? '')))

/** @param {any} request @param {any} settlement @param {any} region as the engine tells it */
export function nextSteps (request, settlement, region) {
  const steps = /** @type {Step[]} */ (plan.steps).filter((step) => fits(step, request.visit, settlement)).map(({ id, source, grade }) => {
    const doc = plan.sources[source]
    const { text, url } = sourceText(doc, source)
    return {
      Key: id, Text: tf('next', id), Source: doc.date ? t('next.dated', { source: text, date: doc.date }) : text, URL: url, Target: url ? '_blank' : '',
      Grade: tf('grade', grade), GradeKey: grade
    }
  })
  if (region.hotline) steps.push({ Key: 'ask', Text: t('next.ask', { hotline: region.hotline }), Source: '', URL: '', Target: '', Grade: '', GradeKey: '' })
  return steps
}
