import type { StoredDocument } from '../../schemas/document.ts';
import { findMatchKey } from '../../config/match-key.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import type { Problem, StageFunction } from '../../streams/pipeline/batch.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import { realTime } from '../partition/clock.ts';
import { documentsOf, type Stamp } from '../partition/encode.ts';
import { intakeOf } from '../partition/intake.ts';
import type { LaneItem } from '../partition/lane-reader.ts';
import { LIMITS } from '../partition/limits.ts';
import { Loader } from '../partition/loader.ts';
import { waitingItem } from '../partition/parking.ts';
import { Residents } from '../partition/resident.ts';
import { stepOf } from '../partition/steps.ts';
import { Turn, type Heard } from '../partition/turn.ts';
import { provide } from '../partition/wanted.ts';
import { kindsOf, type Kinds } from './kinds.ts';
import { matchingOf } from './matching.ts';
import type { ReadPorts } from './ports.ts';

/** For a data set as its owner would process it. */
export function openTrials(ports: Pick<ReadPorts, 'store'>, sources: SourceRegistry, settings: Settings): Trials {
  // Without the secret, identifiers have other keys; which of them there are matters to effects only.
  const matching = matchingOf(findMatchKey(settings) ?? '', settings, sources);
  return new Trials(ports, createStages(sources, settings), kindsOf(matching));
}

/** What would become of something if it were sent again now. */
export type Trial =
  | { readonly verdict: 'accepted' | 'duplicate' | 'stale'; readonly note?: string }
  | {
      readonly verdict: 'refused';
      readonly code: string;
      readonly reason: string;
      readonly field?: string;
      readonly from?: readonly string[];
      readonly value?: string;
    };

/** Characters of the states that a run of trials keeps, so that a later one sees what earlier ones would have changed. */
const RESIDENT_BYTES = 64 << 20;

/**
 * Hears records and parts as a worker would, by the same stages and actors, over the committed state, and writes
 * nothing. Trials of one object see one another. Hole: what an entity tells others by effects is not followed.
 */
export class Trials {
  private readonly store: ReadPorts['store'];
  private readonly stages: readonly StageFunction[];
  private readonly residents = new Residents(RESIDENT_BYTES);
  private readonly loader: Loader;

  constructor({ store }: Pick<ReadPorts, 'store'>, stages: readonly StageFunction[], actors: Kinds) {
    this.store = store;
    this.stages = stages;
    const patience = {
      clock: realTime,
      limits: LIMITS,
      check: () => undefined,
    };
    this.loader = new Loader(store, patience, this.residents, actors);
  }

  /** Something that would be sent again. */
  send(send: EffectItem): Promise<Trial> {
    const body = { v: 2, type: 'effects', from: 'trial.0', seq: 0, chunk: 0, items: [send] } as const;
    return this.hear(send.key, {
      lane: 'fast',
      position: 0,
      item: 0,
      at: Date.now(),
      body,
      bytes: 0,
      lastOfMessage: true,
    });
  }

  /** The message that parks an entity, as it stands. */
  async parked(entity: MatchingKey): Promise<Trial> {
    const [first] = await this.store.query('master.parked', 'entity', entity, { after: '', limit: 1 });
    if (first === undefined) return { verdict: 'accepted', note: 'nothing is parked any more' };
    const trial = await this.hear(entity, waitingItem(first));
    return trial.verdict === 'refused' ? trial : { verdict: trial.verdict };
  }

  private async hear(key: MatchingKey, item: LaneItem): Promise<Trial> {
    const { records } = intakeOf([item]);
    for (const stage of this.stages) if (records.length > 0) stage(records);
    const step = stepOf(item, records[0], kindOfKey(key) ?? '', Math.max(item.at, Date.now()));
    if (step.type === 'covered') return { verdict: 'duplicate' };
    if (step.type === 'turned') return turned(step.work.problem);
    const own = await this.deliver(step.delivery);
    if (own.verdict === 'refused') return own;
    for (const part of step.delivery.forward) {
      const { key: to, name, data } = part;
      const messages = [{ type: 'part', name, key: to, data, now: Date.now() } as const];
      const other = await this.deliver({
        key: to,
        kind: kindOfKey(to) ?? '',
        messages,
        forward: [],
        origin: { type: 'part' },
      });
      if (other.verdict === 'refused') return { ...own, note: `its ${name} would be refused: ${other.reason}` };
    }
    return own;
  }

  private async deliver(delivery: Delivery): Promise<Trial> {
    const { key } = delivery;
    const resident = (await this.loader.present([key], 0)).get(key);
    if (resident === undefined) throw new RangeError(`${key} was not loaded`);
    const turn = new Turn(resident);
    try {
      const heard = await this.heard(turn, delivery);
      if (heard.verdict === 'refused') {
        const { code, reason } = heard.refusal;
        return { verdict: 'refused', code, reason };
      }
      turn.project();
      this.keep(turn, documentsOf(turn, NOWHERE, LIMITS.documentBytes));
      if (resident.parked !== null)
        return { verdict: heard.verdict, note: `waits behind ${resident.parked.quarantine}` };
      const isAwaited = turn.flag?.status === 'awaited';
      return isAwaited ? { verdict: heard.verdict, note: `waits until its ${resident.actor.kind} is stated` } : heard;
    } catch (error) {
      return { verdict: 'refused', code: 'MF_POISON', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** For later trials; the least recently used are forgotten beyond the bound. */
  private keep(turn: Turn, documents: readonly StoredDocument[]): void {
    const bytes = documents.reduce((sum, { json, meta }) => sum + (json?.length ?? 0) + meta.length, 256);
    turn.keep();
    this.loader.resize(turn.resident, bytes);
    this.residents.settle([], 0);
  }

  private async heard(turn: Turn, delivery: Delivery): Promise<Heard> {
    const mark = turn.mark();
    for (;;) {
      const heard = turn.hear(delivery);
      if (heard.verdict !== 'missing') return heard;
      turn.rollBack(mark);
      provide(turn.resident, await this.loader.records(heard.refs));
    }
  }
}

const NOWHERE: Stamp = { partition: 'trial.0', seq: 0, at: 0 };

function turned(problem: Problem | null): Trial {
  if (problem === null) return { verdict: 'duplicate' };
  const { code, message, field, from, value } = problem;
  return { verdict: 'refused', code, reason: message, field, from, value };
}
