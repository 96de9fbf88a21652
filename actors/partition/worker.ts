import { lastValueFrom } from 'rxjs';
import type { Checkpoint, Trying } from '../../schemas/checkpoint.ts';
import type { DocumentRef } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { kindOf, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import type { Log } from '../../streams/log.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import { pipeline } from '../../streams/pipeline/pipeline.ts';
import type { Store } from '../../store/store.ts';
import { truthOfEvents, type Truth } from '../verify/truth.ts';
import type { Answer } from './batch.ts';
import type { Clock } from './clock.ts';
import { ALONE, type Caution } from './caution.ts';
import { BuildAnew, commit } from './commit.ts';
import { Decider, type Decided, type Prepared } from './decider.ts';
import { FeedCounts } from './feed-counts.ts';
import { Forwards } from './forwards.ts';
import { IntakeReader, type Intake } from './intake.ts';
import type { Limits } from './limits.ts';
import { Loader } from './loader.ts';
import { Marks } from './marks.ts';
import { open } from './opening.ts';
import { RecentOutcomes } from './outcomes.ts';
import { UNHURRIED, type Precedence } from './precedence.ts';
import { Redriver } from './redrive.ts';
import { Residents, type AnyActor } from './resident.ts';
import { untilKnown, type Patience } from './retry.ts';
import type { Rules } from './rules.ts';
import { apply, publish, type Settling } from './settle.ts';
import { TimerService } from './timers.ts';

export interface WorkerParts {
  readonly partition: PartitionId;
  /** Unique to this opening, not to the node. */
  readonly owner: string;
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly actors: ReadonlyMap<string, AnyActor>;
  readonly counts: PartitionCounts;
  readonly stages: readonly StageFunction[];
  readonly limits: Limits;
  readonly rules: Rules;
  readonly observer: Observer;
  /** Shared with the other partitions of the process; without them, the partition is alone. */
  readonly caution?: Caution;
  readonly precedence?: Precedence;
}

/** Who wants to know what a worker does. Nothing here may throw. */
export interface Observer {
  /** The partition was taken over and is about to be processed. */
  opened(checkpoint: Checkpoint): void;
  /** A commit is applied and published. */
  settled(checkpoint: Checkpoint, decided: Decided): void;
  /** A command's outcome is durable, and can be read. */
  answered(answer: Answer): void;
  /** Documents that another hand had changed were overwritten. */
  repaired(refs: readonly DocumentRef[]): void;
}

class Stopped extends Error {}

/**
 * One opening of one partition: takes it over, settles what it finds, then turns the inbox into commits until it is
 * stopped, or the partition is lost. One object serves one opening; to open again, make another.
 */
export class PartitionWorker {
  private readonly parts: WorkerParts;
  private readonly patience: Patience;
  private readonly precedence: Precedence;
  private readonly residents: Residents;
  private stopping = false;
  private readonly untilStopped: Promise<void>;
  private tellStopped: () => void = () => undefined;
  private failure: Error | null = null;
  private wakes = 0;
  private wake: () => void = () => undefined;
  /** While it rests. */
  private endRest: (() => void) | undefined;
  private settledSeq = 0;
  private readonly quiescing: (() => void)[] = [];

  constructor(parts: WorkerParts) {
    this.parts = parts;
    this.precedence = parts.precedence ?? UNHURRIED;
    this.residents = new Residents(parts.limits.residentBytes);
    const check = (): void => {
      if (this.failure !== null) throw this.failure;
    };
    this.patience = { clock: parts.clock, limits: parts.limits, check };
    this.untilStopped = new Promise((resolve) => (this.tellStopped = resolve));
  }

  /**
   * Resolves when a stop was asked for and the last commit is settled.
   * @throws MF_PARTITION_LOST, MF_LOG_REPLACED, MF_NEWER_VERSION, or what the ports throw.
   */
  async run(): Promise<void> {
    const { log, partition } = this.parts;
    const unfollow = log.follow(partition, () => {
      this.rouse();
    });
    // Bulk that paused for somebody goes on when he is gone, whatever became of what he sent.
    const ignore = this.precedence.onArrived(() => {
      this.rouse();
    });
    try {
      const opened = await this.open();
      if (opened !== undefined) await this.process(opened);
      // What stopped it may have been its timers.
      this.patience.check();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw this.failure;
    } finally {
      this.endRest?.();
      unfollow();
      ignore();
    }
  }

  /** Nothing where it is to let go before it could begin: whoever comes next settles what there is. */
  private async open(): Promise<Checkpoint | undefined> {
    const check = (): void => {
      this.patience.check();
      if (this.stopping) throw new Stopped();
    };
    try {
      const patience = { ...this.patience, check };
      return await open({ ...this.settling, patience }, this.parts.partition, this.parts.owner);
    } catch (error) {
      this.parts.caution?.miss();
      if (error instanceof Stopped) return undefined;
      throw error;
    }
  }

  /** Asks it to finish its commit and let go; `run` resolves when it has. */
  stop(): void {
    this.stopping = true;
    this.tellStopped();
    this.rouse();
  }

  private async process(opened: Checkpoint): Promise<void> {
    this.parts.observer.opened(opened);
    const logId = await untilKnown(this.patience, () => this.parts.log.identity(opened.id));
    const timers = this.timers(opened.id);
    timers.start();
    try {
      let from = await this.processCautiously(opened, logId, timers);
      while (!this.stopping) {
        try {
          await this.processFreely(from, logId, timers);
        } catch (error) {
          if (!(error instanceof BuildAnew)) throw error;
          from = this.forget(from);
        }
      }
    } finally {
      timers.stop();
    }
  }

  /** Waits for the careful phases of others, unless it is to let go: they may take long. */
  private async processCautiously(opened: Checkpoint, logId: string, timers: TimerService): Promise<Checkpoint> {
    const own = { hasBegun: false };
    const done = (this.parts.caution ?? ALONE).through(this.isCareful(opened), async () => {
      own.hasBegun = true;
      if (this.stopping) return opened;
      // One at a time: the one that kills its reader has to be known.
      return this.processWithCaution(this.decider(opened, logId, 1), opened, timers);
    });
    await Promise.race([done, this.untilStopped]);
    return own.hasBegun ? done : opened;
  }

  private async processFreely(opened: Checkpoint, logId: string, timers: TimerService): Promise<void> {
    const decider = this.decider(opened, logId);
    const reader = new IntakeReader(this.parts.log, opened, this.parts.limits, this.patience);
    const flow = pipeline({
      pull: () => this.pull(() => reader.next(this.precedence.isAwaited())),
      stages: this.parts.stages,
      integrate: (intake: Intake) => this.decide(decider, intake),
      commit: (prepared) => this.commitAndSettle(decider, prepared, timers),
      inFlight: this.parts.limits.batchesInFlight,
    });
    await lastValueFrom(flow, { defaultValue: undefined });
  }

  /**
   * After several openings at one position something kills its reader: items are tried one by one, each announced by
   * a commit before any code sees it, and the one that was being tried through two openings is parked.
   */
  private async processWithCaution(decider: Decider, opened: Checkpoint, timers: TimerService): Promise<Checkpoint> {
    const { limits, stages } = this.parts;
    let last = opened;
    const write = async (prepared: Prepared): Promise<void> => {
      await this.commitAndSettle(decider, prepared, timers);
      last = prepared.checkpoint;
    };
    const reader = new IntakeReader(this.parts.log, opened, limits, this.patience);
    if (opened.trying !== null && opened.openings >= 2) {
      const killer = await reader.oneOf(opened.trying.lane);
      const prepared = await decider.park(killer, killed(opened));
      if (prepared !== undefined) await write(prepared);
      return last;
    }
    if (!this.isCareful(opened)) return last;
    // Fast messages come with every opening: they may neither go before what was announced nor use up its tries.
    for (const tried = { fast: 0, bulk: 0 }; tried.bulk < limits.bulkItems && !this.stopping;) {
      const again = tried.fast + tried.bulk === 0 ? opened.trying : null;
      const lane = again?.lane ?? (tried.fast < limits.fastItems ? undefined : 'bulk');
      const intake = await (lane === undefined ? reader.one() : reader.oneOf(lane));
      const item = intake.items[0];
      if (item === undefined) break;
      tried[item.lane] += 1;
      // What was announced already keeps its openings: announced anew, it could kill its readers for ever.
      const trying = { lane: item.lane, position: item.position, item: item.item };
      if (!isSame(again, trying)) await write(decider.announce(trying));
      for (const stage of stages) if (intake.records.length > 0) stage(intake.records);
      for await (const prepared of this.decide(decider, intake)) await write(prepared);
    }
    return last;
  }

  private isCareful({ trying, openings }: Checkpoint): boolean {
    return trying !== null || openings > this.parts.limits.openingsBeforeCaution;
  }

  private async *decide(decider: Decider, intake: Intake): AsyncGenerator<Prepared> {
    await this.precedence.pass();
    for await (const prepared of decider.decide(intake)) {
      if (!this.parts.rules.pinnedStates) for (const resident of prepared.touched) this.residents.remove(resident);
      yield prepared;
    }
  }

  /** The next batch, or null when it is time to let go. Reads only when asked: nothing is buffered ahead. */
  private async pull(read: () => Promise<Intake>): Promise<Intake | null> {
    for (;;) {
      const seen = this.wakes;
      if (this.stopping) return null;
      if (this.endRest === undefined || this.precedence.isAwaited()) {
        const intake = await read();
        if (intake.items.length > 0) {
          this.rest(intake);
          return intake;
        }
      }
      if (this.wakes === seen) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }

  /** After a small batch, lets more come before the next one. */
  private rest({ items, bulkPaused }: Intake): void {
    const { clock, limits } = this.parts;
    this.endRest?.();
    this.endRest = undefined;
    if (bulkPaused || items.length >= limits.bulkItems / 2) return;
    this.endRest = clock.after(limits.batchEveryMs, () => {
      this.endRest = undefined;
      this.rouse();
    });
  }

  private rouse(): void {
    this.wakes += 1;
    this.wake();
  }

  private async commitAndSettle(
    decider: Decider,
    { checkpoint, touched, answers, nextTimer, decided }: Prepared,
    timers: TimerService,
  ): Promise<void> {
    const { rules, observer, store } = this.parts;
    const hurried = answers.length > 0 || this.precedence.isAwaited();
    const how = await commit({ store, rules, patience: this.patience, hurried }, checkpoint);
    if (how === 'committed') await this.settleWithRules(checkpoint);
    decider.settle(touched, checkpoint.seq);
    this.settledSeq = checkpoint.seq;
    for (const resume of this.quiescing.splice(0)) resume();
    observer.settled(checkpoint, decided);
    for (const answer of answers) observer.answered(answer);
    timers.set(nextTimer);
  }

  private async settleWithRules(checkpoint: Checkpoint): Promise<void> {
    const { rules, observer } = this.parts;
    const applying = apply(this.settling, checkpoint);
    if (rules.applyBeforeNext) {
      const foreign = await applying;
      if (foreign.length > 0) observer.repaired(foreign);
    } else applying.catch(() => undefined);
    const publishing = publish(this.settling, checkpoint);
    if (rules.publishBeforeNext) await publishing;
    else publishing.catch(() => undefined);
  }

  private decider(opened: Checkpoint, logId: string, redriveBatch = this.parts.limits.redriveBatch): Decider {
    const { store, actors, counts, limits, rules, stages, partition } = this.parts;
    const kind = kindOf(partition);
    const redrive = new Redriver({
      ...{ partition, store, stages, kind, log: this.parts.log, patience: this.patience, most: redriveBatch },
      quiesce: () => this.quiesce(() => decider.seq),
    });
    const decider: Decider = new Decider(
      {
        limits,
        counts,
        kind,
        logId,
        residents: this.residents,
        loader: new Loader(store, this.patience, this.residents, actors, (actor, key) =>
          this.recover(redrive, actor, key),
        ),
        marks: new Marks(opened.marks, rules),
        feeds: new FeedCounts(partition, limits.feedsRemembered),
        recentOutcomes: new RecentOutcomes(),
        forwards: new Forwards(limits.forwardsRemembered),
        redrive,
      },
      opened,
    );
    this.settledSeq = opened.seq;
    return decider;
  }

  /** From its events, where its documents do not tell any more what an entity is. */
  private async recover(redrive: Redriver, actor: AnyActor, key: MatchingKey): Promise<Truth | null> {
    const events = (await redrive.history(new Set([key]))).get(key) ?? [];
    const truth = truthOfEvents(actor, key, events);
    if (truth.by === null) return null;
    this.parts.observer.repaired([{ collection: 'master.flags', id: key }]);
    return truth;
  }

  private async quiesce(seq: () => number): Promise<void> {
    while (this.settledSeq < seq()) {
      this.patience.check();
      await new Promise<void>((resume) => this.quiescing.push(resume));
    }
  }

  private forget(from: Checkpoint): Checkpoint {
    this.residents.clear();
    return from;
  }

  private timers(partition: PartitionId): TimerService {
    const { log, store, clock } = this.parts;
    return new TimerService({ log, store, clock, patience: this.patience }, partition, (error) => {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
      this.stop();
    });
  }

  private get settling(): Settling {
    const { log, store, rules } = this.parts;
    return { log, store, rules, patience: this.patience };
  }
}

function isSame(announced: Trying | null, { lane, position, item }: Trying): boolean {
  return announced?.lane === lane && announced.position === position && announced.item === item;
}

function killed({ id, trying }: Checkpoint): Error {
  const at = trying === null ? '' : `${trying.lane} message ${trying.position}, item ${trying.item}`;
  return new MasterflagError('MF_KILLED_READER', `${id}: ${at} ended every process that tried it`);
}
