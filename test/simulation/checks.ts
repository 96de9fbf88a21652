import type { PartitionId } from '../../schemas/partition.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { recordsOf } from '../../actors/partition/resident.ts';
import type { LogServer, StoreServer } from './servers.ts';
import type { Bodies } from './toy-model.ts';

interface CloudEventLike {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: object;
}

const ALL = { after: '', limit: Number.MAX_SAFE_INTEGER };

/** Bodies of these collections must equal the model's, exactly. */
export function checkBodies(store: StoreServer, collections: readonly string[], model: Bodies, compare: (body: string) => string): string[] {
  const found = new Map<string, string>();
  for (const collection of collections) {
    for (const { id, json } of store.page(collection, ALL)) found.set(`${collection}/${id}`, compare(json ?? ''));
  }
  const violations: string[] = [];
  for (const [name, body] of model) {
    if (found.get(name) !== compare(body)) violations.push(`${name} is ${found.get(name) ?? 'missing'}, the model says ${compare(body)}`);
  }
  for (const name of found.keys()) if (!model.has(name)) violations.push(`${name} is there, the model has none`);
  return violations;
}

/** Events of an entity are numbered from 1 without gaps, each once, and fold to its body. */
export function checkEvents(log: LogServer, store: StoreServer, actors: ReadonlyMap<string, AnyActor>, mainOf: (key: string) => string): string[] {
  const violations: string[] = [];
  const byEntity = new Map<string, CloudEventLike[]>();
  for (const { body } of log.history) {
    for (const event of JSON.parse(body) as CloudEventLike[]) byEntity.set(event.subject, [...(byEntity.get(event.subject) ?? []), event]);
  }
  const flags = new Map(store.page('master.flags', ALL).map((flag) => [flag.id, flag]));
  for (const [key, flag] of flags) {
    const events = byEntity.get(key) ?? [];
    if (events.some(({ sequence }, index) => Number(sequence) !== index + 1) || events.length !== flag.version) {
      violations.push(`${key} is at version ${flag.version}, its events are ${events.map(({ sequence }) => sequence).join(' ')}`);
      continue;
    }
    const actor = actors.get(key.split('.')[1] ?? '');
    if (actor === undefined) continue;
    const own = events.filter(({ type }) => !type.endsWith('arked'));
    const state = own.reduce((before, event) => actor.evolve(before, event), actor.initial(key));
    const main = actor.project(state, own, recordsOf(new Map())).records.find(({ collection, id }) => `${collection}/${id}` === mainOf(key));
    const stored = store.load([{ collection: mainOf(key).split('/')[0] ?? '', id: key }])[0]?.json;
    if (main !== undefined && JSON.stringify({ _id: key, ...main.body }) !== stored) violations.push(`${key}: events do not fold to its body ${stored ?? 'none'}`);
  }
  for (const key of byEntity.keys()) if (!flags.has(key)) violations.push(`${key} has events and no flag`);
  return violations;
}

/** Promise 7: every record that reached the log has exactly one verdict. */
export function checkAccounting(log: LogServer, store: StoreServer): string[] {
  const received = log.appended
    .filter(({ lane }) => lane === 'bulk')
    .reduce((sum, { body }) => sum + (JSON.parse(body) as { records: unknown[] }).records.length, 0);
  let counted = 0;
  for (const { json } of store.page('management.feeds', ALL)) {
    const { accepted, duplicate, stale, quarantined } = JSON.parse(json ?? '{}') as Record<string, number>;
    counted += (accepted ?? 0) + (duplicate ?? 0) + (stale ?? 0) + (quarantined ?? 0);
  }
  return received === counted ? [] : [`${received} records were received, ${counted} have a verdict`];
}

/** Whether every partition has applied all that its lanes hold. */
export function isQuiet(log: LogServer, store: StoreServer, partitions: readonly PartitionId[]): boolean {
  return partitions.every((partition) => {
    const checkpoint = store.checkpoint(partition);
    if (checkpoint === undefined) return false;
    const { fast, bulk } = checkpoint.positions;
    return fast.after >= log.tail(partition, 'fast') && bulk.after >= log.tail(partition, 'bulk');
  });
}
