import { setTimeout as sleep } from 'node:timers/promises';
import { openReadPorts, type ReadPorts } from '../actors/node/ports.ts';
import { MasterflagError } from '../schemas/errors.ts';
import { didYouMean } from '../schemas/nearest.ts';
import { allPartitions, kindOf, type PartitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';
import { Output } from './output.ts';

/** `beginning`, `now`, or a time in ms since the epoch. */
export type Start = 'beginning' | 'now' | number;

export interface TapRequest {
  readonly kind: string | undefined;
  readonly from: Start;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** What is held of one partition at a time. */
const PAGE = { messages: 16, bytes: 512 * 1024 };

/** How soon a new event is seen: short for a person, long for the disk. */
const POLL_MS = 100;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** @throws MF_USAGE */
export function startOf(text: string): Start {
  if (text === 'beginning' || text === 'now') return text;
  const time = ISO_TIME.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  const hint = 'a time with its zone, such as 2026-01-31T08:00:00Z';
  throw new MasterflagError('MF_USAGE', `--from ${text} is neither beginning, now, nor ${hint}`);
}

/** Prints events until the newest, or until stopped. */
export async function tap(settings: Settings, request: TapRequest): Promise<void> {
  const partitions = partitionsOf(settings, request.kind);
  const ports = await openReadPorts(settings);
  try {
    const tails = await Promise.all(partitions.map((partition) => openTail(ports.log, partition, request.from)));
    const output = new Output();
    while (!request.signal.aborted) {
      const printed = await drain(tails, request, output);
      await output.flush();
      if (!request.follow) return;
      if (!printed) await sleep(POLL_MS, undefined, { signal: request.signal }).catch(() => undefined);
    }
    if (!request.follow) throw request.signal.reason;
  } finally {
    await ports.close();
  }
}

function partitionsOf({ partitions }: Settings, kind: string | undefined): PartitionId[] {
  const kinds = Object.keys(partitions).sort();
  if (kind !== undefined && !kinds.includes(kind)) {
    const list = kinds.join(', ');
    throw new MasterflagError('MF_USAGE', `there is no kind ${kind}${didYouMean(kind, kinds)} (${list})`);
  }
  return allPartitions(partitions).filter((partition) => kind === undefined || kindOf(partition) === kind);
}

interface EventBatch {
  readonly at: number;
  readonly body: string;
}

/** Where the reading of one partition stands. */
class Tail {
  private readonly log: ReadPorts['log'];
  private readonly partition: PartitionId;
  private after: number;
  private page: EventBatch[] = [];

  constructor(log: ReadPorts['log'], partition: PartitionId, after: number) {
    this.log = log;
    this.partition = partition;
    this.after = after;
  }

  /** The next batch, which stays the next until it is taken. */
  async head(): Promise<EventBatch | undefined> {
    if (this.page.length === 0) {
      const found = await this.log.readEvents(this.partition, this.after, PAGE);
      this.after = found.at(-1)?.position ?? this.after;
      this.page = [...found];
    }
    return this.page[0];
  }

  take(): void {
    this.page.shift();
  }
}

async function openTail(log: ReadPorts['log'], partition: PartitionId, from: Start): Promise<Tail> {
  if (from === 'beginning') return new Tail(log, partition, 0);
  const { position } = await log.eventsTail(partition);
  return new Tail(log, partition, from === 'now' ? position : await before(log, partition, from, position));
}

/** The last position whose batch was appended before a time; positions rise with time, but have gaps. */
async function before(log: ReadPorts['log'], partition: PartitionId, time: number, tail: number): Promise<number> {
  let [low, high] = [0, tail];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [next] = await log.readEvents(partition, middle, { messages: 1, bytes: 1 });
    if (next === undefined || next.at >= time) high = middle;
    else low = next.position;
  }
  return low;
}

/** Prints what there is, the batch that was appended first before the others. @returns whether there was any */
async function drain(tails: readonly Tail[], { from, signal }: TapRequest, output: Output): Promise<boolean> {
  for (let printed = false; ; printed = true) {
    const next = signal.aborted ? undefined : await oldest(tails);
    if (next === undefined) return printed;
    next.tail.take();
    await printBatch(next.batch, from, output);
  }
}

async function oldest(tails: readonly Tail[]): Promise<{ tail: Tail; batch: EventBatch } | undefined> {
  let best: { tail: Tail; batch: EventBatch } | undefined;
  for (const tail of tails) {
    const batch = await tail.head();
    if (batch !== undefined && (best === undefined || batch.at < best.batch.at)) best = { tail, batch };
  }
  return best;
}

async function printBatch({ body }: EventBatch, from: Start, output: Output): Promise<void> {
  for (const event of JSON.parse(body) as { readonly time: string }[]) {
    if (typeof from === 'number' && Date.parse(event.time) < from) continue;
    await output.json(event);
  }
}
