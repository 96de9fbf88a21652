import { refName } from '../../schemas/document.ts';
import type { EffectItem, RecordBatch } from '../../schemas/inbox.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import { integrate } from '../../streams/pipeline/integrate.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import type { Decision, DomainEvent, RecordRef, RecordWrite, TaskRecord } from '../../actors/actor.ts';
import { intakeOf } from '../../actors/partition/intake.ts';
import { quarantinedRecord, refusedDelivery } from '../../actors/partition/quarantine.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import type { CommandSent } from './scenario.ts';

/** Bodies by `collection/id`, as JSON text. */
export type Bodies = Map<string, string>;

interface Entity {
  readonly actor: AnyActor;
  state: unknown;
}

type Accepted = Extract<Decision, { verdict: 'accepted' }>;

/** Where and when a commit wrote is no part of a body. */
const NO_STAMP = { partition: 'none.0', seq: 0, at: 0 } as const;

/**
 * What a single thread makes of the same messages, one after another, with no protocol at all: no batches, no
 * partitions, no store; straight through the same stages and the same actors.
 */
export class Model {
  /** How many records of each feed got which verdict. */
  readonly verdicts = new Map<string, number>();
  /** All that an entry may say: where versions of a source reject the same record, what comes last, and any may. */
  readonly readings = new Map<string, Set<string>>();
  private readonly quarantined: Bodies = new Map();
  private readonly entities = new Map<MatchingKey, Entity>();
  private readonly taskRecords = new Map<string, TaskRecord>();
  private readonly actors: ReadonlyMap<string, AnyActor>;
  private readonly stages: readonly StageFunction[];
  private readonly underWay: EffectItem[] = [];

  constructor(actors: ReadonlyMap<string, AnyActor>, stages: readonly StageFunction[]) {
    this.actors = actors;
    this.stages = stages;
  }

  get bodies(): Bodies {
    const bodies = new Map(this.quarantined);
    for (const [name, { body }] of this.taskRecords) bodies.set(name, JSON.stringify(body));
    return bodies;
  }

  hearRecords(batch: RecordBatch): void {
    for (let item = 0; item < batch.records.length; item++) {
      const alone = { lane: 'bulk', position: 1, item, at: 0, body: batch, bytes: 0, lastOfMessage: false } as const;
      this.hearRecord(intakeOf([alone]).records);
      this.hearEffects();
    }
  }

  /** An entry was resolved. */
  forget(entry: string): void {
    this.quarantined.delete(`management.quarantine/${entry}`);
  }

  hearCommand({ key, name, data }: CommandSent): void {
    this.hearAll(key, [{ type: 'command', key, name, data, now: 0 }]);
    this.hearEffects();
  }

  private hearRecord(works: ReturnType<typeof intakeOf>['records']): void {
    for (const stage of this.stages) stage(works);
    for (const work of works) {
      if (work.problem !== null) this.quarantine(quarantinedRecord(NO_STAMP, work));
      const turned = work.problem === null ? 'duplicate' : 'quarantined';
      const delivery = integrate(work, kindOfKey(work.record.key) ?? '', 0);
      const isHeard = work.problem === null && !work.duplicate;
      const verdict = isHeard ? this.hearDelivery(delivery) : turned;
      this.count(`${work.batch.feed} ${verdict === 'refused' ? 'quarantined' : verdict}`);
      if (verdict === 'accepted' || verdict === 'stale') this.underWay.push(...delivery.forward);
    }
  }

  private hearEffects(): void {
    for (let effect = this.underWay.shift(); effect !== undefined; effect = this.underWay.shift()) {
      const { type, key, name, data } = effect;
      if (type === 'record') throw new TypeError('the model sends nothing again');
      const messages = [{ type, name, key, data, now: 0 } as const];
      this.hearDelivery({ key, kind: kindOfKey(key) ?? '', messages, forward: [], origin: { type: 'part' } });
    }
  }

  private hearDelivery(delivery: Delivery): Decision['verdict'] {
    const decision = this.hearAll(delivery.key, delivery.messages);
    if (decision.verdict === 'refused') this.quarantine(refusedDelivery(NO_STAMP, delivery, decision));
    return decision.verdict;
  }

  /** All messages of a delivery, or none of them. */
  private hearAll(key: MatchingKey, messages: readonly ActorMessage[]): Decision {
    const entity = this.entity(key);
    const written = new Map<string, RecordWrite>();
    const heard: Accepted[] = [];
    let state = entity.state;
    let verdict: 'accepted' | 'duplicate' | 'stale' = messages.length === 0 ? 'accepted' : 'duplicate';
    for (const message of messages) {
      const decision = entity.actor.decide(state, message, this.records(written));
      if (decision.verdict === 'refused') return decision;
      if (decision.verdict === 'stale' && verdict === 'duplicate') verdict = 'stale';
      if (decision.verdict !== 'accepted') continue;
      verdict = 'accepted';
      heard.push(decision);
      for (const event of decision.events) state = entity.actor.evolve(state, event);
      this.project(entity.actor, state, decision.events, written, key);
    }
    this.keep(entity, state, written, heard);
    return verdict === 'accepted' ? { verdict, events: [] } : { verdict };
  }

  private project(
    actor: AnyActor,
    state: unknown,
    events: readonly DomainEvent[],
    written: Map<string, RecordWrite>,
    key: MatchingKey,
  ): void {
    const { records, flag } = actor.project(state, events, this.records(written));
    for (const write of records) written.set(refName(write), write);
    const { status, references, facts } = flag;
    const body = { v: 1, kind: actor.kind, status, references, ...(facts === undefined ? {} : { facts }) };
    written.set(`master.flags/${key}`, { collection: 'master.flags', id: key, body });
  }

  private records(written: ReadonlyMap<string, RecordWrite>): { get(ref: RecordRef): TaskRecord | undefined } {
    return {
      get: (ref) => {
        const write = written.get(refName(ref));
        if (write === undefined) return this.taskRecords.get(refName(ref));
        return write.body === null ? undefined : { body: write.body, meta: write.meta };
      },
    };
  }

  private keep(
    entity: Entity,
    state: unknown,
    written: ReadonlyMap<string, RecordWrite>,
    heard: readonly Accepted[],
  ): void {
    entity.state = state;
    for (const [name, { id, body, meta }] of written) {
      if (body === null) this.taskRecords.delete(name);
      else this.taskRecords.set(name, { body: { _id: id, ...body }, meta });
    }
    for (const { effects } of heard) {
      for (const { key, name, data } of effects ?? []) this.underWay.push({ key, type: 'effect', name, data });
    }
  }

  private count(name: string): void {
    this.verdicts.set(name, (this.verdicts.get(name) ?? 0) + 1);
  }

  private quarantine({ id, json }: { readonly id: string; readonly json: string | null }): void {
    const name = `management.quarantine/${id}`;
    this.quarantined.set(name, json ?? '');
    this.readings.set(name, (this.readings.get(name) ?? new Set()).add(json ?? ''));
  }

  private entity(key: MatchingKey): Entity {
    const found = this.entities.get(key);
    if (found !== undefined) return found;
    const actor = this.actors.get(kindOfKey(key) ?? '');
    if (actor === undefined) throw new TypeError(`no actor for ${key}`);
    const entity = { actor, state: actor.initial(key) };
    this.entities.set(key, entity);
    return entity;
  }
}
