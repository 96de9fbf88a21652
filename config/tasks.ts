/**
 * Every task of every system: who owns it, and by which fields its records are found. A task is one collection,
 * `<system>.<task>`. Adding a task is one line here, one schema, and the decisions of its owner.
 */
export interface Task {
  /** The actor kind whose partitions write the collection; `*` for what any partition writes of its own entities. */
  readonly owner: string;
  /** Fields of the body that records are looked up by, in the order of StoredDocument.keys. */
  readonly indexes: readonly string[];
}

export const TASKS = {
  'mall.orders': { owner: 'order', indexes: ['customer'] },
  'mall.payments': { owner: 'order', indexes: ['order'] },
  'mall.deliveries': { owner: 'order', indexes: ['order'] },
  'mall.boards': { owner: 'order', indexes: ['order'] },
  'mall.members': { owner: 'customer', indexes: ['customer'] },
  'mall.products': { owner: 'product', indexes: [] },
  'sales.items': { owner: 'enterprise', indexes: ['enterprise'] },
  'sales.revenues': { owner: 'order', indexes: ['order', 'enterprise'] },
  'customer.customers': { owner: 'customer', indexes: [] },
  'customer.enterprises': { owner: 'enterprise', indexes: [] },
  'master.flags': { owner: '*', indexes: ['status'] },
  'master.waiting': { owner: '*', indexes: ['entity'] },
  'master.parked': { owner: '*', indexes: ['entity'] },
  'master.timers': { owner: '*', indexes: ['due', 'entity'] },
  'master.outcomes': { owner: '*', indexes: ['expires'] },
  'management.quarantine': { owner: '*', indexes: ['entity', 'cause'] },
  'management.feeds': { owner: '*', indexes: ['feed'] },
} as const satisfies Record<string, Task>;

export type Collection = keyof typeof TASKS;

export const COLLECTIONS = Object.keys(TASKS) as Collection[];

export function isCollection(name: string): name is Collection {
  return Object.hasOwn(TASKS, name);
}
