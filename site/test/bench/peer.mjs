// The same settlement as rules for publicodes, the French state's engine for social contributions: the peer to beat.
import Engine from 'publicodes';
import { OUTPUTS } from './cases.mjs';

const byLevel = (/** @type {string} */ low, /** @type {string} */ secondary, /** @type {string} */ tertiary) => ({
  variations: [
    { si: "stay . level = 'secondary'", alors: secondary },
    { si: "stay . level = 'tertiary'", alors: tertiary },
    { sinon: low },
  ],
});
const share = (/** @type {any} */ active, /** @type {any} */ retired) => ({ variations: [{ si: 'insured . retired', alors: retired }, { sinon: active }] });
const yuan = { 'unité': 'CNY', arrondi: '2 décimales' };
const asked = (/** @type {string} */ question, unit = 'CNY') => ({ question, 'unité': unit });

export const rules = {
  bill: null,
  'bill . total': asked('Total of the bill'),
  'bill . self funded': asked('Outside the catalogue'),
  'bill . paid first': asked('Class B, paid first'),
  stay: null,
  'stay . level': { question: 'Level of the hospital', 'une possibilité': ['community', 'primary', 'secondary', 'tertiary'].map((l) => ({ [l]: { titre: l } })) },
  'stay . further admission': { question: 'A further admission in the year?' },
  insured: null,
  'insured . retired': { question: 'Retired?' },
  'insured . account': asked('Balance of the account'),
  settlement: null,
  'settlement . in scope': { valeur: 'bill . total - bill . self funded - bill . paid first', plancher: '0 CNY', ...yuan },
  'settlement . deductible': { variations: [{ si: 'stay . further admission', alors: '650 CNY' }, { sinon: '1300 CNY' }] },
  'settlement . share 1': share(byLevel('90%', '87%', '85%'), byLevel('94%', '92.2%', '91%')),
  'settlement . share 2': share(byLevel('95%', '92%', '90%'), byLevel('97%', '95.2%', '94%')),
  'settlement . share 3': share(byLevel('97%', '97%', '95%'), byLevel('98.2%', '98.2%', '97%')),
  'settlement . due': {
    valeur: { 'barème': { assiette: 'in scope', tranches: [
      { taux: '0%', plafond: 'deductible' }, { taux: 'share 1', plafond: '30000 CNY' }, { taux: 'share 2', plafond: '40000 CNY' }, { taux: 'share 3' },
    ] } },
    'unité': 'CNY',
  },
  'settlement . pooled': { valeur: 'due', plafond: 'pooled . cap', ...yuan },
  'settlement . pooled . cap': { valeur: '100000 CNY' },
  'settlement . cut off': { valeur: '(due - pooled . cap) / share 3', plancher: '0 CNY', 'unité': 'CNY' },
  'settlement . large amount': { valeur: 'cut off * large amount . share', plafond: 'large amount . cap', ...yuan },
  'settlement . large amount . share': { valeur: '85%' },
  'settlement . large amount . cap': { valeur: '400000 CNY' },
  'settlement . critical': {
    valeur: { 'barème': { assiette: 'in scope - pooled - large amount', tranches: [
      { taux: '0%', plafond: 'critical . threshold' }, { taux: '60%', plafond: 'critical . threshold + 50000 CNY' }, { taux: '70%' },
    ] } },
    ...yuan,
  },
  'settlement . critical . threshold': { valeur: '30404 CNY' },
  'settlement . aid': { valeur: 'large amount + critical', ...yuan },
  'settlement . funds': { valeur: 'pooled + aid', ...yuan },
  'settlement . personal': { valeur: 'bill . total - funds', ...yuan },
  'settlement . from account': { valeur: { 'le minimum de': ['insured . account', 'personal - bill . self funded'] }, ...yuan },
  'settlement . cash': { valeur: 'personal - from account', ...yuan },
};

const RULE_OF = /** @type {Record<string, string>} */ ({
  inscp_scp_amt: 'in scope', hifp_pay: 'pooled', hifob_pay: 'aid', fund_pay_sumamt: 'funds', psn_part_amt: 'personal', acct_pay: 'from account', psn_cash_pay: 'cash',
});

/** @param {import('./cases.mjs').Case} c */
const situation = (c) => ({
  'bill . total': c.total / 100, 'bill . self funded': c.selfFunded / 100, 'bill . paid first': c.paidFirst / 100,
  'stay . level': `'${c.level}'`, 'stay . further admission': c.further ? 'oui' : 'non',
  'insured . retired': c.retired ? 'oui' : 'non', 'insured . account': c.account / 100,
});

export function start() {
  const engine = new Engine(/** @type {any} */ (rules), { logger: { log() {}, warn() {}, error: console.error } });
  return (/** @type {import('./cases.mjs').Case} */ c) => {
    engine.setSituation(situation(c));
    return Object.fromEntries(OUTPUTS.map((name) => [name, engine.evaluate(`settlement . ${RULE_OF[name]}`).nodeValue]));
  };
}
