import { COLLECTIONS, TASKS, type Collection, type Task } from '../../config/tasks.ts';
import type { Restate } from '../../schemas/command.ts';
import { refName, type StoredDocument } from '../../schemas/document.ts';
import { partitionOf, type MatchingKey } from '../../schemas/key.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { PartitionCounts } from '../../schemas/partition.ts';
import type { RecordWrite } from '../actor.ts';
import { truthOfEvents, truthOfState, type KeptEvent, type Truth, type Untold } from '../verify/truth.ts';
import { documentsOf, type Stamp } from './encode.ts';
import { EntityRecords } from './entity-records.ts';
import type { Limits } from './limits.ts';
import type { Redriver } from './redrive.ts';
import type { AnyActor, Resident } from './resident.ts';
import { Turn, type Heard } from './turn.ts';

/** What writing entities anew needs of the batch that it happens in. */
export interface RestatingHost {
  readonly stamp: Stamp;
  readonly redrive: Redriver;
  readonly limits: Pick<Limits, 'documentBytes' | 'commitBytes'>;
  readonly counts: PartitionCounts;
  readonly actorOf: (key: MatchingKey) => AnyActor;
  /** Whether a message of the batch is for it. */
  readonly isHere: (key: MatchingKey) => boolean;
  readonly restated: (turn: Turn, documents: readonly StoredDocument[]) => void;
}

/**
 * Versions that an entity may have to go on by, so that its documents are written over ones that another hand has given
 * a later version: each is an event, for versions count events.
 */
const MOST_STEPS = 1000;

/**
 * Writes the documents of entities anew, whatever the store has: from their events where all of them are kept, else from
 * their state. It is an event of its own (`<kind>.restated`), so versions go on, late writes find later ones, and taps
 * see it; nothing that the entity has told others is told again, because nothing of it has changed.
 */
export class Restating {
  private readonly host: RestatingHost;
  private bytes = 0;

  constructor(host: RestatingHost) {
    this.host = host;
  }

  /** What could not be done, nor said of any other, is found by whoever looks again. */
  async hear({ entities }: Restate): Promise<Heard> {
    const history = await this.host.redrive.history(new Set(entities));
    const refused: string[] = [];
    for (const key of new Set(entities)) {
      const why = await this.one(key, history.get(key) ?? []);
      if (why !== null) refused.push(`${key}: ${why}`);
    }
    if (refused.length === 0) return { verdict: 'accepted' };
    const reason = refused.join('; ').slice(0, REASON_LENGTH);
    return { verdict: 'refused', refusal: { verdict: 'refused', code: 'MF_NOT_RESTATED', reason } };
  }

  /** Why it was not done, or null. */
  private async one(key: MatchingKey, events: readonly KeptEvent[]): Promise<string | null> {
    const { stamp, limits, actorOf, isHere } = this.host;
    const actor = actorOf(key);
    if (partitionOf(actor.kind, key, this.host.counts) !== stamp.partition) return `${stamp.partition} does not own it`;
    if (isHere(key)) return 'something else was heard of it in the same commit; ask again';
    if (this.bytes > limits.commitBytes) return 'the commit is full; ask again';
    const there = await this.documents(actor.kind, key);
    const truth = truthOf(actor, key, events, there);
    if (truth.by === null) return truth.why;
    const writes = writesOf(truth, there);
    const version = await this.versionPast(truth, there, writes);
    if (version - truth.version > MOST_STEPS) return `another hand has given it version ${version - 1}`;
    const turn = this.turn(key, actor, truth, writes, version);
    try {
      const documents = documentsOf(turn, stamp, limits.documentBytes);
      this.bytes += documents.reduce((sum, { json, meta }) => sum + (json?.length ?? 0) + meta.length, 0);
      this.host.restated(turn, documents);
      return null;
    } catch (error) {
      if (error instanceof MasterflagError && error.code === 'MF_DOCUMENT_TOO_LARGE') return error.message;
      throw error;
    }
  }

  private turn(key: MatchingKey, actor: AnyActor, truth: Truth, writes: readonly RecordWrite[], version: number): Turn {
    const { stamp } = this.host;
    const records = new EntityRecords();
    records.add(writes);
    const resident: Resident = {
      ...{ key, actor, version: truth.version, state: truth.state, parked: truth.parked, held: null, records },
      ...{ bytes: 256, pinnedUntil: stamp.seq },
    };
    const turn = new Turn(resident);
    turn.flag = truth.flag;
    turn.writes.add(writes);
    const event = { type: `${actor.kind}.restated`, data: { by: truth.by } };
    for (let n = truth.version; n < version; n++) turn.note(event, stamp.at);
    return turn;
  }

  /** A version that nothing of the entity in the store has, tombstones included; of other partitions, all is overwritten. */
  private async versionPast(
    truth: Truth,
    there: readonly StoredDocument[],
    writes: readonly RecordWrite[],
  ): Promise<number> {
    const written = await this.host.redrive.documents(writes.map(({ collection, id }) => ({ collection, id })));
    const versions = [...there, ...written]
      .filter(({ partition }) => partition === this.host.stamp.partition)
      .map(({ version }) => version);
    return versions.reduce((most, version) => Math.max(most, version), truth.version) + 1;
  }

  private async documents(kind: string, key: MatchingKey): Promise<StoredDocument[]> {
    const { redrive } = this.host;
    const collections = COLLECTIONS.filter((collection) => isOfActor(collection, kind));
    const alone = collections.filter((collection) => prefixOf(collection) === undefined);
    const found = await redrive.documents(alone.map((collection) => ({ collection, id: key })));
    for (const collection of collections) {
      const prefix = prefixOf(collection);
      if (prefix !== undefined) found.push(...(await redrive.recordsOf(collection, prefix, key)));
    }
    return found;
  }
}

const REASON_LENGTH = 2000;

function prefixOf(collection: Collection): string | undefined {
  const { prefix }: Task = TASKS[collection];
  return prefix;
}

/** The collections that the actor of a kind writes: its own, flags, and what waits for its entities. */
function isOfActor(collection: Collection, kind: string): boolean {
  if (collection === 'master.flags' || collection === 'master.waiting') return true;
  const { owner, prefix, everyEntity }: Task = TASKS[collection];
  return owner === kind && (prefix !== undefined || everyEntity === true);
}

function truthOf(
  actor: AnyActor,
  key: MatchingKey,
  events: readonly KeptEvent[],
  there: readonly StoredDocument[],
): Truth | Untold {
  const told = truthOfEvents(actor, key, events);
  if (told.by !== null) return told;
  const flag = there.find(({ collection, json }) => collection === 'master.flags' && json !== null);
  return flag === undefined ? told : truthOfState(actor, flag, new Map(there.map((one) => [refName(one), one])));
}

/** What must be there, and the end of what must not. */
function writesOf(truth: Truth, there: readonly StoredDocument[]): RecordWrite[] {
  const live = new Map(there.filter(({ json }) => json !== null).map((document) => [refName(document), document]));
  const wanted = [...truth.records].flatMap(([name, write]) => (write.body !== null || live.has(name) ? [write] : []));
  const invented = truth.by === 'events' ? [...live].filter(([name]) => !truth.records.has(name)) : [];
  const ends = invented
    .filter(([, { collection }]) => collection !== 'master.flags')
    .map(([, { collection, id }]): RecordWrite => ({ collection: collection as Collection, id, body: null }));
  return [...wanted, ...ends];
}
