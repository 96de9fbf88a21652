import type { ListSample } from './sample.ts';
import { idsOf, type Ids, type Owner, type Role } from './roles.ts';
import { conceptsOf, type Concept } from './words.ts';

/** What one record of a file is about; `none` if nobody can tell. */
export type Subject =
  'order' | 'line' | 'payment' | 'fulfilment' | 'review' | 'customer' | 'enterprise' | 'product' | 'none';

export interface Table {
  readonly roles: readonly Role[];
  readonly ids: Ids;
  readonly lists: readonly ListSample[];
}

export function tableOf(roles: readonly Role[], lists: readonly ListSample[]): Table {
  return { roles, ids: idsOf(roles), lists };
}

/** What speaks for a subject: each column that only it has, counted by how seldom others have it. */
export function subjectOf(table: Table, file: string): Subject {
  const { ids } = table;
  const named = subjectOfName(file);
  const scored = candidates(table).map((subject) => {
    return [subject, evidence(table, subject) + (subject === named ? 4 : 0)] as const;
  });
  const [best] = scored.filter(([, score]) => score >= 2).sort(([, a], [, b]) => b - a);
  if (best !== undefined) return best[0];
  return ids.order === undefined ? 'none' : 'order';
}

/** Subjects whose ids are there. */
function candidates({ ids, roles, lists }: Table): Subject[] {
  const { order, own } = ids;
  const found: Subject[] = [];
  if (order !== undefined) {
    found.push('line', 'payment', 'fulfilment', 'review');
    // Several records of one order, each with no lines of its own, are no orders but something of one.
    if (order.column.unique || own?.column.unique === true || lists.some(isLines)) found.push('order');
  } else {
    if (own?.column.unique === true) found.push('order');
    if (roles.some((role) => role.owner === 'line' && role.has('quantity'))) found.push('line');
  }
  // A record that names an order is about it, or about something of it.
  if (order === undefined || roles.length <= 3) {
    for (const party of ['customer', 'enterprise', 'product'] as const) {
      if ((ids[party] ?? own) !== undefined) found.push(party);
    }
  }
  return found;
}

function evidence(table: Table, subject: Subject): number {
  const { ids, lists, roles } = table;
  const count = (weight: number, fits: (role: Role) => boolean): number => weight * roles.filter(fits).length;
  const once = (weight: number, fits: (role: Role) => boolean): number => (roles.some(fits) ? weight : 0);
  const party = (owner: 'customer' | 'enterprise'): number =>
    count(1, (role) => role.isOf(owner) && role.hasAny(...PARTY)) + (ids[owner] === undefined ? 0 : 1);
  switch (subject) {
    case 'order':
      return (
        count(1, (role) => role.isTime && role.isOf('order', 'customer', 'fulfilment') && role.hasAny(...LIFE)) +
        once(1, (role) => role.isOf('order') && role.hasAny('status', 'amount')) +
        (ids.customer === undefined ? 0 : 1) +
        (lists.some(isLines) ? 4 : 0)
      );
    case 'line':
      return (
        once(1.5, (role) => role.has('quantity') && role.isNumber) +
        once(1, (role) => role.has('price') && role.isNumber) +
        (ids.product === undefined ? 0 : 1.5) +
        (ids.line === undefined ? 0 : 1.5) +
        once(1.5, (role) => role.owner === 'line' && role.has('quantity'))
      );
    case 'payment':
      return (
        count(1, (role) => role.owner === 'payment' && role.hasAny('method', 'amount', 'time', 'sequence', 'status')) +
        once(2, (role) => role.has('installments')) +
        once(0.5, (role) => role.owner === null && role.has('method')) +
        (ids.payment === undefined ? 0 : 1.5)
      );
    case 'fulfilment':
      return (
        once(2, (role) => role.has('tracking')) +
        once(1, (role) => role.has('carrier') && !role.isTime) +
        count(1, (role) => role.owner === 'fulfilment' && (role.has('status') || (role.isTime && !role.has('limit'))))
      );
    case 'review':
      return once(2, (role) => role.has('score') && role.isNumber) + count(1, (role) => role.owner === 'review');
    case 'customer':
    case 'enterprise':
      return party(subject);
    case 'product':
      return count(1, (role) => role.isOf('product') && role.hasAny(...GOODS)) + (ids.product === undefined ? 0 : 1);
    case 'none':
      return 0;
  }
}

const PARTY: readonly Concept[] = [
  'email',
  'phone',
  'street',
  'city',
  'region',
  'postcode',
  'country',
  'name',
  'first',
  'last',
  'registration',
];
const LIFE: readonly Concept[] = ['placed', 'approved', 'shipped', 'delivered', 'estimated', 'time'];
const GOODS: readonly Concept[] = [
  'name',
  'category',
  'description',
  'brand',
  'barcode',
  'price',
  'weight',
  'length',
  'width',
  'height',
  'photos',
];

/** A list of what was ordered. */
export function isLines({ path, columns }: ListSample): boolean {
  const concepts = conceptsOf(path);
  const has = (wanted: Concept) => columns.some((column) => column.concepts.includes(wanted));
  if (concepts.some((concept) => concept === 'fulfilment' || concept === 'refund' || concept === 'tax')) return false;
  return has('quantity') || (concepts.some((concept) => concept === 'line' || concept === 'product') && has('price'));
}

const SUBJECTS: Readonly<Partial<Record<Owner, Subject>>> = {
  ...{ order: 'order', line: 'line', product: 'product', customer: 'customer', enterprise: 'enterprise' },
  ...{ payment: 'payment', fulfilment: 'fulfilment', review: 'review' },
};

/** What the name of a file says: the last thing that it names; items of orders are their lines. */
function subjectOfName(file: string): Subject | undefined {
  const concepts = conceptsOf(file);
  const owners = concepts.filter((concept): concept is Owner => Object.hasOwn(SUBJECTS, concept));
  if (owners.at(-1) === 'product' && owners.includes('order')) return 'line';
  const last = owners.at(-1);
  return last === undefined ? undefined : SUBJECTS[last];
}
