import type {
  Actor,
  ActorMessage,
  DomainEvent,
  Effect,
  FlagBody,
  Records,
  RecordRef,
  TaskRecord,
  Decision,
} from '../../../actors/actor.ts';
import { kindsOf } from '../../../actors/node/kinds.ts';
import { createMatching } from '../../../actors/party/matching.ts';
import type { CanonicalName } from '../../../schemas/canonical/canonical.ts';
import type { Part } from '../../../schemas/canonical/part.ts';
import { kindOfKey } from '../../../schemas/key.ts';

type AnyActor = Actor<unknown>;

/** What the actors of these tests match by. */
export const MATCHING = createMatching({ key: 'a secret of these tests' });

export const ACTORS: Readonly<Record<string, AnyActor>> = Object.fromEntries(kindsOf(MATCHING));

/** A part on its way to the entity that it speaks of. */
export interface Said {
  readonly name: CanonicalName;
  readonly key: string;
  readonly part: Part;
}

interface Entity {
  state: unknown;
  /** Evolved, but not yet projected. */
  pending: DomainEvent[];
}

export type Choose = (below: number) => number;

/**
 * A worker small enough to be believed: it keeps documents as JSON text, forgets states now and then, cuts batches
 * where it is told, and lets effects of different senders overtake one another.
 */
export class Miniature {
  readonly documents = new Map<string, string>();
  readonly flags = new Map<string, string>();
  readonly events = new Map<string, DomainEvent[]>();
  readonly verdicts: Decision['verdict'][] = [];
  readonly sent: Effect[] = [];
  readonly #saved = new Map<string, string>();
  readonly #live = new Map<string, Entity>();
  /** Effects on their way, one queue for each sender and receiver. */
  readonly #effects = new Map<string, ActorMessage[]>();
  readonly #choose: Choose;
  #now = 0;

  constructor(choose: Choose = () => 0) {
    this.#choose = choose;
  }

  /** Hears a batch, then any number of effects that are under way. */
  batch(parts: readonly Said[]): void {
    for (const { name, key, part } of parts) this.hear({ type: 'part', name, key, data: part, now: ++this.#now });
    this.#commit();
    for (let n = this.#choose(4); n > 0; n--) this.#deliverOne();
    this.#commit();
  }

  settle(): void {
    while (this.#deliverOne()) if (this.#choose(3) === 0) this.#commit();
    this.#commit();
  }

  hear(message: ActorMessage): Decision {
    const actor = actorOf(message.key);
    const entity = this.#entity(message.key);
    const needs = actor.needs(entity.state, message);
    if (needs.length > 0) this.#project(message.key);
    const decision = actor.decide(entity.state, clone(message), this.#records(needs));
    this.verdicts.push(decision.verdict);
    if (decision.verdict !== 'accepted') return decision;
    const events = this.events.get(message.key) ?? [];
    this.events.set(message.key, events);
    for (const event of decision.events) {
      entity.state = actor.evolve(entity.state, event);
      entity.pending.push(event);
      events.push(clone(event));
    }
    for (const { key, name, data } of decision.effects ?? []) {
      this.sent.push({ key, name, data });
      const queue = `${message.key} ${key}`;
      const effect = { type: 'effect', name, key, data: clone(data), now: this.#now } as const;
      this.#effects.set(queue, [...(this.#effects.get(queue) ?? []), effect]);
    }
    return decision;
  }

  /** The bodies of every collection, and what the flags refer to, sorted: what an export shows. */
  bodies(): string[] {
    const spoken = [...this.flags].filter(([, flag]) => (JSON.parse(flag) as FlagBody).status !== 'forgotten');
    const flags = spoken.map(([key, flag]) => `master.flags/${key} ${flag}`);
    const documents = [...this.documents].map(
      ([id, json]) => `${id} ${JSON.stringify((JSON.parse(json) as TaskRecord).body)}`,
    );
    return [...flags, ...documents].sort();
  }

  body(collection: string, id: string): Record<string, unknown> | undefined {
    const json = this.documents.get(`${collection}/${id}`);
    return json === undefined ? undefined : { ...(JSON.parse(json) as TaskRecord).body };
  }

  all(collection: string): Record<string, unknown>[] {
    const ids = [...this.documents.keys()].filter((id) => id.startsWith(`${collection}/`)).sort();
    return ids.map((id) => ({ ...(JSON.parse(this.documents.get(id) ?? '') as TaskRecord).body }));
  }

  flag(key: string): unknown {
    return JSON.parse(this.flags.get(key) ?? 'null');
  }

  saved(key: string): unknown {
    return JSON.parse(this.#saved.get(key) ?? 'null');
  }

  #deliverOne(): boolean {
    const queues = [...this.#effects.keys()];
    const queue = queues[this.#choose(queues.length)];
    const [message, ...rest] = queue === undefined ? [] : (this.#effects.get(queue) ?? []);
    if (queue === undefined || message === undefined) return false;
    if (rest.length === 0) this.#effects.delete(queue);
    else this.#effects.set(queue, rest);
    this.hear(message);
    return true;
  }

  #entity(key: string): Entity {
    const live = this.#live.get(key);
    if (live !== undefined) return live;
    const actor = actorOf(key);
    const text = this.#saved.get(key);
    const saved: unknown = text === undefined ? undefined : JSON.parse(text);
    const state =
      saved === undefined ? actor.initial(key) : actor.load(key, saved, this.#records(actor.stateRecords(saved)));
    const entity: Entity = { state, pending: [] };
    this.#live.set(key, entity);
    return entity;
  }

  /** Only what was asked for can be had. */
  #records(refs: readonly RecordRef[]): Records {
    const asked = new Set(refs.map(({ collection, id }) => `${collection}/${id}`));
    return {
      get: ({ collection, id }) => {
        const name = `${collection}/${id}`;
        if (!asked.has(name)) throw new Error(`nobody asked for ${name}`);
        const json = this.documents.get(name);
        return json === undefined ? undefined : (JSON.parse(json) as TaskRecord);
      },
    };
  }

  #project(key: string): void {
    const entity = this.#entity(key);
    const actor = actorOf(key);
    if (entity.pending.length === 0) return;
    const { records, flag } = actor.project(entity.state, entity.pending, this.#records([]));
    entity.pending = [];
    for (const { collection, id, body, meta } of records) {
      if (body === null) this.documents.delete(`${collection}/${id}`);
      else this.documents.set(`${collection}/${id}`, JSON.stringify({ body, meta }));
    }
    this.flags.set(key, JSON.stringify(flag));
    this.#saved.set(key, JSON.stringify(actor.save(entity.state)));
  }

  #commit(): void {
    for (const key of this.#live.keys()) this.#project(key);
    for (const key of this.#live.keys()) if (this.#choose(2) === 1) this.#live.delete(key);
  }
}

function actorOf(key: string): AnyActor {
  const actor = ACTORS[kindOfKey(key) ?? ''];
  if (actor === undefined) throw new Error(`no actor for ${key}`);
  return actor;
}

function clone<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
