import { COLLECTIONS, type Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { RecordBatch } from '../../schemas/inbox.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { ParkedBody } from '../../actors/partition/parking.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { outcomeId, type Outcome } from '../../actors/partition/outcomes.ts';
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
const BOOKS: readonly Collection[] = ['management.feeds', 'master.parked', 'master.timers', 'master.outcomes'];

/** What is wrong with the end of a run. */
export function checkEnd(scenario: Scenario, log: LogServer, store: StoreServer): string[] {
  const found = bodiesOf(store);
  return [
    ...checkBodies(found, modelOf(scenario, log, store).bodies, scenario.comparable),
    ...wrongPartiesOf(found, acceptedCommands(scenario, store)),
    ...checkEvents(
      log,
      store,
      found,
      scenario.actors(() => undefined),
    ),
    ...checkAccounting(scenario, log, store),
    ...checkTimers(store),
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
  const violations = checkBodies(
    free(bodiesOf(store)),
    free(modelOf(scenario, log, store).bodies),
    scenario.comparable,
  );
  return violations.map((violation) => `while ${[...parked].join(', ')} was parked: ${violation}`);
}

export function parkedKeys(store: StoreServer): Set<MatchingKey> {
  const parked = store.page('master.parked', ALL).map(({ json }) => JSON.parse(json ?? '') as ParkedBody);
  return new Set(parked.map(({ entity }) => entity));
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
  return store.checkpoints().reduce((sum, { seq }) => sum + seq, 0);
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
  for (const command of commands) model.hearCommand(command);
  const result = { batches: batches.length, commands: commands.length, bodies: model.bodies, verdicts: model.verdicts };
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
function checkBodies(found: Bodies, model: Bodies, comparable: (body: string) => string): string[] {
  const violations: string[] = [];
  for (const [name, body] of model) {
    const there = found.get(name);
    if (there === body || (there !== undefined && comparable(there) === comparable(body))) continue;
    if (isForgotten(body) && (there === undefined || isForgotten(there))) continue;
    violations.push(`${name} is ${there ?? 'missing'}, the model says ${body}`);
  }
  for (const [name, body] of found) {
    if (!model.has(name) && !isForgotten(body)) violations.push(`${name} is there, the model has none: ${body}`);
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
  const own = events.filter(({ type }) => type !== `${actor.kind}.parked` && type !== `${actor.kind}.unparked`);
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
 * poisoned messages were quarantined and those behind them accepted, whatever their actor said when they were redriven.
 */
function checkAccounting(scenario: Scenario, log: LogServer, store: StoreServer): string[] {
  const { verdicts } = modelOf(scenario, log, store);
  const wasParked = log.history.some(({ body }) => body.includes('.parked"'));
  const counted = new Map<string, number>();
  for (const { json } of store.page('management.feeds', ALL)) {
    const { feed, ...counts } = JSON.parse(json ?? '{}') as Record<string, number> & { feed: string };
    for (const verdict of ['accepted', 'duplicate', 'stale', 'quarantined']) {
      const name = wasParked ? feed : `${feed} ${verdict}`;
      counted.set(name, (counted.get(name) ?? 0) + (counts[verdict] ?? 0));
    }
  }
  const expected = new Map<string, number>();
  for (const [verdict, count] of verdicts) {
    const name = wasParked ? verdict.slice(0, verdict.lastIndexOf(' ')) : verdict;
    expected.set(name, (expected.get(name) ?? 0) + count);
  }
  return [...new Set([...counted.keys(), ...expected.keys()])]
    .filter((name) => (counted.get(name) ?? 0) !== (expected.get(name) ?? 0))
    .map((name) => `${name}: ${counted.get(name) ?? 0} records were counted, ${expected.get(name) ?? 0} received`);
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
