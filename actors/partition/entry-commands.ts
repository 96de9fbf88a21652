import type { Drop, Fix, Redrive, Remove } from '../../schemas/command.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { CommandBody, EffectItem, SentRecord } from '../../schemas/inbox.ts';
import type { ExportDocument, QuarantineDocument } from '../../schemas/tasks/quarantine.ts';
import type { Problem } from '../../streams/pipeline/batch.ts';
import { encode, type Stamp } from './encode.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Asked, ParkedKeys } from './parked-keys.ts';
import { readEntry, refusedAgain, resolved } from './quarantine.ts';
import type { Redriver } from './redrive.ts';
import { resolutionDocument, resolvedText, type Resolved } from './resolutions.ts';
import type { Heard, Turn } from './turn.ts';

/** What commands about the quarantine need of the batch that they are heard in. */
export interface EntryHost {
  readonly stamp: Stamp;
  readonly redrive: Redriver;
  readonly parking: ParkedKeys;
  readonly write: (document: StoredDocument) => void;
  /** What this batch has written under the name already. */
  readonly written: (name: string) => StoredDocument | undefined;
  /** Goes out with the commit, however often the like of it went before. */
  readonly send: (turn: Turn, effect: EffectItem) => void;
}

interface OpenEntry {
  readonly document: StoredDocument;
  readonly body: QuarantineDocument;
}

const DONE: Heard = { verdict: 'accepted' };

/**
 * Redrive, fix and drop. Each is one commit: the entry goes, what became of it is written, and what is sent again is
 * in the outbox; so killed at any moment it has happened or not, and asked for again it finds no entry any more.
 */
export class EntryCommands {
  private readonly host: EntryHost;

  constructor(host: EntryHost) {
    this.host = host;
  }

  async hear(turn: Turn, { name, data }: CommandBody): Promise<Heard> {
    if (name === 'remove') return this.remove(data as Remove);
    const asked = data as Partial<Redrive & Fix & Drop>;
    const id = asked.entry ?? turn.parked?.quarantine;
    const { key } = turn.resident;
    if (id === undefined) return refuse('MF_NOT_PARKED', `${key} is not parked`);
    const document = await this.load('management.quarantine', id);
    const body = document === undefined ? null : readEntry(document);
    if (document === undefined || body?.entity !== key) return this.absent(id, asked.entry === undefined, turn);
    const { by = '', why, send } = asked;
    const how = { how: HOW[name] ?? 'dropped', by, ...(why === undefined ? {} : { why }) };
    const entry = { document, body };
    switch (body.type) {
      case 'record':
      case 'part':
        return how.how === 'dropped' ? this.resolve(entry, how) : this.sendAgain(turn, entry, how, send);
      case 'poison':
        return this.poison(turn, entry, how, send);
      case 'overflow':
        return this.overflow(turn, entry, how);
    }
  }

  private async absent(id: string, byKey: boolean, turn: Turn): Promise<Heard> {
    // Its entry is gone, but what waits behind it is not: go on with that.
    if (byKey && turn.parked !== null) return this.past(await this.hearAgain(turn, { drop: false }), DONE);
    const resolution = await this.load('management.resolutions', id);
    const why =
      resolution === undefined || resolution.json === null
        ? 'there is no such entry of this entity'
        : resolvedText(resolution);
    return refuse('MF_NOT_QUARANTINED', `${id} is not in quarantine: ${why}`);
  }

  private sendAgain(turn: Turn, entry: OpenEntry, how: Resolved, send: EffectItem | undefined): Heard {
    if (send === undefined) return refuse('MF_BAD_REQUEST', `the command does not say what to send for ${idOf(entry)}`);
    const problem = send.type === 'record' ? this.host.redrive.problemOf(send) : null;
    if (problem !== null) return this.refusedStill(entry, how, send, problem);
    this.host.send(turn, send);
    return this.resolve(entry, { ...how, send });
  }

  /** The reason may be another one than before; of something else that was tried in its stead it is none. */
  private refusedStill({ document, body }: OpenEntry, { how }: Resolved, send: EffectItem, problem: Problem): Heard {
    const { sourceVersion } = send.data as SentRecord;
    const again = refusedAgain(this.host.stamp, document, body, problem, sourceVersion);
    // That this node lacks the version is no news of the record.
    const isNews = problem.code !== 'MF_SOURCE_UNKNOWN' && again.json !== document.json;
    if (how === 'redriven' && isNews) this.host.write(again);
    return refusedFor(problem);
  }

  private resolve({ document }: OpenEntry, how: Resolved): Heard {
    this.host.write(resolved(this.host.stamp, document.id));
    this.host.write(resolutionDocument(this.host.stamp, document, how));
    return DONE;
  }

  private async poison(turn: Turn, entry: OpenEntry, how: Resolved, send: EffectItem | undefined): Promise<Heard> {
    const id = idOf(entry);
    if (turn.parked?.quarantine !== id) return this.resolve(entry, how);
    const problem = send?.type === 'record' ? this.host.redrive.problemOf(send) : null;
    if (problem !== null) return refusedFor(problem);
    const stays = send !== undefined && how.how === 'redriven' && send.key === turn.resident.key;
    const goes = send !== undefined && !stays;
    const instead = stays ? { instead: itemOf(send, this.host.stamp) } : {};
    const heard = await this.hearAgain(turn, { entry: id, drop: goes || how.how === 'dropped', ...instead });
    const done = { ...how, ...(goes ? { send } : {}) };
    return this.past(heard, DONE, () => {
      if (goes) this.host.send(turn, send);
      this.host.write(resolutionDocument(this.host.stamp, entry.document, done));
    });
  }

  private async overflow(turn: Turn, entry: OpenEntry, how: Resolved): Promise<Heard> {
    if (how.how === 'dropped') return this.resolve(entry, how);
    if (how.how === 'fixed') {
      return refuse('MF_NOT_FIXABLE', `${idOf(entry)} waits for its turn, and nothing is wrong with it`);
    }
    const poison = turn.parked?.quarantine;
    if (poison !== undefined) {
      return refuse('MF_WAITS_BEHIND', `${idOf(entry)} waits behind ${poison}: redrive or drop that one`);
    }
    // Nothing parks the entity any more: what waits is free to go.
    return this.past(await this.host.parking.hearAgain(turn, { quarantine: idOf(entry) }, { drop: false }), DONE);
  }

  private hearAgain(turn: Turn, asked: Asked) {
    const { parked } = turn;
    return parked === null ? Promise.resolve('next' as const) : this.host.parking.hearAgain(turn, parked, asked);
  }

  private past(
    progress: Awaited<ReturnType<ParkedKeys['hearAgain']>>,
    heard: Heard,
    then: () => void = () => undefined,
  ): Heard {
    switch (progress) {
      case 'past':
        then();
        return heard;
      case 'next':
        return heard;
      case 'threw':
        return refuse('MF_POISON', 'it makes its actor throw still');
      case 'busy':
        return refuse('MF_CONFLICT', 'what waits for the entity is being heard again just now; look at it again');
    }
  }

  /** Those that changed since they were looked at stay. */
  private async remove({ collection, file, documents }: Remove): Promise<Heard> {
    const { stamp, write } = this.host;
    let removed = 0;
    for (const { id, version } of documents) {
      const found = await this.load(collection, id);
      if (found === undefined || found.json === null || found.version !== version) continue;
      if (found.partition !== stamp.partition) continue;
      write(encode(stamp, collection, id, stamp.seq, null, undefined));
      removed += 1;
    }
    if (removed > 0 && file !== undefined) write(exportDocument(stamp, file, collection, removed));
    return DONE;
  }

  private async load(collection: string, id: string): Promise<StoredDocument | undefined> {
    return this.host.written(`${collection}/${id}`) ?? (await this.host.redrive.document({ collection, id }));
  }
}

const HOW: Readonly<Record<string, Resolved['how']>> = { redrive: 'redriven', fix: 'fixed', drop: 'dropped' };

/** How many documents of a partition a file has taken. */
function exportDocument(stamp: Stamp, file: string, collection: string, documents: number): StoredDocument {
  const { partition, seq } = stamp;
  const body: ExportDocument = { v: 1, file, partition, collection, documents, at: new Date(stamp.at).toISOString() };
  return encode(stamp, 'management.exports', `${file}.${partition}.${seq}`, seq, body, undefined);
}

function idOf({ document }: OpenEntry): string {
  return document.id;
}

/** A record that is sent, as an item that waits in the inbox. */
function itemOf(send: EffectItem, { partition, at }: Stamp): LaneItem {
  const body = { v: 2, type: 'effects', from: partition, seq: 0, chunk: 0, items: [send] } as const;
  return { lane: 'fast', position: 0, item: 0, at, body, bytes: 0, lastOfMessage: false };
}

function refusedFor({ code, message, field, value }: Problem): Heard {
  return { verdict: 'refused', refusal: { verdict: 'refused', code, reason: message, field, value } };
}

function refuse(code: ErrorCode, reason: string): Heard {
  return { verdict: 'refused', refusal: { verdict: 'refused', code, reason } };
}
