import { EMPTY_OUTBOX, type Checkpoint, type LanePosition } from '../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { Lane, PartitionCounts } from '../../schemas/partition.ts';
import { Batch, type Answer } from './batch.ts';
import { outboxOf, type Stamp } from './encode.ts';
import { feedCountsId, type FeedCounts } from './feed-counts.ts';
import type { Forwards } from './forwards.ts';
import { feedOf, type Intake } from './intake.ts';
import { positionAfter, type LaneItem } from './lane-reader.ts';
import type { Limits } from './limits.ts';
import type { Loader } from './loader.ts';
import type { Marks } from './marks.ts';
import type { RecentOutcomes } from './outcomes.ts';
import type { Redriver } from './redrive.ts';
import type { Resident, Residents } from './resident.ts';
import { stepsOf, type Step } from './steps.ts';

/** One commit, ready to be written, and what to do in memory when it is settled. */
export interface Prepared {
  readonly checkpoint: Checkpoint;
  readonly touched: readonly Resident[];
  readonly answers: readonly Answer[];
  /** When the earliest timer that the commit sets is due; Infinity for none. */
  readonly nextTimer: number;
  /** What of the inbox it decided. */
  readonly decided: Decided;
}

export interface Decided {
  /** Records of feeds. */
  readonly records: number;
  /** Messages of the log that are applied whole with it. */
  readonly messages: number;
}

export interface DeciderParts {
  readonly limits: Limits;
  readonly counts: PartitionCounts;
  readonly kind: string;
  readonly loader: Loader;
  readonly residents: Residents;
  readonly marks: Marks;
  readonly feeds: FeedCounts;
  readonly forwards: Forwards;
  readonly redrive: Redriver;
  readonly recentOutcomes: RecentOutcomes;
  readonly logId: string;
}

/** How far a commit takes its partition. */
type Progress = Pick<Checkpoint, 'positions' | 'marks' | 'trying' | 'openings'>;

/** Turns batches into commits, one after another; keeps what the next commit builds on. */
export class Decider {
  private readonly parts: DeciderParts;
  private last: Checkpoint;

  constructor(parts: DeciderParts, opened: Checkpoint) {
    this.parts = parts;
    this.last = opened;
  }

  get seq(): number {
    return this.last.seq;
  }

  /** Lets go of what was kept only because commit `seq` was under way. */
  settle(touched: readonly Resident[], seq: number): void {
    this.parts.residents.settle(touched, seq);
    this.parts.feeds.settle(seq);
    this.parts.recentOutcomes.settle(seq);
  }

  /** The commits that follow from a batch: one, or several where one would grow too large. */
  async *decide(intake: Intake, trying: Checkpoint['trying'] = null): AsyncGenerator<Prepared> {
    this.parts.marks.begin();
    let now = this.last.now;
    const steps: Step[] = [];
    // A commit that ends within the batch has the marks of what it applied: those of the rest would drop the rest.
    const marks: Checkpoint['marks'][] = [];
    for (const step of stepsOf(intake, this.parts.kind, this.parts.marks, (at) => (now = Math.max(now, at)))) {
      steps.push(step);
      marks.push(this.parts.marks.snapshot());
    }
    for (let from = 0; from < steps.length;) {
      const to = this.cut(steps, from);
      const some = from === 0 && to === steps.length ? steps : steps.slice(from, to);
      // Fast messages that come with every opening must not hide that each of them dies of the same bulk message.
      const isThrough = (to === steps.length && !intake.bulkPaused) || some.some(({ item }) => item.lane === 'bulk');
      const openings = isThrough ? 0 : this.last.openings;
      yield await this.prepare(some, { trying, openings, marks: marks[to - 1] ?? {} });
      from = to;
    }
  }

  /** A commit that changes nothing but what is being tried. */
  announce(trying: NonNullable<Checkpoint['trying']>): Prepared {
    return this.build(
      { stamp: this.stamp(this.last.now), documents: [], effects: [], events: [] },
      { positions: this.last.positions, marks: this.last.marks, trying, openings: 0 },
      [],
      [],
      Infinity,
    );
  }

  /** Parks one item without processing it: it killed its reader. */
  async park(intake: Intake, error: Error): Promise<Prepared | undefined> {
    const item = intake.items[0];
    if (item === undefined) return undefined;
    const batch = await this.batch(this.stamp(Math.max(this.last.now, item.at)), [item], [item]);
    const covered = item.body.type === 'effects' && this.parts.marks.covers(item.body);
    if (!covered) await batch.park(item, error);
    if (!covered && item.body.type === 'effects' && item.lastOfMessage) this.parts.marks.advance(item.body);
    const positions = this.advance([{ type: 'covered', item }]);
    return this.finish(batch, { positions, marks: this.parts.marks.snapshot(), trying: null, openings: 0 });
  }

  private async prepare(steps: readonly Step[], progress: Omit<Progress, 'positions'>): Promise<Prepared> {
    const now = steps.reduce((latest, { item }) => Math.max(latest, item.at), this.last.now);
    const delivered = steps.filter(({ type }) => type === 'deliver').map(({ item }) => item);
    const all = steps.map(({ item }) => item);
    const batch = await this.batch(this.stamp(now), all, delivered);
    await batch.process(steps);
    const decided = {
      records: count(all, ({ lane }) => lane === 'bulk'),
      messages: count(all, ({ lastOfMessage }) => lastOfMessage),
    };
    return { ...this.finish(batch, { positions: this.advance(steps), ...progress }), decided };
  }

  private async batch(stamp: Stamp, all: readonly LaneItem[], delivered: readonly LaneItem[]): Promise<Batch> {
    await this.loadFeeds(all, stamp);
    const batch = new Batch({ ...this.parts, stamp });
    await batch.load(delivered);
    return batch;
  }

  private async loadFeeds(items: readonly LaneItem[], { partition }: Stamp): Promise<void> {
    const { feeds, loader } = this.parts;
    const unknown = new Map<string, string>();
    for (const item of items) {
      const counted = feedOf(item);
      if (counted !== null && !feeds.knows(counted.feed)) unknown.set(counted.feed, counted.source);
    }
    const refs = [...unknown.keys()].map((feed) => ({
      collection: 'management.feeds',
      id: feedCountsId(feed, partition),
    }));
    const found = await loader.documents(refs);
    for (const [feed, source] of unknown) {
      feeds.remember(feed, source, found.get(`management.feeds/${feedCountsId(feed, partition)}`));
    }
  }

  private finish(batch: Batch, progress: Progress): Prepared {
    const built = batch.finish();
    return this.build({ stamp: batch.stamp, ...built }, progress, built.touched, built.answers, built.nextTimer);
  }

  private build(
    {
      stamp,
      documents,
      effects,
      events,
    }: {
      stamp: Stamp;
      documents: readonly StoredDocument[];
      effects: readonly EffectItem[];
      events: readonly string[];
    },
    { positions, marks, trying, openings }: Progress,
    touched: readonly Resident[],
    answers: readonly Answer[],
    nextTimer: number,
  ): Prepared {
    const { counts, limits, logId } = this.parts;
    const { id, epoch, owner } = this.last;
    const checkpoint: Checkpoint = {
      v: 1,
      id,
      epoch,
      owner,
      seq: stamp.seq,
      openings,
      trying,
      logId,
      positions,
      marks,
      now: stamp.at,
      changes: documents,
      outbox: outboxOf(id, stamp.seq, effects, events, counts, limits.chunkBytes),
    };
    // What it says lives until it is settled; what the next one builds on is small.
    this.last = { ...checkpoint, changes: [], outbox: EMPTY_OUTBOX };
    return { checkpoint, touched, answers, nextTimer, decided: NOTHING };
  }

  private stamp(at: number): Stamp {
    return { partition: this.last.id, seq: this.last.seq + 1, at };
  }

  private advance(steps: readonly Step[]): Record<Lane, LanePosition> {
    const { fast, bulk } = this.last.positions;
    return { fast: positionAfter(fast, 'fast', steps), bulk: positionAfter(bulk, 'bulk', steps) };
  }

  /** Where a commit has to end, so that neither the checkpoint nor an entity's documents grow past their bound. */
  private cut(steps: readonly Step[], from: number): number {
    const seen = new Set<string>();
    let bytes = 0;
    for (let to = from; to < steps.length; to++) {
      const step = steps[to];
      if (step === undefined) break;
      bytes += step.item.bytes * EXPANSION;
      if (step.type === 'deliver' && !seen.has(step.delivery.key)) {
        seen.add(step.delivery.key);
        bytes += this.parts.residents.bytesOf(step.delivery.key);
      }
      if (bytes > this.parts.limits.commitBytes && to > from) return to;
    }
    return steps.length;
  }
}

const NOTHING: Decided = { records: 0, messages: 0 };

function count<T>(items: readonly T[], counts: (item: T) => boolean): number {
  return items.reduce((sum, item) => sum + (counts(item) ? 1 : 0), 0);
}

/** Seen on real feeds: documents, events and effects of a record are about four times its own length. */
const EXPANSION = 4;
