import type { PartName } from '../../schemas/events/order.ts';
import { fingerprint } from '../../schemas/key.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Stamp } from '../../schemas/statement.ts';
import type { RecordRef } from '../actor.ts';

/** Statements that have a record of their own, and in which task. */
const TASK_OF = { payment: 'mall.payments', fulfilment: 'mall.deliveries', review: 'mall.boards' } as const;

export type OwnRecordName = keyof typeof TASK_OF;

export function hasOwnRecord(name: string): name is OwnRecordName {
  return Object.hasOwn(TASK_OF, name);
}

/** The last part of the `_id` of a statement's record: the same statement has the same record, whatever it says. */
export function recordId(name: PartName, { source, slot }: Pick<Stamp, 'source' | 'slot'>): string {
  return fingerprint(JSON.stringify([name, source, slot]));
}

export function orderRef(key: MatchingKey): RecordRef {
  return { collection: 'mall.orders', id: key };
}

export function ownRef(key: MatchingKey, name: OwnRecordName, id: string): RecordRef {
  return { collection: TASK_OF[name], id: `${key}.${id}` };
}

export function waitingRef(key: MatchingKey, id: string): RecordRef {
  return { collection: 'master.waiting', id: `${key}.${id}` };
}

export function revenueRef(key: MatchingKey, enterprise: string): RecordRef {
  // Most orders are of one shop, or of none.
  if (last.enterprise !== enterprise) last = { enterprise, id: fingerprint(enterprise) };
  return { collection: 'sales.revenues', id: `${key}.${last.id}` };
}

let last = { enterprise: '', id: fingerprint('') };
