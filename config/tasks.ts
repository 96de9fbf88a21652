import type { IndexKey } from '../schemas/document.ts';

/**
 * Every task of every system: who owns it, and by which fields its records are found. A task is one collection,
 * `<system>.<task>`. Adding a task is one line here, one schema, and the decisions of its owner.
 */
export interface Task {
  /** The actor kind whose partitions write the collection; `*` for what any partition writes of its own entities. */
  readonly owner: string;
  /** Fields of the body that records are looked up by, in the order of StoredDocument.keys; `a.b` is a field of a field. */
  readonly indexes: readonly string[];
  /**
   * The field whose value, followed by a dot, every `_id` begins with. Records are looked up by it through the primary
   * key: an index of its own would cost as much again as the record.
   */
  readonly prefix?: string;
  /** Every entity of the owner has one record or a few: a store may keep them together with the flag. */
  readonly everyEntity?: true;
}

export const TASKS = {
  'mall.orders': { owner: 'order', indexes: ['customer'], everyEntity: true },
  'mall.payments': { owner: 'order', indexes: ['id', 'reference'], prefix: 'order' },
  'mall.deliveries': { owner: 'order', indexes: ['id', 'tracking'], prefix: 'order' },
  'mall.boards': { owner: 'order', indexes: ['id'], prefix: 'order' },
  'mall.members': { owner: 'customer', indexes: [], prefix: 'customer', everyEntity: true },
  'mall.products': { owner: 'product', indexes: [], everyEntity: true },
  'sales.members': { owner: 'enterprise', indexes: [], prefix: 'enterprise', everyEntity: true },
  'sales.items': { owner: 'enterprise', indexes: [], prefix: 'enterprise' },
  'sales.revenues': { owner: 'order', indexes: ['enterprise'], prefix: 'order', everyEntity: true },
  'customer.customers': { owner: 'customer', indexes: [], everyEntity: true },
  'customer.enterprises': { owner: 'enterprise', indexes: [], everyEntity: true },
  'master.flags': { owner: '*', indexes: [], everyEntity: true },
  'master.waiting': { owner: '*', indexes: ['said.id', 'said.reference', 'said.tracking'], prefix: 'entity' },
  'master.claims': { owner: 'match', indexes: [], prefix: 'entity' },
  'master.places': { owner: 'match', indexes: [], prefix: 'entity' },
  'master.parked': { owner: '*', indexes: [], prefix: 'entity' },
  'master.timers': { owner: '*', indexes: ['due'], prefix: 'entity' },
  'master.outcomes': { owner: '*', indexes: ['expires'] },
  'management.quarantine': { owner: '*', indexes: ['entity', 'cause'] },
  'management.setup': { owner: '*', indexes: [] },
  'management.sources': { owner: '*', indexes: [] },
  'management.resolutions': { owner: '*', indexes: [] },
  'management.exports': { owner: '*', indexes: [] },
  'management.feeds': { owner: '*', indexes: ['feed'] },
} as const satisfies Record<string, Task>;

export type Collection = keyof typeof TASKS;

export const COLLECTIONS = Object.keys(TASKS) as Collection[];

export function isCollection(name: string): name is Collection {
  return Object.hasOwn(TASKS, name);
}

/** The ids of the records that a prefix field has this value in: after the first, before the second. */
export function prefixRange(value: string): readonly [after: string, before: string] {
  // A slash is the character after the dot.
  return [`${value}.`, `${value}/`];
}

/** The field that the ids of a collection begin with, if it has one. */
export function prefixOf(collection: Collection): string | undefined {
  const task: Task = TASKS[collection];
  return task.prefix;
}

/** The values of a collection's declared indexes in a body, in their order; null where it has neither text nor number. */
export function indexKeys(collection: Collection, body: Readonly<Record<string, unknown>> | null): readonly IndexKey[] {
  const { indexes } = TASKS[collection];
  if (indexes.length === 0) return NO_KEYS;
  return indexes.map((path) => (body === null ? null : indexKey(valueAt(body, path))));
}

const NO_KEYS: readonly IndexKey[] = [];

function valueAt(body: Readonly<Record<string, unknown>>, path: string): unknown {
  const dot = path.indexOf('.');
  if (dot < 0) return body[path];
  return (body[path.slice(0, dot)] as Readonly<Record<string, unknown>> | undefined | null)?.[path.slice(dot + 1)];
}

function indexKey(value: unknown): IndexKey {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
