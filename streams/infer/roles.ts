import type { Column } from './column.ts';
import type { Concept } from './words.ts';

/** Entities and statements that a column can be of, in the words of its name. */
const OWNERS = [
  'order',
  'line',
  'product',
  'customer',
  'enterprise',
  'payment',
  'fulfilment',
  'review',
  'recipient',
  'billing',
  'refund',
] as const;

export type Owner = (typeof OWNERS)[number];

const isOwner = (concept: Concept): concept is Owner => (OWNERS as readonly Concept[]).includes(concept);

/** A column with what its name was taken apart into. */
export class Role {
  readonly column: Column;
  private readonly concepts: ReadonlySet<Concept>;
  /** Whose it is: the last owner in its name counts, `customer_order_number` is an order's. */
  readonly owner: Owner | null;

  constructor(column: Column) {
    this.column = column;
    this.concepts = new Set(column.concepts);
    const owners = column.concepts.filter(isOwner);
    this.owner = this.isOrderItem(owners) ? 'line' : (owners.at(-1) ?? null);
  }

  get path(): string {
    return this.column.path;
  }

  has(...wanted: readonly Concept[]): boolean {
    return wanted.every((concept) => this.concepts.has(concept));
  }

  hasAny(...wanted: readonly Concept[]): boolean {
    return wanted.some((concept) => this.concepts.has(concept));
  }

  /** Its name says nothing but whose it is, or what its own id is. */
  get isBare(): boolean {
    return this.column.concepts.every((concept) => isOwner(concept) || concept === 'id');
  }

  /** An id that does not say of what. */
  get isOwnId(): boolean {
    return (
      this.owner === null &&
      this.has('id') &&
      this.column.concepts.every((concept) => concept === 'id' || concept === 'unique')
    );
  }

  /** It may be said of this owner: by its name, or since its name says nothing of whom. */
  isOf(...owners: readonly Owner[]): boolean {
    return this.owner === null || owners.includes(this.owner);
  }

  /** Of an element of XML: it says in what the element counts, or by which list. */
  get isAttribute(): boolean {
    return this.path.includes('@');
  }

  get isTime(): boolean {
    return this.column.date !== null;
  }

  get isNumber(): boolean {
    return this.column.numbers !== null && !(this.isTime && this.hasAny('time', 'placed', 'updated'));
  }

  get isFilled(): boolean {
    return this.column.filled > 0;
  }

  /** `order_item_id`, `상품주문번호`: an item of an order, or the order of an item, is a line. */
  private isOrderItem(owners: readonly Owner[]): boolean {
    const last = owners.slice(-2);
    return last.includes('product') && last.includes('order') && this.hasAny('id', 'sequence');
  }
}

/** Ids of entities, by whose they are. */
export interface Ids {
  readonly order: Role | undefined;
  readonly line: Role | undefined;
  readonly product: Role | undefined;
  readonly customer: Role | undefined;
  readonly enterprise: Role | undefined;
  readonly payment: Role | undefined;
  readonly fulfilment: Role | undefined;
  readonly review: Role | undefined;
  /** One that does not say whose it is: of what the file is about. */
  readonly own: Role | undefined;
}

export function idsOf(roles: readonly Role[]): Ids {
  const of = (owner: Owner) => idOf(roles, owner);
  const own = roles.find((role) => role.isOwnId);
  return {
    order: of('order'),
    line: of('line') ?? sequenceOf(roles, 'line', 'order'),
    product: of('product'),
    customer: of('customer'),
    enterprise: of('enterprise'),
    payment: of('payment') ?? sequenceOf(roles, 'payment'),
    fulfilment: of('fulfilment'),
    review: of('review'),
    own,
  };
}

/** The one that is called so and nothing else; of several, the one that most records have, then the first. */
function idOf(roles: readonly Role[], owner: Owner): Role | undefined {
  const named = roles.filter((role) => role.owner === owner && isNamedId(role));
  const bare = roles.filter((role) => role.owner === owner && role.isBare && isIdLike(role));
  const all = [...named.filter((role) => role.isBare), ...named, ...bare];
  const depth = ({ path }: Role): number => path.split('.').length;
  const isPlain = (role: Role): number => Number(role.isBare && role.has('id'));
  return all.sort((a, b) => depth(a) - depth(b) || isPlain(b) - isPlain(a) || b.column.filled - a.column.filled)[0];
}

/** An id by its name and its values. */
export function isNamedId(role: Role): boolean {
  return role.has('id') && isIdLike(role) && !role.hasAny(...NO_ID) && !role.isAttribute;
}

/** Words that make of an id something else: a number of a phone, a code of a country. */
const NO_ID: readonly Concept[] = [
  ...([
    'email',
    'phone',
    'postcode',
    'country',
    'region',
    'currency',
    'tracking',
    'barcode',
    'registration',
    'unique',
  ] as const),
  ...([
    'category',
    'status',
    'method',
    'channel',
    'discount',
    'installments',
    'time',
    'street',
    'city',
    'quantity',
  ] as const),
];

function sequenceOf(roles: readonly Role[], ...owners: readonly Owner[]): Role | undefined {
  return roles.find(
    (role) => role.owner !== null && owners.includes(role.owner) && role.has('sequence') && role.isNumber,
  );
}

/** Short texts without spaces, or whole numbers. */
export function isIdLike({ column }: Role): boolean {
  const { counts, numbers, date, type } = column;
  if (counts.size === 0 || type === 'boolean') return false;
  if ([...counts.keys()].every((text) => /^(?:true|false)$/i.test(text))) return false;
  if (numbers !== null) return numbers.whole && numbers.beside.length === 0;
  if (date !== null) return false;
  const texts = [...counts.keys()].slice(0, 200).map((text) => text.trim());
  return texts.filter((text) => text.length <= 64 && !/\s/.test(text)).length >= texts.length * 0.9;
}
