import type { DocumentRef, StoredDocument } from '../../schemas/document.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Problem, RecordWork, StageFunction } from '../../streams/pipeline/batch.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Log } from '../../streams/log.ts';
import type { Store } from '../../store/store.ts';
import type { Stamp } from './encode.ts';
import { intakeOf, sentRecord } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import { isWaiting, waitingAfter, waitingItem } from './parking.ts';
import type { KeptEvent } from '../verify/truth.ts';
import { poisonId } from './quarantine.ts';
import type { Held } from './resident.ts';
import { untilKnown, type Patience } from './retry.ts';
import { stepOf, type DeliverStep } from './steps.ts';

export interface RedriveSink {
  readonly reject: (work: RecordWork) => void;
  /** Whether the actor heard it without throwing; if not, it stays parked where it is. */
  readonly hear: (step: DeliverStep) => Promise<boolean>;
  /** It waits in another form from now on. */
  readonly changed: (document: StoredDocument, item: LaneItem) => void;
  /** It waits no more. */
  readonly gone: (document: StoredDocument) => void;
}

export interface RedriveAsked {
  readonly key: MatchingKey;
  /** The entry of the message that parks the key, if this is about that one. */
  readonly entry?: string;
  /** Give it up, and go on with the next. */
  readonly drop: boolean;
  /** Hear this in its stead. */
  readonly instead?: LaneItem;
}

export interface Redriven {
  /** Messages that wait still: for a later commit, or behind one that threw. */
  readonly left: boolean;
  /** One that threw parks the key again. */
  readonly threw: boolean;
}

export interface RedriveParts {
  readonly partition: PartitionId;
  readonly log: Pick<Log, 'readEvents'>;
  readonly store: Store;
  readonly patience: Patience;
  readonly stages: readonly StageFunction[];
  readonly kind: string;
  readonly most: number;
  /** Waits until every earlier commit is settled, so that the store shows everything that is parked. */
  readonly quiesce: () => Promise<void>;
}

/** What one opening needs for hearing again what is parked or in quarantine. */
export class Redriver {
  private readonly parts: RedriveParts;

  constructor(parts: RedriveParts) {
    this.parts = parts;
  }

  /** Hears what waits for an entity again, oldest first, as many messages as fit a commit. */
  async hearAgain({ key, entry, drop, instead }: RedriveAsked, stamp: Stamp, sink: RedriveSink): Promise<Redriven> {
    await this.parts.quiesce();
    const documents = await this.waiting(key, this.parts.most);
    for (const [index, document] of documents.entries()) {
      let item = waitingItem(document);
      // The one that the entry is about may have been exported, and be gone, with the next in its place.
      const asked = index === 0 && entry === poisonId(key, item);
      if (asked && instead !== undefined && document.collection === 'master.parked') {
        item = instead;
        sink.changed(document, item);
      }
      if (!(asked && drop) && !(await this.again(item, stamp, sink))) return { left: true, threw: true };
      sink.gone(document);
    }
    return { left: documents.length === this.parts.most, threw: false };
  }

  /** The message that is to be heard first. */
  async first(key: MatchingKey): Promise<LaneItem | undefined> {
    await this.parts.quiesce();
    const [document] = await this.waiting(key, 1);
    return document && waitingItem(document);
  }

  /** How many messages wait for an entity, as far as commits before this one have parked them. */
  async held(key: MatchingKey): Promise<Held> {
    await this.parts.quiesce();
    const { store, patience } = this.parts;
    const { documents: parked } = await untilKnown(patience, () => store.size('master.parked', 'entity', key));
    return { parked, overflow: (await this.overflow(key, 1)).length };
  }

  /** A document as all commits before this one have left it. */
  async document(ref: DocumentRef): Promise<StoredDocument | undefined> {
    await this.parts.quiesce();
    const [found] = await untilKnown(this.parts.patience, () => this.parts.store.load([ref]));
    return found;
  }

  /** All events of some entities of the partition that the log still has, as all commits before this one have left them. */
  async history(keys: ReadonlySet<MatchingKey>): Promise<Map<MatchingKey, KeptEvent[]>> {
    await this.parts.quiesce();
    const { log, partition, patience } = this.parts;
    const found = new Map<MatchingKey, KeptEvent[]>();
    for (let after = 0; ;) {
      const batches = await untilKnown(patience, () =>
        log.readEvents(partition, after, { messages: 64, bytes: 4 << 20 }),
      );
      const last = batches.at(-1);
      if (last === undefined) return found;
      for (const { seq, body } of batches) addEvents(found, keys, seq, body);
      after = last.position;
    }
  }

  /** What the store has of one entity in a collection, tombstones left out. */
  async recordsOf(collection: string, prefix: string, key: MatchingKey): Promise<StoredDocument[]> {
    const { store, patience } = this.parts;
    const all: StoredDocument[] = [];
    for (let after = ''; ;) {
      const page = { after, limit: RECORDS };
      const some = await untilKnown(patience, () => store.query(collection, prefix, key, page));
      all.push(...some);
      const last = some.at(-1);
      if (last === undefined) return all;
      after = last.id;
    }
  }

  async documents(refs: readonly DocumentRef[]): Promise<StoredDocument[]> {
    await this.parts.quiesce();
    return untilKnown(this.parts.patience, () => this.parts.store.load(refs));
  }

  /** What the stages have against a record, before it is sent again. */
  problemOf(send: EffectItem): Problem | null {
    const work = { position: 0, item: 0, at: 0, ...sentRecord(send), parts: [], duplicate: false, problem: null };
    const works: RecordWork[] = [work];
    for (const stage of this.parts.stages) stage(works);
    return works[0]?.problem ?? null;
  }

  private async waiting(key: MatchingKey, most: number): Promise<StoredDocument[]> {
    const { store, patience } = this.parts;
    const page = { after: '', limit: most };
    const parked = await untilKnown(patience, () => store.query('master.parked', 'entity', key, page));
    return parked.length === most ? parked : [...parked, ...(await this.overflow(key, most - parked.length))];
  }

  private async overflow(key: MatchingKey, limit: number): Promise<StoredDocument[]> {
    const { store, patience } = this.parts;
    const page = { after: waitingAfter(key), limit };
    const found = await untilKnown(patience, () => store.query('management.quarantine', 'entity', key, page));
    return found.filter(({ id }) => isWaiting(id, key));
  }

  private async again(item: LaneItem, { at }: Stamp, sink: RedriveSink): Promise<boolean> {
    const intake = intakeOf([item]);
    for (const stage of this.parts.stages) if (intake.records.length > 0) stage(intake.records);
    const step = stepOf(item, intake.records[0], this.parts.kind, Math.max(at, item.at));
    if (step.type === 'deliver') return sink.hear(step);
    if (step.type === 'turned') sink.reject(step.work);
    return true;
  }
}

/** Records of an entity read at a time. */
const RECORDS = 200;

interface EventLike {
  readonly subject: string;
  readonly sequence: string;
  readonly type: string;
  readonly data: unknown;
}

function addEvents(to: Map<MatchingKey, KeptEvent[]>, keys: ReadonlySet<MatchingKey>, seq: number, body: string): void {
  // Parsing every event of the partition to keep a few would take most of the time.
  if (![...keys].some((key) => body.includes(key))) return;
  for (const { subject, sequence, type, data } of JSON.parse(body) as EventLike[]) {
    if (!keys.has(subject)) continue;
    const kept = { sequence: Number(sequence), type, data, seq };
    const events = to.get(subject);
    if (events === undefined) to.set(subject, [kept]);
    else events.push(kept);
  }
}
