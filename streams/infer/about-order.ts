import { idExpression, timeExpression, trimmed, type Assumptions } from './expressions.ts';
import { field, notUnique } from './fields.ts';
import { descriptionIn, lineFields, productId } from './line-part.ts';
import { orderFields, type OrderContext } from './order-part.ts';
import { partyFields, pick } from './parties.ts';
import type { Doubt, Field, ProposedPart, Shape } from './proposal.ts';
import { isNamedId, type Role } from './roles.ts';
import { fulfilmentFields, paymentFields, reviewFields } from './statement-parts.ts';
import type { Subject, Table } from './subject.ts';
import type { Concept } from './words.ts';

export type OrderSubject = 'order' | 'line' | 'payment' | 'fulfilment' | 'review';

export function aboutOrder(subject: OrderSubject, found: Table, assumptions: Assumptions, source: string): Shape {
  const table = subject === 'line' ? withOrder(found) : found;
  const hasStates = stateOrder(table, subject, assumptions).nodes !== undefined;
  const { ids, roles } = table;
  const id = orderIdOf(subject, table);
  const orderId = id === undefined ? { const: 'unknown' } : idExpression(id);
  const customer = customerOf(table, subject);
  const numbered = pick(roles, ({ path }) => PLAINLY_NUMBER.test(path)) ?? ids.order;
  const number = numbered === undefined ? orderId : idExpression(numbered);
  const context: OrderContext = { subject, assumptions, number, customer };
  const told = identityOf(subject, table, orderId);
  const parts: ProposedPart[] = [];
  switch (subject) {
    case 'order':
      parts.push({ name: 'order', fields: orderFields(table, context) });
      break;
    case 'line':
      parts.push(...headerOf(table, context), { name: 'orderLine', fields: lineFields(table, assumptions, source) });
      break;
    case 'payment':
      parts.push({ name: 'payment', fields: [...ownId('payment', table), ...paymentFields(roles, assumptions)] });
      break;
    case 'fulfilment':
      parts.push({
        name: 'fulfilment',
        fields: [...ownId('fulfilment', table), ...fulfilmentFields(roles, assumptions)],
      });
      break;
    case 'review':
      parts.push({ name: 'review', fields: [...ownId('review', table), ...reviewFields(roles, assumptions)] });
      break;
  }
  if (subject === 'order' || subject === 'line')
    parts.push(...customerPart(table, customer, told.identity !== 'content' && hasStates, assumptions));
  if (subject === 'line') parts.push(...goodsParts(table, source, assumptions));
  return { route: { kind: 'order', id: orderId }, identity: told.identity, parts, doubts: told.doubts };
}

/** `#1001` in a column that is called Name: what all lines of an order have alike, if no column has its id. */
function withOrder(table: Table): Table {
  if (table.ids.order !== undefined) return table;
  const order = table.roles.find(
    ({ owner, column }) =>
      owner === null &&
      column.date === null &&
      column.filled === column.of &&
      !column.unique &&
      [...column.counts.keys()].every((text) => /^#?[A-Z]{0,4}-?\d{3,}$/i.test(text)),
  );
  return order === undefined ? table : { ...table, ids: { ...table.ids, order } };
}

/** What people call an order by, whatever other keys it has. */
const PLAINLY_NUMBER = /^(?:order[ _-]?)?(?:number|no|nr)$/i;

/** A record that has an id and a number goes by its id: other records do, and the number is what people say. */
function orderIdOf(subject: OrderSubject, { ids: { order, own } }: Table): Role | undefined {
  const isNumber = order !== undefined && !/id$/i.test(order.path);
  return subject === 'order' && isNumber && own?.column.unique === true ? own : (order ?? own);
}

/** Of what is said of an order: the id that it has beside the order's. */
function ownId(subject: 'payment' | 'fulfilment' | 'review', { ids }: Table): Field[] {
  const role = ids[subject] ?? (ids.order === undefined ? undefined : ids.own);
  return role?.has('id') === true ? [field('id', idExpression(role), [role])] : [];
}

/** What the lines of an order say of it alike, if they say anything beside its number. */
function headerOf(table: Table, context: OrderContext): ProposedPart[] {
  const fields = orderFields(table, context);
  const says = fields.some(({ name, roles }) => name !== 'number' && name !== 'type' && roles.length > 0);
  return says ? [{ name: 'order', merge: 'least', fields }] : [];
}

/** The customer's id: a column of it, or the address that every order has. */
function customerOf({ ids, roles }: Table, subject: Subject): Field | undefined {
  if (subject !== 'order' && subject !== 'line') return undefined;
  if (ids.customer !== undefined) return idOfSomebody(ids.customer);
  const email = pick(roles, (role) => role.column.looks === 'email' && role.isOf('customer', 'billing', 'order'));
  if (email === undefined) return undefined;
  const doubt = 'no column has ids of customers: an e-mail address stands for them';
  return field('customerId', [email.path, 'trim', { case: 'lower' }], [email], doubt);
}

/** What stands where a customer's id would, when there is none: shops write it for their guests. */
const NOBODY = /^(?:0+|-1|-|n\/?a|nan|none|null|nil|guest|anonymous|unknown)$/i;

function nobodyIn({ column }: Role): readonly [value: string, records: number] | undefined {
  return column.counts.size > 1 ? [...column.counts].find(([value]) => NOBODY.test(value.trim())) : undefined;
}

/** Left to themselves, all guests of a shop would be one customer. */
function idOfSomebody(role: Role): Field {
  const id = idExpression(role);
  const nobody = nobodyIn(role);
  if (nobody === undefined) return field('customerId', id, [role]);
  const [value, records] = nobody;
  const isSomebody = { not: [...[id].flat(), { equals: value }] };
  const doubt = `${value} is taken for nobody; ${records} of the records in the sample have it`;
  return field('customerId', { when: [{ if: isSomebody, then: id }] }, [role], doubt);
}

const PERSONAL: readonly Concept[] = [
  ...(['email', 'phone', 'street', 'city', 'region', 'postcode', 'country', 'first', 'last'] as const),
];

/** What the record says of its customer, if it says more than who it is. */
function customerPart(
  { roles, ids }: Table,
  customer: Field | undefined,
  hasStates: boolean,
  { country }: Assumptions,
): ProposedPart[] {
  if (customer === undefined) return [];
  // In a record of an order, what does not say whose it is, is the customer's where only parties have it.
  const unowned = roles.filter((role) => role.owner === null && role.hasAny(...PERSONAL));
  const fields = [
    ...partyFields(roles, 'customer', false, country),
    ...partyFields(unowned, 'customer', true, country),
  ];
  const once = fields.filter(({ name }, i) => fields.findIndex((other) => other.name === name) === i);
  if (once.length === 0) return [];
  const missing = customer.roles.some((role) => role.column.filled < role.column.of || nobodyIn(role) !== undefined);
  // Whoever is nobody is left out by then.
  const id = ids.customer === undefined ? customer.expression : idExpression(ids.customer);
  return [
    {
      name: 'customer',
      of: { kind: 'customer', id },
      ...(missing && { when: customer.expression }),
      ...(hasStates ? { slot: id } : { merge: 'least' as const }),
      fields: [field('id', id, customer.roles), ...once],
    },
  ];
}

/** That there are such products and sellers; with what lines say of a product. */
function goodsParts({ roles, ids }: Table, source: string, { country }: Assumptions): ProposedPart[] {
  const parts: ProposedPart[] = [];
  if (ids.product !== undefined) {
    const id = productId(ids.product);
    const name = descriptionIn(roles.filter((role) => !role.isNumber));
    const fields = [
      field('id', id, [ids.product]),
      ...(name === undefined ? [] : [field('name', [name.path, 'collapse'], [name])]),
    ];
    const missing = ids.product.column.filled < ids.product.column.of;
    parts.push({ name: 'product', of: { kind: 'product', id }, ...(missing && { when: id }), merge: 'least', fields });
  }
  parts.push(sellerPart(roles, ids.enterprise, source, country));
  return parts;
}

function sellerPart(
  roles: readonly Role[],
  seller: Role | undefined,
  source: string,
  country: string | undefined,
): ProposedPart {
  const id = seller === undefined ? { const: source } : idExpression(seller);
  const own = partyFields(roles, 'enterprise', false, country);
  const number = pick(roles, (role) => role.owner === null && role.has('registration'));
  const more = [
    // A seller that goes by its name.
    ...(seller?.has('id') === false && !seller.isNumber ? [field('name', [seller.path, 'collapse'], [seller])] : []),
    ...(number === undefined || seller === undefined ? [] : [field('registrationNumber', trimmed(number), [number])]),
  ].filter(({ name }) => own.every((one) => one.name !== name));
  return {
    name: 'enterprise',
    of: { kind: 'enterprise', id },
    merge: 'least',
    fields: [field('id', id, []), ...more, ...own],
  };
}

/** What tells a record from all others. */
function identityOf(
  subject: OrderSubject,
  { ids, roles }: Table,
  orderId: unknown,
): { identity: unknown; doubts: Doubt[] } {
  const { order, line, own } = ids;
  if (subject === 'order') return { identity: orderId, doubts: notUnique(order ?? own) };
  const statement = subject === 'line' ? line : ids[subject];
  const id = statement ?? roles.find(isOwnUnique) ?? (own?.column.filled === own?.column.of ? own : undefined);
  if (id === undefined) {
    const says = 'no column numbers the records of one order: the same record again is the same by all that it says';
    return { identity: 'content', doubts: [{ about: 'identity', says }] };
  }
  if (id.column.unique || order === undefined) return { identity: idExpression(id), doubts: [] };
  const isSequence = id.isNumber;
  return { identity: both(isSequence ? [order, id] : [id, order]), doubts: [] };
}

/** It tells every record of the sample from the others, and is no id of what several records may be about. */
function isOwnUnique(role: Role): boolean {
  const { column } = role;
  return (
    column.unique &&
    column.filled === column.of &&
    isNamedId(role) &&
    role.isOf('line', 'payment', 'fulfilment', 'review')
  );
}

function both(roles: readonly Role[]): unknown {
  const paths = roles.map(({ path }) => path);
  if (paths.some((path) => /[{}]/.test(path))) return { concat: { of: paths, with: '-' } };
  return { template: paths.map((path) => `{${path}}`).join('-') };
}

/** States of one record are told apart by when it was changed, or by the latest time that it names. */
export function stateOrder(
  { roles }: Table,
  subject: Subject,
  assumptions: Assumptions,
): { nodes: readonly unknown[] | undefined; doubts: Doubt[] } {
  const updated = roles.find((role) => role.isTime && role.has('updated'));
  if (updated !== undefined) return { nodes: [timeExpression(updated, assumptions)], doubts: [] };
  const answered = roles.find((role) => role.isTime && role.has('answered'));
  if (subject === 'review' && answered !== undefined)
    return { nodes: [timeExpression(answered, assumptions)], doubts: [] };
  const times = roles.filter((role) => role.isTime && role.isFilled && !role.hasAny('estimated', 'limit'));
  if (subject !== 'order' || times.length < 2) return { nodes: undefined, doubts: [] };
  const greatest = { greatest: times.map((role) => timeExpression(role, assumptions)) };
  const says =
    'no column says when a record was changed: of two states of one, the one with the latest time is taken for the newer';
  return { nodes: [greatest], doubts: [{ about: 'order', says }] };
}
