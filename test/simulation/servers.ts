import { isCollection, prefixOf, prefixRange, TASKS } from '../../config/tasks.ts';
import { unopened, type Checkpoint } from '../../schemas/checkpoint.ts';
import { refName, type DocumentRef, type IndexKey, type StoredDocument } from '../../schemas/document.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { EventsAppend, EventsMessage, EventsTail, InboxMessage, ReadLimit } from '../../streams/log.ts';
import { progressOf, type ApplyReport, type Page, type Progress, type Size } from '../../store/store.ts';

/** What a server does right; the simulator leaves one out to show that it would notice. */
export interface ServerRules {
  readonly epochInFilter: boolean;
  readonly seqInFilter: boolean;
  readonly versionGuard: boolean;
  readonly tombstones: boolean;
  readonly keepLastEvent: boolean;
}

export const SERVER_RULES: ServerRules = Object.freeze({
  epochInFilter: true,
  seqInFilter: true,
  versionGuard: true,
  tombstones: true,
  keepLastEvent: true,
});

/** The log server: every operation happens at once and is durable. Delays and lost answers are the wire's. */
export class LogServer {
  readonly identity: string;
  /** All events ever appended, trimmed or not, for checking. */
  readonly history: { partition: PartitionId; body: string }[] = [];
  /** Every message ever appended, trimmed or not, in order. */
  readonly appended: { partition: PartitionId; lane: Lane; body: string }[] = [];
  private position = 0;
  private readonly inbox = new Map<string, InboxMessage[]>();
  private readonly tails = new Map<string, number>();
  private readonly events = new Map<PartitionId, EventsMessage[]>();
  private readonly rules: ServerRules;
  private readonly now: () => number;

  constructor(rules: ServerRules, now: () => number, identity = 'simulated') {
    this.rules = rules;
    this.now = now;
    this.identity = identity;
  }

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): number[] {
    const messages = this.lane(partition, lane);
    return bodies.map((body) => {
      this.position += 1;
      messages.push({ position: this.position, at: this.now(), body });
      this.appended.push({ partition, lane, body });
      this.tails.set(`${partition}/${lane}`, this.position);
      return this.position;
    });
  }

  read(partition: PartitionId, lane: Lane, after: number, limit: ReadLimit): InboxMessage[] {
    return upTo(this.lane(partition, lane), after, limit);
  }

  pending(partition: PartitionId, lane: Lane, after: number, most: number): number {
    return Math.min(most, this.lane(partition, lane).filter(({ position }) => position > after).length);
  }

  tail(partition: PartitionId, lane: Lane): number {
    return this.tails.get(`${partition}/${lane}`) ?? 0;
  }

  appendEvents(
    partition: PartitionId,
    { seq, chunk, body }: EventsAppend,
    expected: number,
  ): { position: number } | 'conflict' {
    if (this.eventsTail(partition).position !== expected) return 'conflict';
    this.position += 1;
    this.subject(partition).push({ position: this.position, seq, chunk, at: this.now(), body });
    this.history.push({ partition, body });
    return { position: this.position };
  }

  eventsTail(partition: PartitionId): EventsTail {
    const { position, seq, chunk } = this.subject(partition).at(-1) ?? { position: 0, seq: 0, chunk: 0 };
    return { position, seq, chunk };
  }

  readEvents(partition: PartitionId, after: number, limit: ReadLimit): EventsMessage[] {
    return upTo(this.subject(partition), after, limit);
  }

  trimInbox(applied: ReadonlyMap<PartitionId, Readonly<Record<Lane, number>>>, before: number): number {
    let trimmed = 0;
    for (const [name, messages] of this.inbox) {
      const slash = name.indexOf('/');
      const position = applied.get(name.slice(0, slash) as PartitionId)?.[name.slice(slash + 1) as Lane] ?? 0;
      const kept = messages.filter((message) => message.position > position || message.at >= before);
      trimmed += messages.length - kept.length;
      this.inbox.set(name, kept);
    }
    return trimmed;
  }

  trimEvents(before: number): number {
    let trimmed = 0;
    for (const [partition, messages] of this.events) {
      const last = this.rules.keepLastEvent ? messages.at(-1) : undefined;
      const kept = messages.filter((message) => message.at >= before || message === last);
      trimmed += messages.length - kept.length;
      this.events.set(partition, kept);
    }
    return trimmed;
  }

  private lane(partition: PartitionId, lane: Lane): InboxMessage[] {
    const name = `${partition}/${lane}`;
    const messages = this.inbox.get(name) ?? [];
    this.inbox.set(name, messages);
    return messages;
  }

  private subject(partition: PartitionId): EventsMessage[] {
    const messages = this.events.get(partition) ?? [];
    this.events.set(partition, messages);
    return messages;
  }
}

function upTo<T extends { position: number; body: string }>(
  messages: readonly T[],
  after: number,
  limit: ReadLimit,
): T[] {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.position ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  let bytes = 0;
  for (let i = low; i < messages.length && found.length < limit.messages; i++) {
    const message = messages[i] as T;
    bytes += message.body.length;
    if (found.length > 0 && bytes > limit.bytes) break;
    found.push(message);
  }
  return found;
}

/** The store server: single-document atomicity, nothing more. */
export class StoreServer {
  /** Commits that counted although another opening had taken their partition over, for checking. */
  readonly usurped: string[] = [];
  private readonly checkpoints_ = new Map<PartitionId, Checkpoint>();
  private readonly documents = new Map<string, Map<string, StoredDocument>>();
  private readonly rules: ServerRules;

  constructor(rules: ServerRules) {
    this.rules = rules;
  }

  takeOver(partition: PartitionId, owner: string): Checkpoint {
    const found = this.checkpoints_.get(partition) ?? unopened(partition);
    const taken = { ...found, epoch: found.epoch + 1, openings: found.openings + 1, owner };
    this.checkpoints_.set(partition, taken);
    return taken;
  }

  commit(next: Checkpoint): 'committed' | 'refused' {
    const found = this.checkpoints_.get(next.id);
    if (found === undefined) return 'refused';
    if (this.rules.epochInFilter && found.epoch !== next.epoch) return 'refused';
    if (this.rules.seqInFilter && found.seq !== next.seq - 1) return 'refused';
    if (found.epoch !== next.epoch)
      this.usurped.push(`${next.owner} wrote ${next.id}/${next.seq} after ${found.owner}`);
    this.checkpoints_.set(next.id, next);
    return 'committed';
  }

  checkpoint(partition: PartitionId): Checkpoint | undefined {
    return this.checkpoints_.get(partition);
  }

  progress(partitions?: readonly PartitionId[]): Progress[] {
    const ids = partitions ?? [...this.checkpoints_.keys()];
    const found = ids.flatMap((id) => this.checkpoints_.get(id) ?? []);
    return found.sort((a, b) => compare(a.id, b.id)).map(progressOf);
  }

  /** Writes one document: the unit that a real store writes atomically. */
  applyOne(next: StoredDocument): ApplyReport {
    const collection = this.collection(next.collection);
    refuseOtherKeys(next);
    const found = collection.get(next.id);
    const foreign = found !== undefined && found.partition !== next.partition;
    if (this.rules.versionGuard && found !== undefined && !foreign && found.version >= next.version)
      return { foreign: [] };
    if (next.json === null && !this.rules.tombstones) collection.delete(next.id);
    else collection.set(next.id, next);
    return { foreign: foreign ? [{ collection: next.collection, id: next.id }] : [] };
  }

  load(refs: readonly DocumentRef[]): StoredDocument[] {
    const found = new Map<string, StoredDocument>();
    for (const ref of refs) {
      const document = this.collection(ref.collection).get(ref.id);
      if (document !== undefined) found.set(refName(ref), document);
    }
    return [...found.values()];
  }

  query(collection: string, index: string, value: IndexKey, page: Page): StoredDocument[] {
    if (isCollection(collection) && index === prefixOf(collection)) {
      const [after, before] = prefixRange(String(value));
      return this.page(collection, page, ({ id }) => id > after && id < before);
    }
    const at = indexOf(collection, index);
    return this.page(collection, page, (document) => document.keys[at] === value);
  }

  range(collection: string, index: string, from: IndexKey, to: IndexKey, limit: number): StoredDocument[] {
    const at = indexOf(collection, index);
    const key = (document: StoredDocument): string | number => document.keys[at] ?? '';
    const isWithin = (value: string | number): boolean =>
      typeof value === typeof from && value >= (from ?? '') && value <= (to ?? '');
    return this.live(collection)
      .filter((document) => isWithin(key(document)))
      .sort((a, b) => compare(key(a), key(b)) || compare(a.id, b.id))
      .slice(0, limit);
  }

  page(
    collection: string,
    { after, limit }: Page,
    matches: (document: StoredDocument) => boolean = () => true,
  ): StoredDocument[] {
    return this.live(collection)
      .filter((document) => document.id > after && matches(document))
      .sort((a, b) => compare(a.id, b.id))
      .slice(0, limit);
  }

  count(collection: string): number {
    return this.live(collection).length;
  }

  size(collection: string, index?: string, value: IndexKey = null): Size {
    const all = { after: '', limit: Number.MAX_SAFE_INTEGER };
    const found = index === undefined ? this.live(collection) : this.query(collection, index, value, all);
    const bytes = found.map(({ json, meta }) => Buffer.byteLength(json ?? '') + Buffer.byteLength(meta));
    return {
      documents: found.length,
      bytes: bytes.reduce((sum, size) => sum + size, 0),
      oldest: Math.min(...found.map(({ at }) => at)),
    };
  }

  private live(collection: string): StoredDocument[] {
    return [...this.collection(collection).values()].filter(({ json }) => json !== null);
  }

  private collection(name: string): Map<string, StoredDocument> {
    if (!isCollection(name)) throw new RangeError(`no collection ${name}`);
    const documents = this.documents.get(name) ?? new Map<string, StoredDocument>();
    this.documents.set(name, documents);
    return documents;
  }
}

/** A document has a key for each declared index, also when it is a tombstone. */
function refuseOtherKeys({ collection, id, keys }: StoredDocument): void {
  const declared = isCollection(collection) ? TASKS[collection].indexes.length : 0;
  if (keys.length !== declared) throw new RangeError(`${collection}/${id} has ${keys.length} keys of ${declared}`);
}

function indexOf(collection: string, index: string): number {
  const at = isCollection(collection) ? (TASKS[collection].indexes as readonly string[]).indexOf(index) : -1;
  if (at === -1) throw new RangeError(`${collection} has no index ${index}`);
  return at;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
