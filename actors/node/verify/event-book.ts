import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MatchingKey } from '../../../schemas/key.ts';
import type { PartitionId } from '../../../schemas/partition.ts';
import type { Log } from '../../../streams/log.ts';
import type { Store } from '../../../store/store.ts';
import type { KeptEvent } from '../../verify/truth.ts';

/** Characters of events in memory; beyond, they wait in a file. */
const IN_MEMORY = 32 << 20;

const READ = { messages: 64, bytes: 4 << 20 };

/** Keys that begin alike up to here are in one bucket: 4,096 of a kind, so that one is small whatever there is. */
const ALIKE = 2;

interface EventLike {
  readonly subject: string;
  readonly sequence: string;
  readonly type: string;
  readonly data: unknown;
}

type Kept = readonly [key: MatchingKey, ...event: [sequence: number, type: string, data: unknown, seq: number]];

/** A piece of a bucket in the file. */
interface Piece {
  readonly at: number;
  readonly length: number;
}

interface Bucket {
  lines: string[];
  readonly pieces: Piece[];
}

/**
 * The events that the log has, entity by entity, in the order of the keys. A partition's events are of all its entities
 * in turn, so they are sorted into buckets of keys that begin alike: in memory while they are few, else in a file of the
 * system's temporary folder, as large as the events are.
 */
export class EventBook {
  /** Per partition the last commit whose events are in the book: what moved since is judged without them. */
  readonly upTo = new Map<PartitionId, number>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly inMemory: number;
  private held = 0;
  private file: { readonly folder: string; readonly fd: number; size: number } | null = null;

  constructor(inMemory = IN_MEMORY) {
    this.inMemory = inMemory;
  }

  /** Reads the events of every partition up to its present commit. */
  async read(
    log: Pick<Log, 'readEvents' | 'eventsTail'>,
    store: Pick<Store, 'checkpoint'>,
    partitions: readonly PartitionId[],
  ): Promise<void> {
    for (const partition of partitions) {
      const upTo = await settledSeq(log, store, partition);
      this.upTo.set(partition, upTo);
      for (let after = 0; ;) {
        const batches = await log.readEvents(partition, after, READ);
        for (const { seq, body } of batches) if (seq <= upTo) this.add(seq, body);
        const last = batches.at(-1);
        if (last === undefined || last.seq > upTo) break;
        after = last.position;
      }
    }
  }

  /** Every entity that has events, in the order of the keys, with its events, oldest first. */
  async *entities(): AsyncGenerator<readonly [key: MatchingKey, events: readonly KeptEvent[]]> {
    for (const name of [...this.buckets.keys()].sort()) {
      const byKey = new Map<MatchingKey, KeptEvent[]>();
      for (const line of this.linesOf(name)) {
        const [key, sequence, type, data, seq] = JSON.parse(line) as Kept;
        const events = byKey.get(key);
        if (events === undefined) byKey.set(key, [{ sequence, type, data, seq }]);
        else events.push({ sequence, type, data, seq });
      }
      yield* [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
    }
  }

  close(): void {
    if (this.file === null) return;
    closeSync(this.file.fd);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = null;
  }

  private add(seq: number, body: string): void {
    for (const { subject, sequence, type, data } of JSON.parse(body) as EventLike[]) {
      const kept: Kept = [subject, Number(sequence), type, data, seq];
      const line = JSON.stringify(kept);
      const name = subject.slice(0, subject.lastIndexOf('.') + 1 + ALIKE);
      const bucket = this.buckets.get(name);
      if (bucket === undefined) this.buckets.set(name, { lines: [line], pieces: [] });
      else bucket.lines.push(line);
      this.held += line.length;
    }
    if (this.held > this.inMemory) this.spill();
  }

  /** What is in memory goes to the file, bucket by bucket. */
  private spill(): void {
    this.file ??= newFile();
    for (const bucket of this.buckets.values()) {
      if (bucket.lines.length === 0) continue;
      const bytes = Buffer.from(`${bucket.lines.join('\n')}\n`);
      let written = 0;
      while (written < bytes.length) written += writeSync(this.file.fd, bytes, written);
      bucket.pieces.push({ at: this.file.size, length: bytes.length });
      this.file.size += bytes.length;
      bucket.lines = [];
    }
    this.held = 0;
  }

  private *linesOf(name: string): Generator<string> {
    const { pieces = [], lines = [] } = this.buckets.get(name) ?? {};
    for (const piece of pieces) {
      // JSON has no line breaks of its own.
      for (const line of this.readPiece(piece).split('\n')) if (line !== '') yield line;
    }
    yield* lines;
  }

  private readPiece({ at, length }: Piece): string {
    if (this.file === null) throw new Error('the file of events is closed');
    const bytes = Buffer.allocUnsafe(length);
    for (let read = 0; read < length;) {
      const more = readSync(this.file.fd, bytes, read, length - read, at + read);
      if (more === 0) throw new Error('the file of events is shorter than it was written');
      read += more;
    }
    return bytes.toString();
  }
}

function newFile(): { readonly folder: string; readonly fd: number; size: number } {
  const folder = mkdtempSync(join(tmpdir(), 'masterflag-verify-'));
  return { folder, fd: openSync(join(folder, 'events'), 'w+'), size: 0 };
}

/** The last commit whose events are all in the log: those of a commit that is not settled come a little later. */
async function settledSeq(
  log: Pick<Log, 'eventsTail'>,
  store: Pick<Store, 'checkpoint'>,
  partition: PartitionId,
): Promise<number> {
  const checkpoint = await store.checkpoint(partition);
  if (checkpoint === undefined) return 0;
  const { seq, outbox } = checkpoint;
  if (outbox.events.length === 0) return seq;
  const tail = await log.eventsTail(partition);
  const isThere = tail.seq > seq || (tail.seq === seq && tail.chunk >= outbox.events.length - 1);
  return isThere ? seq : seq - 1;
}
