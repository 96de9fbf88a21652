import { indexKeys, type Collection } from '../../../config/tasks.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import type { Contents, Sum } from '../../../schemas/image.ts';
import { allPartitions, type PartitionId } from '../../../schemas/partition.ts';
import type { Adoption } from '../../../store/adoption.ts';
import type { Store } from '../../../store/store.ts';
import type { EventsAppend, EventsTail, Log } from '../../../streams/log.ts';
import { untilKnown, type Patience } from '../../partition/retry.ts';
import { IMAGE_COLLECTIONS, laneName, lanesOf, type Image, type LaneOf, type OnProgress } from './image.ts';
import { inFlight, inParallel } from './parallel.ts';
import { PAGE } from './ports-image.ts';
import { checkpointText, documentText, eventsText, messageText, Summing } from './sums.ts';

/** What an image is copied to: ports that nobody else writes. */
export interface CopyTarget {
  readonly log: Log;
  readonly store: Store & Adoption;
}

export interface CopyParts {
  readonly image: Image;
  readonly target: CopyTarget;
  readonly patience: Patience;
  readonly onProgress: OnProgress;
}

/** Pages of documents on their way to the store at once. */
const PAGES_IN_FLIGHT = 4;

/** Lanes and events of partitions that are copied at once. Within each, one append follows the other. */
const PARTITIONS_AT_ONCE = 4;

const READ = { messages: 100, bytes: 1 << 20 } as const;

/**
 * Copies an image into ports that have nothing, or a part of the same image. Every step may be done again, so a copy that
 * was killed goes on. The checkpoints come last: without them there is nothing that a node would believe in.
 * @returns what the image holds
 */
export class Copy {
  private readonly image: Image;
  private readonly target: CopyTarget;
  private readonly patience: Patience;
  private readonly onProgress: OnProgress;
  private readonly done = { records: 0, bytes: 0 };
  /** The last events of partitions, as far as they are known. */
  private readonly tails = new Map<PartitionId, EventsTail>();

  constructor({ image, target, patience, onProgress }: CopyParts) {
    this.image = image;
    this.target = target;
    this.patience = patience;
    this.onProgress = onProgress;
  }

  /** @throws MF_RESTORE_DIFFERS when a partition there has been taken over */
  async run(): Promise<Contents> {
    const collections: Record<string, Sum> = {};
    for (const name of IMAGE_COLLECTIONS) collections[name] = await this.documents(name);
    const messages: Record<string, Sum> = {};
    await inParallel(lanesOf(this.image.facts), PARTITIONS_AT_ONCE, async (lane) => {
      messages[laneName(lane)] = (await this.messages(lane)).sum;
    });
    const events: Record<string, Sum> = {};
    await inParallel(allPartitions(this.image.facts.partitions), PARTITIONS_AT_ONCE, async (partition) => {
      events[partition] = await this.events(partition);
    });
    return { collections, messages, events, checkpoints: await this.checkpoints() };
  }

  private async documents(collection: Collection): Promise<Sum> {
    const { store } = this.target;
    const sum = new Summing();
    // They go in order, so all are there but for those of the pages that were on their way.
    const there = (await store.count(collection)) - (PAGES_IN_FLIGHT + 1) * PAGE;
    await inFlight(this.image.documents(collection), PAGES_IN_FLIGHT, async (page) => {
      const isThere = sum.result.count + page.length <= there;
      for (const document of page) this.count(sum, documentText(document));
      this.onProgress(collection, this.done);
      if (!isThere) await untilKnown(this.patience, () => store.apply(page.map(withKeys)));
      else this.patience.check();
    });
    return sum.result;
  }

  /**
   * Appends what a lane does not have yet. An append whose outcome was unknown may be there twice, so nothing is counted:
   * the image is there when its messages are found in the lane in their order, whatever stands between them.
   * @returns also how many were missing; `isDry` only looks
   */
  async messages({ partition, lane }: LaneOf, isDry = false): Promise<{ readonly sum: Sum; readonly missing: number }> {
    const { log } = this.target;
    const sum = new Summing();
    const there = new LaneCursor(log, { partition, lane }, this.patience);
    let missing = 0;
    for await (const page of this.image.messages(partition, lane)) {
      for (const body of page) this.count(sum, messageText(body));
      this.onProgress(laneName({ partition, lane }), this.done);
      const absent = await there.without(page);
      missing += absent.length;
      if (absent.length > 0 && !isDry) await untilKnown(this.patience, () => log.append(partition, lane, absent));
      else this.patience.check();
    }
    return { sum: sum.result, missing };
  }

  private async events(partition: PartitionId): Promise<Sum> {
    const sum = new Summing();
    for await (const page of this.image.events(partition)) {
      for (const batch of page) {
        this.count(sum, eventsText(batch));
        await this.appendEvents(partition, batch);
      }
      this.onProgress(`events of ${partition}`, this.done);
    }
    return sum.result;
  }

  /** As a commit publishes them: after the batch that they follow, and only if they are not there yet. */
  private async appendEvents(partition: PartitionId, batch: EventsAppend): Promise<void> {
    const { log } = this.target;
    const { seq, chunk } = batch;
    let tail = this.tails.get(partition) ?? (await untilKnown(this.patience, () => log.eventsTail(partition)));
    while (tail.seq < seq || (tail.seq === seq && tail.chunk < chunk) || tail.position === 0) {
      const expected = tail.position;
      tail = await untilKnown(this.patience, async () => {
        const result = await log.appendEvents(partition, batch, expected);
        return result === 'conflict' ? log.eventsTail(partition) : { position: result.position, seq, chunk };
      });
    }
    this.tails.set(partition, tail);
  }

  private async checkpoints(): Promise<Sum> {
    const { log, store } = this.target;
    const sum = new Summing();
    for (const checkpoint of await this.image.checkpoints()) {
      sum.add(checkpointText(checkpoint));
      const { id } = checkpoint;
      const logId = await untilKnown(this.patience, () => log.identity(id));
      const adopted = await untilKnown(this.patience, () => store.adopt({ ...checkpoint, logId }));
      const found = adopted ? undefined : await untilKnown(this.patience, () => store.checkpoint(id));
      if (found !== undefined && checkpointText(found) !== checkpointText(checkpoint)) {
        throw new MasterflagError('MF_RESTORE_DIFFERS', `somebody has taken ${id} over before all of it was there`);
      }
    }
    return sum.result;
  }

  private count(sum: Summing, text: string): void {
    sum.add(text);
    this.done.records += 1;
    this.done.bytes += text.length;
  }
}

/** From the body: a backup may be older than an index that has been declared since. */
function withKeys(document: StoredDocument): StoredDocument {
  const { collection, json } = document;
  const body = json === null ? null : (JSON.parse(json) as Record<string, unknown>);
  return { ...document, keys: indexKeys(collection as Collection, body) };
}

/** How far the messages of a list have been found in a lane. */
class LaneCursor {
  private readonly log: Log;
  private readonly lane: LaneOf;
  private after = 0;
  private page: readonly string[] = [];
  private next = 0;
  private isOver = false;
  private readonly patience: Patience;

  constructor(log: Log, lane: LaneOf, patience: Patience) {
    this.log = log;
    this.lane = lane;
    this.patience = patience;
  }

  /** Those of the next messages of the list that the lane does not have after those before. */
  async without(bodies: readonly string[]): Promise<readonly string[]> {
    let found = 0;
    while (found < bodies.length && !this.isOver) {
      if (this.next >= this.page.length && !(await this.read())) break;
      if (this.page[this.next] === bodies[found]) found++;
      this.next++;
    }
    return bodies.slice(found);
  }

  /** Once it was seen to end, all that comes is our own. */
  private async read(): Promise<boolean> {
    const { partition, lane } = this.lane;
    const found = await untilKnown(this.patience, () => this.log.read(partition, lane, this.after, READ));
    this.after = found.at(-1)?.position ?? this.after;
    [this.page, this.next] = [found.map(({ body }) => body), 0];
    this.isOver = found.length === 0;
    return !this.isOver;
  }
}
