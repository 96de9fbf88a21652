import { refName, type StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { RecordRef } from '../actor.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import { addCloudEvents, documentsOf, type Stamp } from './encode.ts';
import type { FeedCounts, Verdict } from './feed-counts.ts';
import type { Forwards } from './forwards.ts';
import { keyOf } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Limits } from './limits.ts';
import type { Loader } from './loader.ts';
import { outcomeDocument, outcomeId, outcomeOf, readOutcome, type Outcome, type RecentOutcomes } from './outcomes.ts';
import { ParkedKeys } from './parked-keys.ts';
import { quarantinedRecord, refusedDelivery } from './quarantine.ts';
import { isRedriveCommand, type Redrive } from './redrive.ts';
import type { Resident } from './resident.ts';
import { timerDocument, timerDone } from './timers.ts';
import { provide, wantedBy } from './wanted.ts';
import { Turn, type Heard, type Mark } from './turn.ts';
import type { DeliverStep, Step } from './steps.ts';

/** How a command ended, for whoever waits for it. */
export interface Answer {
  readonly id: string;
  readonly outcome: Outcome;
}

export interface BatchParts {
  readonly stamp: Stamp;
  readonly limits: Limits;
  readonly loader: Loader;
  readonly feeds: FeedCounts;
  readonly forwards: Forwards;
  readonly redrive: Redrive;
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
  private nextTimer = Infinity;

  constructor(parts: BatchParts) {
    this.parts = parts;
    this.stamp = parts.stamp;
    const { stamp, redrive } = parts;
    this.parking = new ParkedKeys({
      ...{ stamp, redrive },
      write: this.write.bind(this),
      count: this.count.bind(this),
      reject: this.reject.bind(this),
      hear: this.hearParked.bind(this),
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
  park(item: LaneItem, error: unknown): void {
    const turn = new Turn(this.resident(keyOf(item)));
    // A redrive that killed its reader waits behind what it was to redrive: that is what stands in quarantine.
    if (turn.parked !== null) this.parking.behind(turn, item);
    else this.parking.park(turn, item, error);
    this.keep(turn);
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
      else if (turn.parked !== null) this.parking.behind(turn, step.item);
      else await this.tryOne(turn, step);
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
      if (isRedriveCommand(command.name)) return refuse('MF_NOT_PARKED', `${command.key} is not parked`);
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
        const id = outcomeId(origin.command);
        const refusal = heard.verdict === 'refused' ? heard.refusal : undefined;
        const outcome = this.outcomes.get(id) ?? outcomeOf(origin.command, turn.version, this.stamp.at, refusal);
        this.answer(id, outcome);
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
    const { key, origin } = step.delivery;
    const { parked } = turn;
    // The worker's own wish to go on: somebody else may have gone on already.
    if (origin.type !== 'command') {
      if (parked !== null) await this.parking.redrive(turn, parked, false);
    } else if (this.outcomes.has(outcomeId(origin.command))) this.conclude(turn, step, { verdict: 'duplicate' });
    else if (parked === null) this.conclude(turn, step, refuse('MF_NOT_PARKED', `${key} is not parked`));
    else {
      await this.parking.redrive(turn, parked, origin.command.name === 'drop');
      this.conclude(turn, step, { verdict: 'accepted' });
    }
  }

  /** What was parked has no position any more, and was counted when it was parked. */
  private count({ body, position }: LaneItem, verdict: Verdict): void {
    if (body.type === 'records' && position > 0) this.parts.feeds.count(body.feed, verdict);
  }

  private keep(turn: Turn, documents = documentsOf(turn, this.stamp, this.parts.limits.documentBytes)): void {
    const { resident } = turn;
    for (const effect of turn.effects) {
      if (effect.type === 'effect' || this.parts.forwards.isNew(effect)) this.effects.push(effect);
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

  private answer(id: string, outcome: Outcome): void {
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
  if (origin.type === 'command') return isRedriveCommand(origin.command.name);
  return origin.type === 'effect' && messages[0]?.name === '$redrive';
}

function refuse(code: string, reason: string): Heard {
  return { verdict: 'refused', refusal: { verdict: 'refused', code, reason } };
}

/** What a port throws is about the log or the store, and ends the opening; everything else is the message's fault. */
function isPortError(error: unknown): boolean {
  return error instanceof MasterflagError && error.code !== 'MF_DOCUMENT_TOO_LARGE';
}
