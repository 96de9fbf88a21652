import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';

/** Sums of the lines of one enterprise (or of all lines) in one order, by currency. Money in minor units. */
export interface Share {
  readonly lines: number;
  readonly amounts: Readonly<Record<string, Amounts>>;
}

interface Amounts {
  readonly lines: number;
  readonly goods: number;
  readonly freight: number;
}

export interface Shares {
  readonly all: Share;
  /**
   * By matching key; '' for lines of no enterprise. One that has lost its last line stays, with no lines, until the
   * state is loaded anew: `project` learns from it which record to take back.
   */
  readonly enterprises: ReadonlyMap<string, Share>;
}

const NOTHING: Share = { lines: 0, amounts: {} };
const NO_AMOUNTS: Amounts = { lines: 0, goods: 0, freight: 0 };

export const NO_SHARES: Shares = { all: NOTHING, enterprises: new Map() };

export function enterpriseOf(line: Pick<OrderLineBody, 'enterprise'>): string {
  return line.enterprise ?? '';
}

/** Goods and freight of a share in one currency. */
export function amountsIn(share: Share | undefined, currency: string): Amounts {
  return share?.amounts[currency] ?? NO_AMOUNTS;
}

/** The sums with one line more (`sign` 1) or less (-1). */
export function withLine(shares: Shares, line: OrderLineBody, sign: 1 | -1): Shares {
  const enterprise = enterpriseOf(line);
  const share = plusLine(shares.enterprises.get(enterprise) ?? NOTHING, line, sign);
  return {
    all: plusLine(shares.all, line, sign),
    enterprises: new Map(shares.enterprises).set(enterprise, share),
  };
}

/** The sums of all lines, from the beginning; enterprises that were there before are remembered. */
export function sharesOf(lines: readonly OrderLineBody[], before: Shares): Shares {
  const enterprises = new Map<string, Share>();
  for (const enterprise of before.enterprises.keys()) enterprises.set(enterprise, NOTHING);
  const byEnterprise = new Map<string, Growing>();
  for (const line of lines) {
    const enterprise = enterpriseOf(line);
    const share = byEnterprise.get(enterprise);
    if (share === undefined) byEnterprise.set(enterprise, grown(nothing(), line));
    else grown(share, line);
  }
  for (const [enterprise, share] of byEnterprise) enterprises.set(enterprise, share);
  return { all: allOf(byEnterprise, lines), enterprises };
}

/** How many enterprises (no enterprise counted as one) have lines in the order. */
export function countShares(shares: Shares): number {
  let count = 0;
  for (const share of shares.enterprises.values()) if (share.lines > 0) count++;
  return count;
}

/** A share while its lines are counted. */
interface Growing {
  lines: number;
  readonly amounts: Record<string, { -readonly [Name in keyof Amounts]: Amounts[Name] }>;
}

function nothing(): Growing {
  return { lines: 0, amounts: {} };
}

function grown(share: Growing, { currency, amount, freight = 0 }: OrderLineBody): Growing {
  const amounts = (share.amounts[currency] ??= { lines: 0, goods: 0, freight: 0 });
  share.lines++;
  amounts.lines++;
  amounts.goods += amount;
  amounts.freight += freight;
  return share;
}

function allOf(byEnterprise: ReadonlyMap<string, Share>, lines: readonly OrderLineBody[]): Share {
  if (byEnterprise.size < 2) for (const only of byEnterprise.values()) return only;
  return lines.reduce(grown, nothing());
}

function plusLine(share: Share, line: OrderLineBody, sign: 1 | -1): Share {
  const known = share.amounts[line.currency] ?? NO_AMOUNTS;
  const amounts = {
    lines: known.lines + sign,
    goods: known.goods + sign * line.amount,
    freight: known.freight + sign * (line.freight ?? 0),
  };
  return { lines: share.lines + sign, amounts: withAmounts(share.amounts, line.currency, amounts) };
}

function withAmounts(of: Share['amounts'], currency: string, amounts: Amounts): Share['amounts'] {
  if (amounts.lines !== 0) return { ...of, [currency]: amounts };
  const { [currency]: _none, ...others } = of;
  return others;
}
