import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { integrated, type Statement, type Statements } from '../facts.ts';
import type { Remark } from '../notes.ts';
import { PersistentMap } from '../persistent-map.ts';
import { HEADER_FIELDS } from './fields.ts';
import { NO_SHARES, sharesOf, type Shares } from './shares.ts';

/** Everything an order decides by. Headers and lines stand in its document; the rest is small and in its flag. */
export interface OrderState {
  readonly key: MatchingKey;
  /** What each source says of the order itself; empty while it is awaited. */
  readonly headers: Statements<OrderBody>;
  /** All headers as one, or null while the order is awaited. Follows from `headers`. */
  readonly header: OrderBody | null;
  /** Lines that were stated one by one; those of a whole order are in its header. */
  readonly lines: PersistentMap<Statement<OrderLineBody>>;
  /** Characters of `lines`, about. Follows from `lines`. */
  readonly weight: number;
  /** Sums of all lines. Follows from `lines` and `header`. */
  readonly shares: Shares;
  /** Payments by `<status>/<currency>`. */
  readonly payments: Tally;
  /** Deliveries by status. */
  readonly deliveries: Tally;
  readonly reviews: number;
  /** Statements that came before the order: `_id` part and size of their records. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly notes: readonly Remark[];
}

/** Counts and sums by a name; a name with a count of 0 is not there. */
export type Tally = Readonly<Record<string, { readonly count: number; readonly amount: number }>>;

const NOTHING_HEARD: Omit<OrderState, 'key'> = {
  headers: new Map(),
  header: null,
  lines: PersistentMap.of<Statement<OrderLineBody>>([]),
  weight: 0,
  shares: NO_SHARES,
  payments: {},
  deliveries: {},
  reviews: 0,
  waiting: new Map(),
  notes: [],
};

export function initial(key: MatchingKey): OrderState {
  return { key, ...NOTHING_HEARD };
}

/** The state with these headers and lines, and what follows from them. */
export function withContents(
  state: OrderState,
  headers: Statements<OrderBody>,
  lines: PersistentMap<Statement<OrderLineBody>>,
  weight: number,
): OrderState {
  const header = integrated(headers, HEADER_FIELDS);
  return { ...state, headers, header, lines, weight, shares: sharesOf(linesOf({ header, lines }), state.shares) };
}

/** All lines of the order: those stated one by one, and those of a header that brings its own. */
export function linesOf(state: Pick<OrderState, 'lines' | 'header'>): readonly OrderLineBody[] {
  const whole = state.header?.lines ?? [];
  if (state.lines.size === 0) return whole;
  const lines = state.lines.entries().map(([, line]) => line.body);
  return whole.length === 0 ? lines : [...lines, ...whole];
}

export function tallied(tally: Tally, name: string, count: number, amount: number): Tally {
  const { [name]: known, ...others } = tally;
  const sum = { count: (known?.count ?? 0) + count, amount: (known?.amount ?? 0) + amount };
  return sum.count === 0 ? others : { ...others, [name]: sum };
}

export function countAll(tally: Tally): number {
  let sum = 0;
  for (const name in tally) sum += tally[name]?.count ?? 0;
  return sum;
}

/** Something has been heard of the order, be it only that others speak of it. */
export function isHeardOf(state: OrderState): boolean {
  return state.headers.size > 0 || state.waiting.size > 0;
}
