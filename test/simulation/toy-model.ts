import type { RecordBatch } from '../../schemas/inbox.ts';
import { refName } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { TaskRecord } from '../../actors/actor.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import type { LogServer } from './servers.ts';
import type { ToyFeed } from './toy-feed.ts';
import { ledger, tally, type PutPart } from './toys.ts';

/** Bodies by `collection/id`, as JSON text; what a single thread makes of the same records, with no protocol at all. */
export type Bodies = Map<string, string>;

interface Entity {
  readonly actor: AnyActor;
  state: unknown;
}

/** Folds the log's records in their order, one after another, straight through the same actors. */
export class ToyModel {
  readonly bodies: Bodies = new Map();
  readonly records: number;
  private readonly entities = new Map<MatchingKey, Entity>();
  private readonly taskRecords = new Map<string, TaskRecord>();
  private readonly actors: ReadonlyMap<string, AnyActor>;

  constructor(log: LogServer, feed: ToyFeed) {
    this.actors = new Map([
      ['tally', tally({ poison: () => undefined }) as AnyActor],
      ['ledger', ledger as AnyActor],
    ]);
    let records = 0;
    for (const { lane, body } of log.appended) {
      if (lane !== 'bulk') continue;
      for (const { key, raw } of (JSON.parse(body) as RecordBatch).records) {
        records += 1;
        this.hear(key, 'part', 'put', { body: raw as PutPart });
      }
    }
    for (const { key, amount } of feed.commands) this.hear(key, 'command', 'add', { amount });
    this.records = records;
  }

  private hear(key: MatchingKey, type: 'part' | 'effect' | 'command', name: string, data: unknown): void {
    const entity = this.entity(key);
    const records = { get: (ref: Parameters<typeof refName>[0]) => this.taskRecords.get(refName(ref)) };
    const decision = entity.actor.decide(entity.state, { type, name, key, data, now: 0 }, records);
    if (decision.verdict !== 'accepted') return;
    for (const event of decision.events) entity.state = entity.actor.evolve(entity.state, event);
    for (const { collection, id, body } of entity.actor.project(entity.state, decision.events, records).records) {
      const name_ = refName({ collection, id });
      if (body === null) {
        this.taskRecords.delete(name_);
        this.bodies.delete(name_);
      } else {
        this.taskRecords.set(name_, { body });
        this.bodies.set(name_, JSON.stringify({ _id: id, ...body }));
      }
    }
    for (const effect of decision.effects ?? []) this.hear(effect.key, 'effect', effect.name, effect.data);
  }

  private entity(key: MatchingKey): Entity {
    const found = this.entities.get(key);
    if (found !== undefined) return found;
    const actor = this.actors.get(key.split('.')[1] ?? '');
    if (actor === undefined) throw new TypeError(`no toy for ${key}`);
    const entity = { actor, state: actor.initial(key) };
    this.entities.set(key, entity);
    return entity;
  }
}
