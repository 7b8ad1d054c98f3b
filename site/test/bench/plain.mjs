// The settlement by hand, in whole fen and hundredths of a percent: as fast as JavaScript gets, and explains nothing.
const DEDUCTIBLE = [130_000, 65_000];
const SHARES = {
  active: { community: [9000, 9500, 9700], primary: [9000, 9500, 9700], secondary: [8700, 9200, 9700], tertiary: [8500, 9000, 9500] },
  retired: { community: [9400, 9700, 9820], primary: [9400, 9700, 9820], secondary: [9220, 9520, 9820], tertiary: [9100, 9400, 9700] },
};
const BOUNDS = [3_000_000, 4_000_000, Infinity];
const POOLED_CAP = 10_000_000, LARGE_CAP = 40_000_000, LARGE_SHARE = [17, 20];
const CRITICAL = { threshold: 3_040_400, width: 5_000_000, shares: [6000, 7000] };

/** Half up. @param {number} a @param {number} b */
const ratio = (a, b) => Math.floor((2 * a + b) / (2 * b));

/** @param {import('./cases.mjs').Case} c */
export function settle(c) {
  const inScope = Math.max(0, c.total - c.selfFunded - c.paidFirst);
  const shares = SHARES[c.retired ? 'retired' : 'active'][c.level];
  let from = DEDUCTIBLE[c.further ? 1 : 0], due = 0, last = 0;
  for (let i = 0; i < 3; i++) {
    if (inScope > from) { due += (Math.min(inScope, BOUNDS[i]) - from) * shares[i]; last = shares[i]; }
    from = BOUNDS[i];
  }
  const pooled = Math.min(ratio(due, 10_000), POOLED_CAP);
  // What the cap cut off is money paid: divided by its share it is the cost that large-amount aid looks at.
  const cut = due - POOLED_CAP * 10_000;
  const large = cut > 0 ? Math.min(ratio(cut * LARGE_SHARE[0], last * LARGE_SHARE[1]), LARGE_CAP) : 0;
  const burden = Math.max(0, inScope - pooled - large - CRITICAL.threshold), low = Math.min(burden, CRITICAL.width);
  const critical = ratio(low * CRITICAL.shares[0] + (burden - low) * CRITICAL.shares[1], 10_000);
  const funds = pooled + large + critical, personal = c.total - funds;
  // The account pays what is within the insurance, not what the person has chosen outside it.
  const account = Math.min(c.account, personal - c.selfFunded);
  return { inscp_scp_amt: inScope, hifp_pay: pooled, hifob_pay: large + critical, fund_pay_sumamt: funds, psn_part_amt: personal, acct_pay: account, psn_cash_pay: personal - account };
}
