import { currencyExpression, moneyExpression, timeExpression, trimmed, type Assumptions } from './expressions.ts';
import { field, isWords, lookup, reference, unknownWords } from './fields.ts';
import { listOfLines } from './line-part.ts';
import { pick } from './parties.ts';
import type { Field } from './proposal.ts';
import type { Owner, Role } from './roles.ts';
import { fulfilmentStatuses, orderStatuses } from './statuses.ts';
import { isLines, type Subject, type Table } from './subject.ts';
import type { Concept } from './words.ts';

export interface OrderContext {
  readonly subject: Subject;
  readonly assumptions: Assumptions;
  readonly number: unknown;
  readonly customer: Field | undefined;
}

/** What is said of the order itself. */
export function orderFields(table: Table, context: OrderContext): Field[] {
  const { roles } = table;
  const { subject, assumptions, number, customer } = context;
  const own = roles.filter((role) => role.isFilled);
  const fields: Field[] = [field('number', number, []), orderType(table)];
  const channel = pick(own, (role) => role.has('channel') && role.isOf('order'));
  fields.push(
    channel === undefined
      ? field('channel', { const: 'web' }, [], CHANNEL)
      : field('channel', trimmed(channel), [channel]),
  );
  fields.push(field('currency', currencyExpression(assumptions), []));
  if (customer !== undefined) {
    fields.push(field('customer', reference('customer', customer.expression), customer.roles));
    fields.push(field('customerId', customer.expression, customer.roles, customer.doubt));
  }
  const country = pick(
    own,
    (role) => role.has('country') && !role.has('region') && role.isOf('order', 'recipient', 'fulfilment'),
  );
  if (country !== undefined) fields.push(field('country', trimmed(country), [country]));
  fields.push(...statusFields(own), ...lifeFields(own, subject, assumptions));
  if (subject === 'order') {
    const total = totalOf(own);
    if (total !== undefined) fields.push(field('total', moneyExpression(total, assumptions), [total]));
    const lines = table.lists.find(isLines);
    if (lines !== undefined) fields.push(listOfLines(lines, assumptions));
  }
  return fields;
}

const NO_TOTAL: readonly Concept[] = ['tax', 'discount', 'cost', 'weight', 'quantity', 'refund'];

/** What the buyer pays for all of it. */
function totalOf(own: readonly Role[]): Role | undefined {
  const totals = own.filter(
    (role) => role.has('amount') && role.isNumber && role.isOf('order') && !role.hasAny(...NO_TOTAL),
  );
  const wanted = [/grand|payable/i, /^(?!.*(sub|line|item|allowance|exclusive|paid|due))/i, /./];
  return wanted.map((pattern) => pick(totals, ({ path }) => pattern.test(path))).find((role) => role !== undefined);
}

const CHANNEL = 'no column says through which channel orders come: web, marketplace, shop ...';

/** Returns are told by the letter that their numbers begin with, if only they have it. */
function orderType({ ids, roles }: Table): Field {
  const sale = { const: 'sale' };
  const number = ids.order;
  const quantity = pick(roles, (role) => role.has('quantity') && role.isNumber);
  if (number === undefined || quantity === undefined) return field('type', sale, []);
  const letters = new Map<string, number>();
  for (const [id, count] of number.column.counts) {
    const letter = /^\s*([A-Za-z])\d/.exec(id)?.[1]?.toUpperCase();
    if (letter !== undefined) letters.set(letter, (letters.get(letter) ?? 0) + count);
  }
  const total = number.column.filled;
  const seldom = [...letters]
    .filter(([, count]) => count < total / 3)
    .map(([letter]) => letter)
    .sort();
  if (seldom.length === 0 || ![...quantity.column.counts.keys()].some((text) => text.trim().startsWith('-')))
    return field('type', sale, []);
  const cases = seldom.map((letter) => {
    const then = { const: letter === 'A' ? 'adjustment' : 'return' };
    return { if: [number.path, 'trim', { matches: `^[${letter}${letter.toLowerCase()}]` }], then };
  });
  const doubt = `numbers that begin with ${seldom.join(' or ')} are few, and some quantities are negative: are these returns?`;
  return field('type', { when: [...cases, { else: sale }] }, [number], doubt);
}

/** The word of the source, and what it means for the order and its delivery. */
function statusFields(roles: readonly Role[]): Field[] {
  const status = pick(roles, (role) => role.has('status') && role.isOf('order') && isWords(role));
  if (status === undefined) return [];
  const words = status.column.counts.keys();
  const fields = [field('sourceStatus', status.path, [status])];
  const order = orderStatuses(words);
  if (Object.keys(order.table).length > 0)
    fields.push(field('status', lookup(status, order), [status], unknownWords(order)));
  const sent = fulfilmentStatuses(status.column.counts.keys());
  const shipped = Object.entries(sent.table).filter(
    ([, meaning]) => meaning === 'shipped' || meaning === 'delivered' || meaning === 'returned',
  );
  if (shipped.length > 0)
    fields.push(field('fulfilment', lookup(status, { ...sent, table: Object.fromEntries(shipped) }), [status]));
  return fields;
}

type Life = readonly (readonly [string, (role: Role) => boolean])[];

const LIFE: Life = [
  ['estimatedAt', (role) => role.has('estimated')],
  ['approvedAt', (role) => role.has('approved')],
  ['shippedAt', (role) => role.has('shipped') || role.has('delivered', 'carrier')],
  ['deliveredAt', (role) => role.has('delivered') && !role.has('carrier')],
  ['placedAt', (role) => role.has('placed') || (role.owner === 'order' && role.has('time'))],
  [
    'placedAt',
    (role) => role.owner === null && role.has('time') && !role.hasAny('updated', 'limit', 'answered', 'paid'),
  ],
];

function lifeFields(roles: readonly Role[], subject: Subject, assumptions: Assumptions): Field[] {
  const owners: readonly Owner[] = subject === 'order' ? ['order', 'customer', 'fulfilment'] : ['order'];
  const times = roles.filter((role) => role.isTime && role.isOf(...owners) && !role.hasAny('limit', 'updated'));
  const fields = new Map<string, Field>();
  const taken = new Set<Role>();
  for (const [name, fits] of LIFE) {
    const found = times.find((role) => !taken.has(role) && fits(role));
    if (found === undefined || fields.has(name)) continue;
    taken.add(found);
    fields.set(name, field(name, timeExpression(found, assumptions), [found]));
  }
  return ['placedAt', 'approvedAt', 'shippedAt', 'deliveredAt', 'estimatedAt'].flatMap(
    (name) => fields.get(name) ?? [],
  );
}
