import { COLLECTIONS, type Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { InboxBody, RecordBatch } from '../../schemas/inbox.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { FeedDocument, ParkedDocument } from '../../schemas/tasks/books.ts';
import type { QuarantineDocument } from '../../schemas/tasks/quarantine.ts';
import { sentRecord } from '../../actors/partition/intake.ts';
import { outcomeId, type Outcome } from '../../actors/partition/outcomes.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { FIXES } from './corrections.ts';
import { Model, type Bodies } from './model.ts';
import { wrongPartiesOf } from './parties.ts';
import type { CommandSent, Scenario } from './scenario.ts';
import type { LogServer, StoreServer } from './servers.ts';

interface CloudEventLike {
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: object;
}

const ALL = { after: '', limit: Number.MAX_SAFE_INTEGER };

/** The worker's own books; everything else is a function of the set of records. */
const BOOKS: readonly Collection[] = [
  ...(['management.feeds', 'management.resolutions', 'management.exports'] as const),
  ...(['master.parked', 'master.timers', 'master.outcomes'] as const),
];

/** What is wrong with the end of a run. */
export function checkEnd(scenario: Scenario, log: LogServer, store: StoreServer): string[] {
  const found = bodiesOf(store);
  return [
    ...checkBodies(found, modelOf(scenario, log, store), scenario.comparable),
    ...wrongPartiesOf(found, acceptedCommands(scenario, store)),
    ...checkEvents(
      log,
      store,
      found,
      scenario.actors(() => undefined),
    ),
    ...checkAccounting(scenario, log, store),
    ...checkFixes(log, store),
    ...checkTimers(store),
    ...store.usurped,
  ];
}

/** Poison parks its own key only: all others are right although it is there still. */
export function checkUnparked(
  scenario: Scenario,
  log: LogServer,
  store: StoreServer,
  parked: ReadonlySet<MatchingKey>,
): string[] {
  // What waits behind a parked ledger is missing elsewhere too; that it is heard in the end is checked at the end.
  const known = [...parked].every((key) => scenario.independent.includes(kindOfKey(key) ?? ''));
  if (parked.size === 0 || !known) return [];
  const isFree = (name: string): boolean => {
    const key = name.slice(name.indexOf('/') + 1);
    return scenario.independent.includes(kindOfKey(key) ?? '') && !parked.has(key);
  };
  const free = (bodies: Bodies): Bodies => new Map([...bodies].filter(([name]) => isFree(name)));
  const { bodies, readings } = modelOf(scenario, log, store);
  const violations = checkBodies(free(bodiesOf(store)), { bodies: free(bodies), readings }, scenario.comparable);
  return violations.map((violation) => `while ${[...parked].join(', ')} was parked: ${violation}`);
}

export function parkedKeys(store: StoreServer): Set<MatchingKey> {
  const parked = store.page('master.parked', ALL).map(({ json }) => JSON.parse(json ?? '') as ParkedDocument);
  const entries = store
    .page('management.quarantine', ALL)
    .map(({ json }) => JSON.parse(json ?? '') as QuarantineDocument);
  const waiting = entries.filter(({ type }) => type === 'poison' || type === 'overflow');
  return new Set([...parked, ...waiting].map(({ entity }) => entity));
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

export function sumOfSeqs(store: StoreServer): number {
  return store.progress().reduce((sum, { seq }) => sum + seq, 0);
}

/** What persons said of somebody who had been heard of by then: whoever comes too early is told so. */
function acceptedCommands({ commands }: Scenario, store: StoreServer): CommandSent[] {
  return commands.filter((command) => {
    const [outcome] = store.load([{ collection: 'master.outcomes', id: outcomeId(command) }]);
    return (JSON.parse(outcome?.json ?? '{}') as Partial<Outcome>).status === 'done';
  });
}

interface Folded {
  readonly batches: number;
  readonly commands: number;
  readonly bodies: Bodies;
  readonly readings: Model['readings'];
  readonly verdicts: ReadonlyMap<string, number>;
}

// While nothing new was fed, the model says what it said before.
const folded = new WeakMap<LogServer, Folded>();

/** The model's bodies; it hears the records in the order of the log: what reached it twice is heard twice. */
function modelOf(scenario: Scenario, log: LogServer, store: StoreServer): Folded {
  const batches = log.appended.filter(({ lane }) => lane === 'bulk');
  const known = folded.get(log);
  const commands = acceptedCommands(scenario, store);
  if (known?.batches === batches.length && known.commands === commands.length) return known;
  const model = new Model(
    scenario.actors(() => undefined),
    scenario.stages,
  );
  for (const { body } of batches) model.hearRecords(JSON.parse(body) as RecordBatch);
  for (const { entry, send } of scenario.corrections) {
    model.forget(entry);
    if (send !== null) model.hearRecords(sentRecord(send).batch);
  }
  for (const command of commands) model.hearCommand(command);
  const { bodies, readings, verdicts } = model;
  const result = { batches: batches.length, commands: commands.length, bodies, readings, verdicts };
  folded.set(log, result);
  return result;
}

function bodiesOf(store: StoreServer): Bodies {
  const bodies: Bodies = new Map();
  for (const collection of COLLECTIONS) {
    if (BOOKS.includes(collection)) continue;
    for (const { id, json } of store.page(collection, ALL)) bodies.set(`${collection}/${id}`, json ?? '');
  }
  return bodies;
}

/** Bodies must equal the model's, exactly. */
function checkBodies(
  found: Bodies,
  { bodies, readings }: Pick<Folded, 'bodies' | 'readings'>,
  comparable: (body: string) => string,
): string[] {
  const violations: string[] = [];
  for (const [name, body] of bodies) {
    const there = found.get(name);
    if (there !== undefined && readings.get(name)?.has(there) === true) continue;
    if (there === body || (there !== undefined && comparable(there) === comparable(body))) continue;
    if (isForgotten(body) && (there === undefined || isForgotten(there))) continue;
    violations.push(`${name} is ${there ?? 'missing'}, the model says ${body}`);
  }
  for (const [name, body] of found) {
    if (!bodies.has(name) && !isForgotten(body)) violations.push(`${name} is there, the model has none: ${body}`);
  }
  return violations;
}

/** A flag that stays only because its entity had events is part of no export. */
function isForgotten(body: string): boolean {
  return body.includes('"status":"forgotten"');
}

/** Events of an entity are numbered from 1 without gaps, each once, and fold to its bodies. */
function checkEvents(
  log: LogServer,
  store: StoreServer,
  found: Bodies,
  actors: ReadonlyMap<string, AnyActor>,
): string[] {
  const violations: string[] = [];
  const byEntity = eventsByEntity(log);
  for (const flag of store.page('master.flags', ALL)) {
    const events = byEntity.get(flag.id) ?? [];
    byEntity.delete(flag.id);
    violations.push(...checkEntity(flag, events, found, actors));
  }
  for (const key of byEntity.keys()) violations.push(`${key} has events and no flag`);
  return violations;
}

function eventsByEntity(log: LogServer): Map<MatchingKey, CloudEventLike[]> {
  const byEntity = new Map<MatchingKey, CloudEventLike[]>();
  for (const { body } of log.history) {
    for (const event of JSON.parse(body) as CloudEventLike[]) {
      const events = byEntity.get(event.subject);
      if (events === undefined) byEntity.set(event.subject, [event]);
      else events.push(event);
    }
  }
  return byEntity;
}

function checkEntity(
  { id: key, version }: StoredDocument,
  events: readonly CloudEventLike[],
  found: Bodies,
  actors: ReadonlyMap<string, AnyActor>,
): string[] {
  if (events.some(({ sequence }, index) => Number(sequence) !== index + 1) || events.length !== version) {
    return [`${key} is at version ${version}, its events are ${events.map(({ sequence }) => sequence).join(' ')}`];
  }
  const actor = actors.get(kindOfKey(key) ?? '');
  if (actor === undefined) return [`${key} is of no kind`];
  const notes = ['parked', 'unparked', 'restated'].map((note) => `${actor.kind}.${note}`);
  const own = events.filter(({ type }) => !notes.includes(type));
  const state = own.reduce((before, event) => actor.evolve(before, event), actor.initial(key));
  const { records } = actor.project(state, own, { get: () => undefined });
  const last = new Map(records.map((record) => [`${record.collection}/${record.id}`, record]));
  return [...last]
    .filter(
      ([name, { id, body }]) => found.get(name) !== (body === null ? undefined : JSON.stringify({ _id: id, ...body })),
    )
    .map(([name]) => `${name} is not what the events of ${key} fold to: ${found.get(name) ?? 'missing'}`);
}

/**
 * Promise 7: every record that reached the log has exactly one verdict, and it is the model's. Where keys were parked,
 * poisoned messages were quarantined and those behind them accepted, whatever their actor said when they were redriven;
 * where records were corrected, it depends on when they came whether another one says the same again.
 */
function checkAccounting(scenario: Scenario, log: LogServer, store: StoreServer): string[] {
  const { verdicts } = modelOf(scenario, log, store);
  const isFree = scenario.corrections.length > 0 || log.history.some(({ body }) => body.includes('.parked"'));
  const counted = new Map<string, number>();
  for (const { json } of store.page('management.feeds', ALL)) {
    const { feed, ...counts } = JSON.parse(json ?? '{}') as Record<string, number> & { feed: string };
    if (feed === FIXES) continue;
    for (const verdict of ['accepted', 'duplicate', 'stale', 'quarantined']) {
      const name = isFree ? feed : `${feed} ${verdict}`;
      counted.set(name, (counted.get(name) ?? 0) + (counts[verdict] ?? 0));
    }
  }
  const expected = new Map<string, number>();
  for (const [verdict, count] of verdicts) {
    if (verdict.startsWith(`${FIXES} `)) continue;
    const name = isFree ? verdict.slice(0, verdict.lastIndexOf(' ')) : verdict;
    expected.set(name, (expected.get(name) ?? 0) + count);
  }
  return [...new Set([...counted.keys(), ...expected.keys()])]
    .filter((name) => (counted.get(name) ?? 0) !== (expected.get(name) ?? 0))
    .map((name) => `${name}: ${counted.get(name) ?? 0} records were counted, ${expected.get(name) ?? 0} received`);
}

/**
 * A corrected record is sent as often as its entry is resolved, and that may be several times, since the same record may
 * come again: but whatever was sent has one verdict.
 */
function checkFixes(log: LogServer, store: StoreServer): string[] {
  const sent = new Map<string, number>();
  for (const { partition, lane, body } of log.appended) {
    const message = lane === 'fast' ? (JSON.parse(body) as InboxBody) : undefined;
    if (message?.type !== 'effects') continue;
    const { from, seq, chunk, items } = message;
    sent.set(`${partition} ${from} ${seq} ${chunk}`, items.filter(({ type }) => type === 'record').length);
  }
  const expected = [...sent.values()].reduce((sum, n) => sum + n, 0);
  const feeds = store.page('management.feeds', ALL).map(({ json }) => JSON.parse(json ?? '{}') as FeedDocument);
  const counted = feeds.filter(({ feed }) => feed === FIXES).reduce((sum, { received }) => sum + received, 0);
  return counted === expected ? [] : [`${expected} corrected records were sent, ${counted} counted`];
}

/** Every entity's last timer fires, and none is left. */
function checkTimers(store: StoreServer): string[] {
  return store
    .page('mall.orders', ALL)
    .filter(({ json }) => {
      const { generation, ticked } = JSON.parse(json ?? '{}') as { generation?: number; ticked?: number };
      return generation !== ticked;
    })
    .map(({ id }) => `${id}: its last timer never fired`);
}
