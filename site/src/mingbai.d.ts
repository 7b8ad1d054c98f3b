/**
 * Mingbai 医保明白账: the engine as a library.
 *
 *     import { load } from './mingbai.mjs'
 *     const mingbai = await load()
 *     const answer = await mingbai.call({ op: 'settle', region: '110000', … })
 *     mingbai.close()
 *
 * Works in browsers and in Node 20 or newer. It finds its .wasm in the folder `assets`
 * beside itself and asks nothing else of the network. Amounts are strings ("1234.56"),
 * shares are strings ("0.85"), dates are ISO days, codes are lower-case identifiers.
 *
 * The promise: `v: 1` keeps its meaning. New fields may appear in answers; a request that
 * was valid stays valid and means the same.
 */

/** "1234.56": at most two decimals; in `items` at most four. */
export type Amount = string
/** An amount that is not known exactly. The answer then carries `range`. */
export type MaybeAmount = Amount | 'unknown' | { from: Amount, to: Amount }
/** A code, or the codes that are possible. */
export type MaybeCode = string | string[]
/** "2026-05-01" */
export type Day = string

export interface LoadOptions {
  /**
   * Run the engine in a worker, so that the page never waits for it. In Node the option
   * has no effect. A function makes the worker itself, for pages with their own rules on
   * script addresses.
   */
  worker?: boolean | (() => Worker)
  /** Where the engine is, or the engine itself, if not beside this file. */
  wasm?: string | URL | BufferSource | WebAssembly.Module
}

export function load (options?: LoadOptions): Promise<Mingbai>

export interface Mingbai {
  /** Never throws for a bad request: `ok` is then false and `error` says what and where. */
  call (request: SettleRequest): Promise<SettleAnswer | Refused>
  call (request: { v?: 1, op: string, [field: string]: unknown }): Promise<({ v: 1, ok: true, [field: string]: unknown }) | Refused>
  close (): void
}

export interface Refused {
  v: 1
  ok: false
  error: {
    code: 'bad_json' | 'unknown_field' | 'required' | 'not_allowed' | 'format' | 'negative' | 'too_large' | 'too_many' |
    'contradiction' | 'no_rules' | 'unknown_region' | 'not_known' | 'draft' | 'unknown_rule' | 'internal' | 'too_big' |
    'bad_version' | 'unknown_op'
    /** Path in the request, such as "bill.self_funded". */
    field?: string
    /** What is allowed there. */
    limit?: string | string[]
  }
}

export interface SettleRequest {
  v?: 1
  op: 'settle'
  region?: string
  /** A handle from load_policy, instead of region. */
  policy?: string
  date: Day
  person: {
    scheme: 'employee' | 'resident'
    status?: MaybeCode
    age?: number | { from: number, to: number }
    assistance?: MaybeCode
    months_enrolled?: number | { from: number, to: number }
    tier?: MaybeCode | null
    enrolment?: MaybeCode
    /** While `enrolment` is waiting: the day of paying, and the gap before it. */
    enrolled?: string
    missed_years?: number | { from: number, to: number }
    repaired_years?: number | { from: number, to: number }
    missed_months?: number | { from: number, to: number }
    supplements?: string[]
  }
  visit: {
    kind: MaybeCode
    level?: MaybeCode
    admission?: number | { from: number, to: number }
    place?: MaybeCode
    filing?: MaybeCode
    referral?: MaybeCode
    disease?: MaybeCode | null
    cause?: MaybeCode
    days?: number | { from: number, to: number }
    institution?: MaybeCode
    hospital?: MaybeCode
  }
  bill:
    | { total: MaybeAmount, self_funded?: MaybeAmount, over_limit?: MaybeAmount, paid_first?: MaybeAmount }
    | { classes: Array<{ class: string, kind?: string, amount: Amount }> }
    | { items: Array<{ name?: string, class: string, kind?: string, amount: Amount, paid_first_share?: string, limit?: Amount }> }
  /** What earlier visits of the year have used, by layer. */
  year?: { [layer: string]: { entered?: MaybeAmount, deductible?: MaybeAmount, paid?: MaybeAmount } }
  accounts?: Array<{ owner: 'self', balance: MaybeAmount } | { owner: 'family', relation?: string, limit: MaybeAmount }>
  overrides?: { [rule: string]: string }
  given?: { [payerOrLayer: string]: Amount }
  accept?: Array<'draft'>
}

export interface SettleAnswer {
  v: 1
  ok: true
  settlement: Settlement
  policy: { region: string, version: string, sources: { [id: string]: Source } }
}

export interface Settlement {
  /** 总费用 = the next four */
  medfee_sumamt: Amount
  /** 全自费 */ fulamt_ownpay_amt: Amount
  /** 超限价 */ overlmt_selfpay: Amount
  /** 先行自付 */ preselfpay_amt: Amount
  /** 符合政策范围 */ inscp_scp_amt: Amount
  /** 起付线 */ act_pay_dedc: Amount
  /** 统筹基金 */ hifp_pay: Amount
  /** 职工大额 */ hifob_pay: Amount
  /** 居民大病 */ hifmi_pay: Amount
  /** 公务员补助 */ cvlserv_pay: Amount
  /** 企业补充 */ hifes_pay: Amount
  /** 医疗救助 */ maf_pay: Amount
  /** 其他 */ oth_pay: Amount
  /** 基金支付总额: all of the above */ fund_pay_sumamt: Amount
  /** 医院负担 */ hosp_part_amt: Amount
  /** 个人负担 = the next three */ psn_part_amt: Amount
  /** 个人账户 */ acct_pay: Amount
  /** 共济账户 */ acct_mulaid_pay: Amount
  /** 现金 */ psn_cash_pay: Amount
  /** 个人自付 */ self_pay: Amount
  /** 个人自费 */ self_funded: Amount
  counter: { direct: Amount, manual: Amount, refund: Amount }
  layers: Layer[]
  /** Replayed in order from `bill`, the steps give every total exactly. */
  steps: Step[]
  ahead: Array<{ code: string, rule: string, layer: string, remaining?: Amount, amount?: Amount }>
  notes: Array<{ code: string, field?: string, value?: string, key?: string, reason?: string } | Waiting>
  /** The weakest grade among the figures used. */
  grade: string
  year: SettleRequest['year']
  /** Only when something is not known; the plain figures are then the case least favourable for the person. */
  range?: { [field: string]: { from: Amount, to: Amount } }
  unknowns?: Array<{ rule?: string, field?: string, matters: Amount }>
}

/** A waiting period: how long, its last day, what paying for missed years would make of it, and by which figures. */
export interface Waiting {
  code: 'waiting' | 'waiting_over'
  months?: string
  until?: string
  repair?: { years: string, months: string, until?: string }
  rules: Array<{ rule: string, value?: string, sources?: string[], grade?: string }>
}

export interface Layer {
  id: string
  payer: string
  entered: Amount
  deductible: Amount
  bands: Array<{ from: Amount, to?: Amount, share: string, paid: Amount }>
  cap_cut: Amount
  paid: Amount
}

export interface Step {
  rule: string
  kind: 'classify' | 'deductible' | 'share' | 'cap' | 'quota' | 'guarantee' | 'copay' | 'given' | 'account' | 'cash'
  layer?: string
  from: string
  to: string
  base?: Amount
  share?: string
  amount: Amount
  because?: Array<{ cond: string, is: unknown }>
  adjusted?: Array<{ rule: string, op: string, value: string, share: string }>
  sources?: string[]
  grade?: string
  valid?: { from?: Day, until?: Day, asof?: string }
  overridden?: boolean
}

export interface Source {
  title: string
  number?: string
  issuer?: string
  published?: string
  effective?: string
  url?: string
  seen?: string
}
