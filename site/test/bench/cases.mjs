// The cases that all three contestants settle: inpatient stays of Beijing employees, amounts in fen.

/**
 * @typedef {object} Case
 * @property {number} total
 * @property {number} selfFunded
 * @property {number} paidFirst
 * @property {'community'|'primary'|'secondary'|'tertiary'} level
 * @property {boolean} further a further admission of the year
 * @property {boolean} retired
 * @property {number} account balance of the personal account
 */

/** Reproducible; mostly ordinary bills, one in five very large, so that every band, the pooled cap and critical-illness aid are reached. @param {number} n @returns {Case[]} */
export function cases(n, seed = 20261101) {
  let state = seed >>> 0;
  const upTo = (/** @type {number} */ max) => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
    return Math.floor(state / 4294967296 * (max + 1));
  };
  return Array.from({ length: n }, () => {
    const large = upTo(4) === 0, total = 40_000 + upTo(large ? 34_000_000 : 8_000_000);
    const selfFunded = upTo(Math.floor(total * 0.12));
    return {
      total, selfFunded, paidFirst: upTo(Math.floor((total - selfFunded) * 0.08)),
      level: /** @type {Case['level']} */ (['community', 'primary', 'secondary', 'tertiary'][upTo(3)]),
      // Larger bills would meet a cap of critical-illness aid that nobody has stated: a range, no figure to compare.
      // Above the pooled cap a retired person's aid comes from two payers: that is left to the engine's own tests.
      further: upTo(9) < 3, retired: !large && upTo(9) < 4, account: upTo(600_000),
    };
  });
}

/** "1234.56" by string operations. @param {number} fen */
export const yuan = (fen) => { const s = String(fen).padStart(3, '0'); return `${s.slice(0, -2)}.${s.slice(-2)}`; };

/** The same case as a request. @param {Case} c */
export const request = (c) => ({
  v: 1, op: 'settle', region: '110000', date: '2026-05-01',
  person: { scheme: 'employee', status: c.retired ? 'retired' : 'active' },
  visit: { kind: 'inpatient', level: c.level, admission: c.further ? 2 : 1, place: 'local' },
  bill: { total: yuan(c.total), self_funded: yuan(c.selfFunded), over_limit: '0.00', paid_first: yuan(c.paidFirst) },
  accounts: [{ owner: 'self', balance: yuan(c.account) }],
});

/** What is compared, by the names of the interface. */
export const OUTPUTS = ['inscp_scp_amt', 'hifp_pay', 'hifob_pay', 'fund_pay_sumamt', 'psn_part_amt', 'acct_pay', 'psn_cash_pay'];
