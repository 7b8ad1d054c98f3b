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

/** "1234.56": at most two decimals; in `items` and `classes` at most four. Differences may be negative. */
export type Amount = string
/** An amount that is not known exactly. The answer then carries `range`. */
export type MaybeAmount = Amount | 'unknown' | { from?: Amount, to?: Amount }
/** A code, the codes that are possible, or "unknown" for any that can be. */
export type MaybeCode = string | string[]
/** A whole number, "unknown", or what it may be. */
export type MaybeInt = number | 'unknown' | { from?: number, to?: number }
/** A share or factor: "0.85". */
export type Share = string
/** "2026-05-01" */
export type Day = string
/** The id of a figure of policy: "employee.inpatient.deductible.table[0]". */
export type RuleId = string
/** How well a figure is known: official text, official page, quoted, recalled. */
export type Grade = 'A' | 'B' | 'C' | 'D'
export interface Name { zh: string, en: string }

export interface LoadOptions {
  /**
   * Run the engine in a worker, so that the page never waits for it. In Node the option
   * has no effect. A function makes the worker itself, for pages with their own rules on
   * script addresses.
   */
  worker?: boolean | (() => Worker)
  /** Where the engine is, or the engine itself, if not beside this file. */
  wasm?: string | URL | BufferSource | WebAssembly.Module
  /** The same for the larger engine, which load_policy brings in. */
  workshop?: string | URL | BufferSource | WebAssembly.Module
}

export function load (options?: LoadOptions): Promise<Mingbai>

export interface Mingbai {
  /** Never throws for a bad request: `ok` is then false and `error` says what and where. `v` may be left out. */
  call (request: SettleRequest): Promise<SettleAnswer | Refused>
  call (request: ValidateRequest): Promise<ValidateAnswer | Refused>
  call (request: YearRequest): Promise<YearAnswer | Refused>
  call (request: CompareRequest): Promise<CompareAnswer | Refused>
  call (request: CurveRequest): Promise<CurveAnswer | Refused>
  call (request: InvertRequest): Promise<InvertAnswer | Refused>
  call (request: ReconcileRequest): Promise<ReconcileAnswer | Refused>
  call (request: BatchRequest): Promise<BatchAnswer | Refused>
  call (request: { v?: 1, op: 'regions' }): Promise<RegionsAnswer | Refused>
  call (request: { v?: 1, op: 'policy', region?: string, policy?: string }): Promise<PolicyAnswer | Refused>
  /** The first one fetches a larger engine, which also reads YAML, and all later calls are answered by that. */
  call (request: LoadPolicyRequest): Promise<LoadPolicyAnswer | Refused>
  call (request: { v?: 1, op: 'about' }): Promise<AboutAnswer | Refused>
  call (request: { v?: 1, op: string, [field: string]: unknown }): Promise<({ v: 1, ok: true, [field: string]: any }) | Refused>
  /**
   * Settles a CSV file of any length, slice by slice: the page breathes in between. A row
   * that is refused says why in its last columns; what is wrong with the header or the
   * defaults refuses the whole. Rejects with the signal's reason when it aborts.
   */
  batch (csv: string, options?: BatchOptions): Promise<BatchAnswer | Refused>
  close (): void
}

/* ── refusals ─────────────────────────────────────────────────────────────────── */

export type ErrorCode = 'bad_json' | 'bad_csv' | 'unknown_field' | 'required' | 'not_allowed' | 'format' | 'negative' | 'too_large' | 'too_many' |
  'contradiction' | 'no_rules' | 'unknown_region' | 'not_known' | 'draft' | 'unknown_rule' | 'internal' | 'too_big' |
  'bad_version' | 'unknown_op' | 'bad_policy' | 'offline'

export interface Problem {
  code: ErrorCode
  /** Path in the request: "bill.self_funded", "visits[3].bill.total". None where the whole text is meant. */
  field?: string
  /**
   * What is allowed there. not_allowed and unknown_op: the list of codes. too_large and
   * negative: the bound. too_many and too_big: the largest number. format: the form
   * (amount, line, share, date, integer, code, string, list, object, boolean, figure, axis).
   * contradiction: what the field may reach, or the field that it contradicts. no_rules:
   * the first day with rules. bad_version: the version that is spoken. bad_json and
   * bad_csv: the reason. bad_policy: the loader's name of the mistake.
   */
  limit?: string | string[]
  /** not_known and draft: the benefit, "employee.pharmacy". bad_policy: where in the rules. */
  key?: string
  /** bad_json and bad_policy: where in the text, from 1; columns count characters. */
  line?: number
  column?: number
  /** bad_policy: what the loader tells authors, in English; see PolicyFinding. */
  message?: string
  hint?: string
  excerpt?: string
  other?: { line: number, column: number, excerpt: string }
}

export interface Refused {
  v: 1
  ok: false
  /** The first of errors. */
  error: Problem
  /** All that is wrong, at most fifty. The library itself answers without, where the engine could not be asked. */
  errors?: Problem[]
}

/* ── a claim ──────────────────────────────────────────────────────────────────── */

export interface Person {
  scheme: 'employee' | 'resident'
  status?: MaybeCode
  age?: MaybeInt
  assistance?: MaybeCode
  months_enrolled?: MaybeInt
  tier?: MaybeCode | null
  enrolment?: MaybeCode
  /** All of them hold. */
  supplements?: string[]
  /** While `enrolment` is waiting: the day of paying, and the gap before it. */
  enrolled?: Day
  missed_years?: MaybeInt
  repaired_years?: MaybeInt
  missed_months?: MaybeInt
}

export interface Visit {
  kind: MaybeCode
  level?: MaybeCode
  /** Ordinal of the admission in the year, from 1. */
  admission?: MaybeInt
  place?: MaybeCode
  filing?: MaybeCode
  referral?: MaybeCode
  disease?: MaybeCode | null
  cause?: MaybeCode
  days?: MaybeInt
  institution?: MaybeCode
  hospital?: MaybeCode
}

export interface BillSums {
  total: MaybeAmount
  self_funded?: MaybeAmount
  over_limit?: MaybeAmount
  paid_first?: MaybeAmount
  /** In scope, but settled outside deductible and segments (单行支付). */
  separate?: MaybeAmount
}

export interface Item {
  class: string
  kind?: string
  amount: Amount
  limit?: Amount
  paid_first_share?: Share
  /** Listed, but its restriction does not fit this patient. */
  not_covered?: boolean
  separate?: boolean
  /** Free text; it goes nowhere. */
  name?: string
}

/** Totals of classes and lines of the bill have the same fields. */
export type Bill = BillSums | { classes: Item[] } | { items: Item[] }

export interface Counter { entered?: MaybeAmount, deductible?: MaybeAmount, paid?: MaybeAmount, spell?: MaybeAmount }

/** What is used up, by layer or by a narrower span ("chronic/dialysis@2026-05"). An answer's year is the next request's. */
export interface Year { [key: string]: Counter }

export type Account =
  | { owner: 'self', balance: MaybeAmount }
  | { owner: 'family', relation?: Relation, limit: MaybeAmount, balance?: MaybeAmount }
  | { owner: 'family', relation?: Relation, balance: MaybeAmount }

export type Relation = 'spouse' | 'parent' | 'child' | 'sibling' | 'grandparent' | 'grandchild'

/** A further cover by its few figures. */
export interface Plan {
  enters: Array<'self_funded' | 'over_limit' | 'paid_first' | 'deductible' | 'copay' | 'above_cap'>
  deductible?: Amount
  share: Share
  cap?: Amount
}

export interface Claim {
  v?: 1
  /** The six digits of the pooling area, or else policy. */
  region?: string
  /** A handle from load_policy, instead of region. */
  policy?: string
  /** Of discharge or of the visit. */
  date: Day
  person: Person
  visit: Visit
  bill: Bill
  /** What earlier visits of the year have used. */
  year?: Year
  accounts?: Account[]
  /** Payments that the receipt already shows, by payer field or layer. */
  given?: { [payerOrLayer: string]: Amount }
  plans?: Plan[]
  /**
   * Figures to put in the place of the policy's, within the bounds of figures of their unit;
   * "none" for a cap or limit that is not; a rule with ".to" is the upper bound of a band.
   */
  overrides?: { [rule: RuleId]: string }
  accept?: Array<'draft'>
}

/* ── settle ───────────────────────────────────────────────────────────────────── */

export interface SettleRequest extends Claim { op: 'settle' }

export interface SettleAnswer {
  v: 1
  ok: true
  settlement: Settlement
  policy: Basis
}

/** Which rules an answer rests on, and the documents behind the figures that it shows. */
export interface Basis { region: string, version: string, sources: { [id: string]: Source } }

/** The national settlement fields and the receipt's lines. */
export interface Figures {
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
  /** 基金支付总额: the seven above */ fund_pay_sumamt: Amount
  /** 医院负担 */ hosp_part_amt: Amount
  /** 个人负担 = the next three */ psn_part_amt: Amount
  /** 个人账户 */ acct_pay: Amount
  /** 共济账户 */ acct_mulaid_pay: Amount
  /** 现金 */ psn_cash_pay: Amount
  /** 个人自付 */ self_pay: Amount
  /** 个人自费 */ self_funded: Amount
}

export type FigureName = keyof Figures

export interface Bounds { from: Amount, to: Amount }

/** Bounds beside the figures that are not certain; the others are left out. */
export type Ranges = { [figure in FigureName]?: Bounds } & { counter?: { direct?: Bounds, manual?: Bounds, refund?: Bounds } }

export interface Settlement extends Figures {
  /** To pay when settled directly; in full, when not; and what then comes back by hand. */
  counter: { direct: Amount, manual: Amount, refund: Amount }
  layers: Layer[]
  /** Replayed in order from `bill`, the steps give every total exactly. */
  steps: Step[]
  ahead: Ahead[]
  notes: Note[]
  /** The weakest grade among the figures used; none where none was. */
  grade?: Grade
  /** The year with this claim booked. */
  year: Year
  /** Only when something is not known; the plain figures are then the case least favourable for the person. */
  range?: Ranges
  /** Largest effect first; field for an input, rule for a figure nobody knows. */
  unknowns?: Array<{ rule?: RuleId, field?: string, matters: Amount }>
}

export interface Layer {
  id: string
  payer: string
  name?: Name
  draft?: true
  entered: Amount
  deductible: Amount
  bands: Array<{ from: Amount, to?: Amount, base: Amount, share: Share, paid: Amount }>
  cap_cut: Amount
  paid: Amount
  /** One share borne by two payers: what the second paid. */
  split?: { payer: string, paid: Amount }
}

/** Why a figure held and what it rests on. */
export interface Grounds {
  because?: Array<{ cond: string, is: string | string[] | number | { from: number, to: number } }>
  /** The person's own figure: it rests on no document. */
  overridden?: true
  sources?: string[]
  grade?: Grade
  valid?: Validity
}

export interface Validity { from?: Day, until?: Day, asof?: string }

export interface Step extends Grounds {
  rule: RuleId
  kind: 'classify' | 'deductible' | 'share' | 'cap' | 'quota' | 'guarantee' | 'copay' | 'given' | 'account' | 'account_first' | 'cash'
  layer?: string
  from: string
  to: string
  base: Amount
  share?: Share
  amount: Amount
  /** What the share went through, in order; of a deductible, what its amount did. */
  adjusted?: Array<Grounds & { rule: RuleId, op: string, value: string, share?: Share, amount?: string }>
}

/** A threshold of the year: next_deductible has an amount, the others what remains until there. */
export interface Ahead { code: 'deductible' | 'cap' | 'band' | 'critical' | 'next_deductible', rule: RuleId, layer: string, remaining?: Amount, amount?: Amount }

export type Note = (Grounds & { code: string, rule?: RuleId, field?: string, value?: string, key?: string, reason?: string }) | Waiting

/** A waiting period: how long, its last day, what paying for missed years would make of it, and by which figures. */
export interface Waiting {
  code: 'waiting' | 'waiting_over'
  months?: string
  until?: Day
  repair?: { years: string, months: string, until?: Day }
  rules: Array<Grounds & { rule: RuleId, value?: string }>
}

export interface Source {
  title?: string
  number?: string
  issuer?: string
  published?: string
  effective?: string
  url?: string
  /** official_text, official_page, quoted, secondary, recalled */
  seen?: string
  checked?: Day
}

/* ── validate ─────────────────────────────────────────────────────────────────── */

/** Any of a claim's fields may be missing or wrong. */
export interface ValidateRequest { v?: 1, op: 'validate', [field: string]: unknown }

export interface ValidateAnswer {
  v: 1
  ok: true
  valid: boolean
  /** What settle would refuse. */
  errors: Problem[]
  /** Fields that the case at hand lacks. */
  needed: string[]
  /** Fields that matter to it at all. */
  used: string[]
}

/* ── year ─────────────────────────────────────────────────────────────────────── */

/** One visit of a year. It may stand anywhere in the list; visits are settled in the order of their dates. */
export interface Stay {
  date: Day
  visit: Visit
  bill: Bill
  /** What differs from the person of the request. */
  person?: Partial<Person>
  given?: { [payerOrLayer: string]: Amount }
  overrides?: { [rule: RuleId]: string }
  /** The same visit several times. */
  repeat?: { times: number, every_days: number }
  label?: string
}

interface YearCommon {
  v?: 1
  op: 'year'
  region?: string
  policy?: string
  plans?: Plan[]
  overrides?: { [rule: RuleId]: string }
  accept?: Array<'draft'>
  /** How much to say of each visit: totals and layers (the default), or all that settle says. */
  detail?: 'totals' | 'full'
}

export type YearRequest =
  | (YearCommon & { person: Person, /** Before the first visit. */ year?: Year, accounts?: Account[], /** At most 1,000, repetitions counted. */ visits: Stay[] })
  | (YearCommon & { /** What all members have in common. */ person?: Partial<Person>, accounts?: SharedAccount[], members: Member[] })

export interface Member { id: string, person?: Partial<Person>, year?: Year, visits: Stay[] }

/** An account of a member, which pays the own visits first, or of another relative. limit is what the others may take of it together. */
export interface SharedAccount { owner: string | 'family', relation?: Relation, balance?: MaybeAmount, limit?: MaybeAmount }

export interface YearAnswer { v: 1, ok: true, year: YearResult | HouseholdResult, policy: Basis }

export interface StaySettlement extends Figures, Partial<Omit<Settlement, keyof Figures | 'layers' | 'notes'>> {
  /** Of the visit in the request's list. */
  index: number
  /** Of a repeated visit, from 1. */
  nth?: number
  member?: string
  date: Day
  label?: string
  /** The ordinal, given or counted. */
  admission?: number
  layers: Layer[]
  notes: Note[]
}

/** Sums over visits; range is the sum of the visits' own ranges. */
export interface Totals extends Figures { range?: Ranges }

export interface PersonYear {
  /** The counters after the last visit. */
  year: Year
  totals: Totals
  /** Of the last visit's calendar year. */
  tax_deduction: TaxDeduction
  /** The thresholds still ahead after the last visit. */
  ahead: Ahead[]
  /** What the next admission would begin with, at the hospital of the visit `index`. */
  next_admission?: { admission: number, index: number, deductible: Amount, rule?: RuleId, layer?: string }
  /** One for each benefit year that the visits fall in. */
  years: Array<{ year: number, from: Day, visits: number, totals: Totals, counters: Year, tax_deduction?: TaxDeduction }>
}

/** 大病医疗专项附加扣除: what was borne within the catalogue in a calendar year, above a floor, up to a limit. */
export interface TaxDeduction { year: number, self_pay: Amount, above: Amount, deductible: Amount, limit: Amount }

export interface YearResult extends PersonYear {
  settlements: StaySettlement[]
  accounts?: AccountLeft[]
}

export interface HouseholdResult {
  settlements: StaySettlement[]
  members: Array<PersonYear & { id: string }>
  totals: Totals
  accounts?: AccountLeft[]
}

/** In the request's order. */
export interface AccountLeft { owner: string, left: Amount | Bounds, limit_left?: Amount | Bounds }

/* ── compare ──────────────────────────────────────────────────────────────────── */

export interface CompareRequest extends Claim {
  op: 'compare'
  /** Values by path: {"visit.level": ["secondary", "tertiary"], "region": […]}. At most 48 combinations. */
  vary: { [path: string]: unknown[] }
}

export interface CompareAnswer {
  v: 1
  ok: true
  compare: {
    /** The request itself; it may lack what is varied. */
    base: (Figures & { grade?: Grade, range?: Ranges }) | { error: Problem }
    /** Ordered by what the person pays, refused cases last. */
    cases: Array<CompareCase | { set: { [path: string]: unknown }, error: Problem }>
    /** Index of the case that saves most against the base, if one saves anything. */
    most_saved?: number
  }
}

export interface CompareCase extends Figures {
  set: { [path: string]: unknown }
  /** What the person pays more than in the base; negative is less. None where the base does not settle. */
  difference?: Amount
  /** The figure that makes the difference; none between regions. */
  rule?: RuleId
  grade?: Grade
  range?: Ranges
}

/* ── curve, invert ────────────────────────────────────────────────────────────── */

/** bill.total, bill.self_funded, bill.over_limit, bill.paid_first, bill.separate, year.<key>.entered | deductible | paid | spell */
export type Axis = string

interface AlongAxis extends Omit<Claim, 'bill'> {
  /** May lack its total where the axis is the total. */
  bill?: Bill | Partial<BillSums>
  axis: Axis
  /** Default: the least that can be. */
  from?: Amount
  /** Default: as far as is of interest, for a part of the bill all that the other parts leave. */
  to?: Amount
}

export interface CurveRequest extends AlongAxis { op: 'curve' }

export interface CurveAnswer {
  v: 1
  ok: true
  curve: {
    axis: Axis
    from: Amount
    to: Amount
    /**
     * The bends and the figures at them are exact to the fen. From one bend to the fen before the next, every figure is a
     * straight line but for the rounding of each payment: what a bend's figures and slope give for an amount in between
     * may be some fen off (at most six, a test sees to it); settle gives it to the fen.
     */
    bends: Bend[]
    /** Something is not known: the line is the case least favourable for the person. */
    uncertain?: true
    /** Who pays a hundred yuan more than the claim's own amount. */
    next_100?: { at: Amount, person: Amount, funds: Amount, cash: Amount }
  }
}

export interface Bend {
  at: Amount
  /** The figure that makes the difference; none at the ends. */
  rule?: RuleId
  /** One fen below; none at the first. */
  before?: Figures
  after: Figures
  /** Of the next yuan, until the next bend; a figure whose slope does not show exactly is left out. */
  slope?: { [figure in FigureName]?: Share }
}

export interface InvertRequest extends AlongAxis {
  op: 'invert'
  /** Either a figure that is to have an amount … */
  target?: { figure: FigureName, amount: Amount }
  /** … or a threshold of the year that is to be reached. */
  until?: 'deductible' | 'cap' | 'band' | 'critical'
}

export interface InvertAnswer {
  v: 1
  ok: true
  invert: {
    axis: Axis
    from: Amount
    to: Amount
    target?: { figure: FigureName, amount: Amount }
    until?: string
    /**
     * With a target: all amounts at which the figure has it, none if there are none. Where a figure hardly changes, staying
     * about the target for more than 40.96, it is taken not to fall back by a fen in between.
     */
    answers: Bounds[] | Threshold[]
    /** With a target: what the figure can be between from and to, but for rounding. */
    reach?: Bounds
  }
}

/** With until: the least amount at which the threshold is reached, and how much more that is; without both, it is not reached. */
export interface Threshold { layer: string, rule: RuleId, remaining: Amount, from?: Amount, more?: Amount }

/* ── reconcile ────────────────────────────────────────────────────────────────── */

export interface ReconcileRequest extends Claim {
  op: 'reconcile'
  receipt: { [figure in FigureName]?: Amount | null }
}

export interface ReconcileAnswer {
  v: 1
  ok: true
  reconcile: {
    differences: Array<{ field: FigureName, receipt: Amount, ours: Amount }>
    /** Single facts, each of which would explain all differences; exact ones first. */
    explanations: Explanation[]
    settlement: Settlement
    /** The case as a test for policies/cases, without free texts. */
    case: string
  }
  policy: Basis
}

export interface Explanation {
  /** Path in the request, or "rounding". */
  field: string
  /** What it would be; for an amount the least that fits. */
  value?: string | number
  /** For an amount the largest that fits. */
  to?: Amount
  /** The largest difference that remains: "0.00", or one fen. */
  within: Amount
}

/* ── batch ────────────────────────────────────────────────────────────────────── */

export interface BatchRequest {
  v?: 1
  op: 'batch'
  /**
   * RFC 4180, or as spreadsheets write it. The header names the request's fields by their
   * paths: region, date, person.scheme, visit.level, bill.total, bill.total.from,
   * year.inpatient.paid, accounts[0].balance … and id. At most 10,000 rows.
   */
  csv?: string
  /** What the rows do not say: a claim, or a part of one. */
  defaults?: object
  /** Number of the first row; a slice that does not begin with 1 has no header in its answer. */
  first_row?: number
  /** Instead of csv: answer a table to fill in. */
  template?: boolean
}

export interface BatchAnswer {
  v: 1
  ok: true
  batch: {
    /** id, the figures, psn_part_from, psn_part_to, grade, error, field, limit. No cell is a formula. */
    csv: string
    rows: number
    errors: number
  }
}

export interface BatchOptions {
  defaults?: object
  /** After each slice: rows and errors so far, characters read of all, and what the slice has given. */
  onProgress?: (progress: { rows: number, errors: number, done: number, total: number, csv: string }) => void
  signal?: AbortSignal
  /** Rows a slice; default 500. */
  slice?: number
}

/* ── regions, policy, about ───────────────────────────────────────────────────── */

export interface RegionsAnswer { v: 1, ok: true, regions: RegionEntry[] }

export interface RegionEntry {
  code: string
  name: Name
  province?: Name
  pinyin: string
  initials: string
  /** Day of the last change. */
  version: Day
  /** The tables are complete from this day on. */
  from: Day
  grade?: Grade
  schemes: { [scheme: string]: { [benefit: string]: { status: 'current' | 'draft' | 'unknown', /** Some figures are not known. */ partial?: true, grade?: Grade } } }
}

export interface PolicyAnswer { v: 1, ok: true, policy: Policy }

export interface Policy {
  region: { code: string, name?: Name, province?: Name, pinyin?: string, initials?: string, hotline?: string }
  version?: Day
  from?: Day
  /** First day of the benefit year, "01-01". */
  year_starts: string
  /** The codes of each dimension; those without a name are the standard ones. */
  codes: { [dimension: string]: Array<{ code: string, name?: Name, /** Kinds of visit that it goes with; none: all. */ kinds?: string[] }> }
  schemes: PolicyScheme[]
  exclude: Array<PolicyRow & { reason?: string }>
  unknown: Array<{ key: string, looked?: Day, note?: Name }>
  conflicts: Array<{ key: string, chosen?: string, sources?: string[], against?: string, other?: string[], why?: Name }>
  changes: Array<{ date: Day, key: string, was?: string, is?: string, sources?: string[] }>
  sources: { [id: string]: Source }
}

export interface PolicyScheme {
  id: string
  statuses: string[]
  kinds: Array<{ code: string, status: 'current' | 'draft', grade?: Grade }>
  classify: { paid_first?: PolicyRow[], limit?: PolicyRow[], never?: PolicyRow[], extra?: PolicyAdjust[] }
  account?: Array<PolicyRow & { pays: string[], first?: true }>
  waiting?: { fixed?: PolicyRow[], per_missed_year?: PolicyRow[], per_repaired_year?: PolicyRow[], floor?: PolicyRow[] }
  layers: PolicyLayer[]
}

export interface PolicySpan { per: 'claim' | 'year' | 'month' | 'quarter' | 'lifetime', by?: string[], with?: string[] }

export interface PolicyLayer {
  id: string
  name?: Name
  payer: string
  status: 'current' | 'draft'
  grade?: Grade
  from?: Day
  until?: Day
  applies: PolicyCond[]
  enters: Array<{ bucket: string, weight?: Share }>
  deductible?: PolicySpan & {
    share_of?: string
    rows?: PolicyRow[]
    floor?: PolicyRow[]
    ceiling?: PolicyRow[]
    adjust?: PolicyAdjust[]
    less_spell?: PolicyCond[]
    limit?: { with?: string[], rows?: PolicyRow[] }
  }
  bands?: { counted_from?: 'zero' | 'deductible', along: 'year' | 'claim' | 'paid', paid_by?: string[], rows: PolicyRow[] }
  adjust?: PolicyAdjust[]
  caps?: Array<PolicySpan & { of: 'paid' | 'entered', rows: PolicyRow[] }>
  quota?: { rows: PolicyRow[] }
  guarantee?: { of: string[], rows: PolicyRow[] }
  ceiling?: { of: string[], rows: PolicyRow[] }
  split?: { payer: string, rows: PolicyRow[] }
}

export interface PolicyAdjust { op: string, over?: number, rows: PolicyRow[] }

export interface PolicyCond { cond: string, in?: string[], from?: number, to?: number }

export interface PolicyRow {
  id: RuleId
  when?: PolicyCond[]
  /** "1300.00", "0.85", "none" or "unknown". */
  value?: string
  between?: { from: string, to?: string }
  unit?: 'CNY' | 'share' | 'points' | 'factor' | 'months'
  /** Of a band: its upper bound. */
  to?: Amount
  multiple?: PolicyMultiple
  to_multiple?: PolicyMultiple
  valid: Validity
  sources: string[]
  grade?: Grade
  note?: Name
}

/** How a figure was worked out from another: six times the average wage of 2024. */
export interface PolicyMultiple { times: string, base?: Name, year: number, amount: Amount }

/* ── load_policy ──────────────────────────────────────────────────────────────── */

/** The YAML text of a region's file, as policies/FORMAT.md describes it; it may extend the shipped national file. */
export interface LoadPolicyRequest { v?: 1, op: 'load_policy', yaml: string }

export interface LoadPolicyAnswer {
  v: 1
  ok: true
  load_policy: {
    /** For `policy` in later requests. It is made from the text, and the sixteen loaded last are kept. */
    handle: string
    region: { code: string, name: Name }
    version: string
    /** Doubts that stop nothing. */
    warnings: PolicyFinding[]
  }
}

/** A place in a policy file, and what the loader says of it, in English. */
export interface PolicyFinding {
  code: string
  line: number
  column: number
  /** Where in the rules: "employee.inpatient.deductible.table". */
  key?: string
  message?: string
  hint?: string
  /** The line, and below it a caret at the place. */
  excerpt?: string
  /** The second row of an overlap. */
  other?: { line: number, column: number, excerpt: string }
}

/* ── about ────────────────────────────────────────────────────────────────────── */

export interface AboutAnswer {
  v: 1
  ok: true
  about: {
    interface: 1
    release: string
    build: string
    operations: string[]
    limits: { amount: Amount, [what: string]: number | Amount }
    coverage: { regions: number, benefits: { complete: number, partial: number, draft: number, unknown: number }, figures: number }
  }
}
