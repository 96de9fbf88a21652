import { refName, type StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { isForWorker, type Restate } from '../../schemas/command.ts';
import type { CommandBody, EffectItem } from '../../schemas/inbox.ts';
import type { RecordRef } from '../actor.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts } from '../../schemas/partition.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import { EntryCommands } from './entry-commands.ts';
import { Restating } from './restating.ts';
import { addCloudEvents, documentsOf, type Stamp } from './encode.ts';
import type { FeedCounts, Verdict } from './feed-counts.ts';
import type { Forwards } from './forwards.ts';
import { feedOf, keyOf } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Limits } from './limits.ts';
import type { Loader } from './loader.ts';
import { outcomeDocument, outcomeId, outcomeOf, readOutcome, type Outcome, type RecentOutcomes } from './outcomes.ts';
import { ParkedKeys } from './parked-keys.ts';
import { quarantinedRecord, refusedDelivery } from './quarantine.ts';
import type { Redriver } from './redrive.ts';
import type { Resident } from './resident.ts';
import { timerDocument, timerDone } from './timers.ts';
import { provide, wantedBy } from './wanted.ts';
import { Turn, type Heard, type Mark, type Refusal } from './turn.ts';
import type { DeliverStep, Step } from './steps.ts';

/** How a command ended, for whoever waits for it. */
export interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
}

export interface BatchParts {
  readonly stamp: Stamp;
  readonly counts: PartitionCounts;
  readonly limits: Limits;
  readonly loader: Loader;
  readonly feeds: FeedCounts;
  readonly forwards: Forwards;
  readonly redrive: Redriver;
  readonly recentOutcomes: RecentOutcomes;
}

/** What a batch leaves behind for its commit. */
export interface BatchResult {
  readonly documents: readonly StoredDocument[];
  readonly effects: readonly EffectItem[];
  readonly events: readonly string[];
  readonly touched: readonly Resident[];
  readonly answers: readonly Answer[];
  readonly nextTimer: number;
}

/** The work of one commit: entity by entity, each hearing its deliveries in order. */
export class Batch {
  readonly stamp: Stamp;
  private readonly parts: BatchParts;
  private residents = new Map<MatchingKey, Resident>();
  private readonly outcomes = new Map<string, Outcome>();
  private readonly entityDocuments: StoredDocument[] = [];
  /** Quarantine, parked messages, timers, outcomes: one per id, the last one counts. */
  private readonly workerDocuments = new Map<string, StoredDocument>();
  private readonly effects: EffectItem[] = [];
  private readonly events: string[] = [];
  private readonly answers: Answer[] = [];
  private readonly parking: ParkedKeys;
  private readonly entries: EntryCommands;
  private readonly restating: Restating;
  /** Sent again on purpose, although the like of it went before. */
  private readonly sentAgain = new Set<EffectItem>();
  private nextTimer = Infinity;

  constructor(parts: BatchParts) {
    this.parts = parts;
    this.stamp = parts.stamp;
    const { stamp, redrive, limits } = parts;
    const write = this.write.bind(this);
    this.parking = new ParkedKeys({
      ...{ stamp, limits, redrive, write },
      count: this.count.bind(this),
      reject: this.reject.bind(this),
      hear: this.hearParked.bind(this),
    });
    this.entries = new EntryCommands({
      ...{ stamp, redrive, write, parking: this.parking },
      written: (name) => this.workerDocuments.get(name),
      send: (turn, effect) => {
        this.sentAgain.add(effect);
        turn.effects.push(effect);
      },
    });
    this.restating = new Restating({
      ...{ stamp, redrive, limits, counts: parts.counts, actorOf: (key) => parts.loader.actorOf(key) },
      isHere: (key) => this.residents.has(key),
      restated: (turn, documents) => {
        parts.loader.replace(turn.resident);
        this.residents.set(turn.resident.key, turn.resident);
        this.keep(turn, documents);
      },
    });
  }

  /** Brings into memory what the items need, in few round trips. */
  async load(items: readonly LaneItem[]): Promise<void> {
    const { loader } = this.parts;
    await this.loadOutcomes(items.flatMap(({ body }) => (body.type === 'command' ? [outcomeId(body)] : [])));
    this.residents = await loader.present(items.map(keyOf), this.stamp.seq);
  }

  // Memory first: a commit that settles while the store answers is forgotten here, and not in that answer yet.
  private async loadOutcomes(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const outcome = this.parts.recentOutcomes.get(id);
      if (outcome !== undefined) this.outcomes.set(id, outcome);
    }
    const found = await this.parts.loader.documents(ids.map((id) => ({ collection: 'master.outcomes', id })));
    for (const document of found.values()) {
      const outcome = readOutcome(document);
      if (outcome !== null && !this.outcomes.has(document.id)) this.outcomes.set(document.id, outcome);
    }
  }

  async process(steps: readonly Step[]): Promise<void> {
    const groups = new Map<MatchingKey, DeliverStep[]>();
    for (const step of steps) {
      if (step.type === 'turned') this.turnedAway(step);
      if (step.type !== 'deliver') continue;
      const group = groups.get(step.delivery.key);
      if (group === undefined) groups.set(step.delivery.key, [step]);
      else group.push(step);
    }
    await this.prefetch(groups);
    for (const [key, group] of groups) {
      const resident = this.resident(key);
      if (isPlain(resident, group) && this.tryAtOnce(new Turn(resident), group) === null) continue;
      if (!(await this.tryAgain(resident, group))) await this.processEntity(new Turn(resident), group);
    }
  }

  /** Parks an item, and its entity with it, without the actor hearing it. */
  async park(item: LaneItem, error: Error): Promise<void> {
    const turn = new Turn(this.resident(keyOf(item)));
    if (isGoingOn(item)) await this.stopGoingOn(turn, item, error);
    else if (turn.parked === null) this.parking.park(turn, item, error);
    else await this.parking.behind(turn, item);
    this.keep(turn);
  }

  /** What was heard again killed its reader: that is parked, and not the wish to hear it. */
  private async stopGoingOn(turn: Turn, { body }: LaneItem, error: Error): Promise<void> {
    if (turn.parked !== null) await this.parking.parkFirst(turn, error);
    if (body.type === 'command') this.answerTo(body, turn, { code: 'MF_KILLED_READER', reason: error.message });
  }

  finish(): BatchResult {
    const documents = [...this.workerDocuments.values(), ...this.parts.feeds.take(this.stamp), ...this.entityDocuments];
    const { effects, events, answers, nextTimer } = this;
    return { documents, effects, events, answers, nextTimer, touched: [...this.residents.values()] };
  }

  private turnedAway({ work }: Extract<Step, { type: 'turned' }>): void {
    this.parts.feeds.count(work.batch.feed, work.problem === null ? 'duplicate' : 'quarantined');
    this.reject(work);
  }

  private reject(work: RecordWork): void {
    if (work.problem !== null) this.write(quarantinedRecord(this.stamp, work));
  }

  private async prefetch(groups: ReadonlyMap<MatchingKey, readonly DeliverStep[]>): Promise<void> {
    const refs: RecordRef[] = [];
    const wishes: { readonly resident: Resident; readonly count: number }[] = [];
    for (const [key, steps] of groups) {
      const resident = this.resident(key);
      if (resident.parked !== null) continue;
      const wanted = wantedBy(resident, steps);
      if (wanted.length > 0) wishes.push({ resident, count: wanted.length });
      refs.push(...wanted);
    }
    if (refs.length === 0) return;
    const found = await this.parts.loader.records(refs);
    let from = 0;
    for (const { resident, count } of wishes) {
      provide(resident, found.slice(from, from + count));
      from += count;
    }
  }

  /** With what is missing; false when it goes on missing, or when it has to be done one by one. */
  private async tryAgain(resident: Resident, steps: readonly DeliverStep[]): Promise<boolean> {
    if (!isPlain(resident, steps)) return false;
    for (let attempt = 0; attempt < ATTEMPTS_AT_ONCE; attempt++) {
      const missing = this.tryAtOnce(new Turn(resident), steps);
      if (missing === null) return true;
      if (missing.length === 0) return false;
      provide(resident, await this.parts.loader.records(missing));
    }
    return false;
  }

  /**
   * The common case: all deliveries at once, projected and encoded once. Answers what is missing: null when all is
   * done; nothing, and no trace, when something threw.
   */
  private tryAtOnce(turn: Turn, steps: readonly DeliverStep[]): readonly RecordRef[] | null {
    try {
      const all: Heard[] = [];
      for (const { delivery } of steps) {
        const heard = turn.hear(delivery);
        if (heard.verdict === 'missing') return heard.refs;
        all.push(heard);
      }
      turn.project();
      const documents = documentsOf(turn, this.stamp, this.parts.limits.documentBytes);
      for (let n = 0; n < steps.length; n++) this.conclude(turn, steps[n], all[n]);
      this.keep(turn, documents);
      return null;
    } catch {
      // Whatever it was, it comes again when they are heard one by one, and is dealt with there.
      return [];
    }
  }

  /** The careful way: one by one, waiting for what is missing. The one that throws is found, and parks its key. */
  private async processEntity(turn: Turn, steps: readonly DeliverStep[]): Promise<void> {
    for (const step of steps) {
      if (isRedrive(step.delivery)) await this.redrive(turn, step);
      else if (turn.parked === null) await this.tryOne(turn, step);
      else if (!(await this.parking.behind(turn, step.item))) this.conclude(turn, step, tooManyParked(turn));
    }
    this.keep(turn);
  }

  private async tryOne(turn: Turn, step: DeliverStep, isParked = false): Promise<boolean> {
    const mark = turn.mark();
    try {
      const heard = await this.hear(turn, step, mark);
      turn.project();
      documentsOf(turn, this.stamp, this.parts.limits.documentBytes);
      this.conclude(turn, step, heard);
      return true;
    } catch (error) {
      if (isPortError(error)) throw error;
      turn.rollBack(mark);
      if (isParked) this.parking.parkAgain(turn, step.item, error);
      else this.parking.park(turn, step.item, error);
      return false;
    }
  }

  private async hearParked(turn: Turn, step: DeliverStep): Promise<boolean> {
    const { body } = step.item;
    if (body.type === 'command') await this.loadOutcomes([outcomeId(body)]);
    return this.tryOne(turn, step, true);
  }

  private async hear(turn: Turn, { delivery }: DeliverStep, mark: Mark): Promise<Heard> {
    const { origin } = delivery;
    if (origin.type === 'command') {
      const { command } = origin;
      if (this.outcomes.has(outcomeId(command))) return { verdict: 'duplicate' };
      if (isForWorker(command.name)) return this.hearForWorker(turn, command);
      const { expectedVersion } = command;
      if (expectedVersion !== undefined && expectedVersion !== turn.version) {
        return refuse(
          'MF_CONFLICT',
          `${command.key} is at version ${turn.version}, the command expected ${expectedVersion}`,
        );
      }
    }
    // Parked itself, as what was being tried when its reader was killed.
    if (isRedrive(delivery)) return { verdict: 'duplicate' };
    for (;;) {
      const heard = turn.hear(delivery);
      if (heard.verdict !== 'missing') return heard;
      const found = await this.parts.loader.records(heard.refs);
      turn.rollBack(mark);
      provide(turn.resident, found);
    }
  }

  /** What follows from how a delivery was heard, beyond the entity itself. */
  private conclude(turn: Turn, step: DeliverStep | undefined, heard: Heard | undefined): void {
    if (step === undefined || heard === undefined) return;
    const { item, delivery } = step;
    const { origin, forward } = delivery;
    // A stale record may name entities that no newer one names: what it says of them counts as well.
    if (heard.verdict === 'accepted' || heard.verdict === 'stale') for (const part of forward) turn.effects.push(part);
    if (heard.verdict === 'refused' && origin.type !== 'command')
      this.write(refusedDelivery(this.stamp, delivery, heard.refusal));
    switch (origin.type) {
      case 'record':
        this.count(item, heard.verdict === 'refused' ? 'quarantined' : heard.verdict);
        break;
      case 'command': {
        this.answerTo(origin.command, turn, heard.verdict === 'refused' ? heard.refusal : undefined);
        break;
      }
      case 'timer':
        if (heard.verdict === 'accepted') this.write(timerDone(this.stamp, delivery.key, origin.timer.timer));
        break;
      case 'part':
      case 'effect':
    }
  }

  private async redrive(turn: Turn, step: DeliverStep): Promise<void> {
    const { origin } = step.delivery;
    const { parked } = turn;
    if (origin.type !== 'command') {
      // The worker's own wish to go on: somebody else may have gone on already.
      if (parked !== null) await this.parking.hearAgain(turn, parked, { drop: false });
      return;
    }
    const isAnswered = this.outcomes.has(outcomeId(origin.command));
    this.conclude(turn, step, isAnswered ? { verdict: 'duplicate' } : await this.hearForWorker(turn, origin.command));
  }

  private hearForWorker(turn: Turn, command: CommandBody): Promise<Heard> {
    if (command.name === 'restate') return this.restating.hear(command.data as Restate);
    return this.entries.hear(turn, command);
  }

  /** What was parked has no position any more, and was counted when it was parked. */
  private count(item: LaneItem, verdict: Verdict): void {
    const counted = item.position > 0 ? feedOf(item) : null;
    if (counted !== null) this.parts.feeds.count(counted.feed, verdict);
  }

  private keep(
    turn: Turn,
    documents: readonly StoredDocument[] = documentsOf(turn, this.stamp, this.parts.limits.documentBytes),
  ): void {
    const { resident } = turn;
    for (const effect of turn.effects) {
      if (effect.type !== 'part' || this.sentAgain.has(effect) || this.parts.forwards.isNew(effect))
        this.effects.push(effect);
    }
    for (const change of turn.timers) {
      this.write(timerDocument(this.stamp, resident.key, change));
      this.nextTimer = Math.min(this.nextTimer, change.due ?? Infinity);
    }
    if (documents.length === 0) return;
    addCloudEvents(this.events, turn);
    turn.keep();
    let bytes = 256;
    for (const document of documents) {
      this.entityDocuments.push(document);
      bytes += (document.json?.length ?? 0) + document.meta.length;
    }
    this.parts.loader.resize(resident, bytes);
  }

  private answerTo(command: CommandBody, { version }: Turn, refused?: Pick<Refusal, 'code' | 'reason'>): void {
    const id = outcomeId(command);
    const outcome = this.outcomes.get(id) ?? outcomeOf(command, version, this.stamp.at, refused);
    this.answers.push({ id, outcome });
    if (this.outcomes.has(id)) return;
    this.outcomes.set(id, outcome);
    this.parts.recentOutcomes.add(id, outcome, this.stamp.seq);
    this.write(outcomeDocument(this.stamp, id, outcome));
  }

  private write(document: StoredDocument): void {
    this.workerDocuments.set(refName(document), document);
  }

  private resident(key: MatchingKey): Resident {
    const resident = this.residents.get(key);
    if (resident === undefined) throw new RangeError(`${key} was not loaded with its batch`);
    return resident;
  }
}

/** What an entity needs may change with every message; where it goes on changing, each is dealt with by itself. */
const ATTEMPTS_AT_ONCE = 3;

/** A command's outcome has to be known before the next command of the batch, which may be the same one again. */
function isPlain({ parked }: Resident, steps: readonly DeliverStep[]): boolean {
  return parked === null && steps.every(({ delivery }) => delivery.origin.type !== 'command' && !isRedrive(delivery));
}

function isRedrive({ origin, messages }: Delivery): boolean {
  if (origin.type === 'command') return isForWorker(origin.command.name);
  return origin.type === 'effect' && messages[0]?.name === '$redrive';
}

/** An item that asks for what waits to be heard again. */
function isGoingOn({ body, item }: LaneItem): boolean {
  if (body.type === 'command') return isForWorker(body.name);
  return body.type === 'effects' && body.items[item]?.name === '$redrive';
}

function tooManyParked({ resident, parked }: Turn): Heard {
  const behind = `behind the poisoned one ${parked?.quarantine ?? ''}`;
  return refuse('MF_TOO_MANY_PARKED', `as many messages of ${resident.key} as may wait already ${behind}`);
}

function refuse(code: string, reason: string): Heard {
  return { verdict: 'refused', refusal: { verdict: 'refused', code, reason } };
}

/** What a port throws is about the log or the store, and ends the opening; everything else is the message's fault. */
function isPortError(error: unknown): boolean {
  return error instanceof MasterflagError && error.code !== 'MF_DOCUMENT_TOO_LARGE';
}
