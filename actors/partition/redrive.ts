import type { StoredDocument } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { RecordWork, StageFunction } from '../../streams/pipeline/batch.ts';
import type { Store } from '../../store/store.ts';
import type { Stamp } from './encode.ts';
import { intakeOf } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import { parkedItem, unparked } from './parking.ts';
import { resolved } from './quarantine.ts';
import { untilKnown, type Patience } from './retry.ts';
import { stepOf, type DeliverStep } from './steps.ts';

/** Commands that are about a parked entity, and are heard although it is parked. */
export const REDRIVE_COMMANDS = {
  redrive: 'hear the parked messages again',
  drop: 'give the poisoned message up',
} as const;

/** Own names only: a command may be called anything, `constructor` too. */
export function isRedriveCommand(name: string): boolean {
  return Object.hasOwn(REDRIVE_COMMANDS, name);
}

export interface RedriveSink {
  readonly write: (document: StoredDocument) => void;
  readonly reject: (work: RecordWork) => void;
  /** Whether the actor heard it without throwing; if not, it stays parked where it is. */
  readonly hear: (step: DeliverStep) => Promise<boolean>;
  /** Whether this very batch has parked messages of the entity, which the store does not show yet. */
  readonly parkedNow: boolean;
}

/** Hears an entity's parked messages again, oldest first. Returns whether some are left. */
export type Redrive = (asked: RedriveAsked, stamp: Stamp, sink: RedriveSink) => Promise<boolean>;

export interface RedriveAsked {
  readonly key: MatchingKey;
  /** Give the first of them up, and go on with the next. */
  readonly drop: boolean;
  /** The quarantine document of the first of them. */
  readonly quarantine: string;
}

export interface RedriveParts {
  readonly store: Store;
  readonly patience: Patience;
  readonly stages: readonly StageFunction[];
  readonly kind: string;
  readonly most: number;
  /** Waits until every earlier commit is settled, so that the store shows everything that is parked. */
  readonly quiesce: () => Promise<void>;
}

export function redriver({ store, patience, stages, kind, most, quiesce }: RedriveParts): Redrive {
  return async ({ key, drop, quarantine }, stamp, sink) => {
    await quiesce();
    const page = { after: '', limit: most };
    const documents = await untilKnown(patience, () => store.query('master.parked', 'entity', key, page));
    for (const [index, document] of documents.entries()) {
      const item = parkedItem(document);
      const dropped = drop && index === 0;
      if (!dropped && !(await again(item, stamp))) return true;
      sink.write(unparked(stamp, document.id));
      if (index === 0) sink.write(resolved(stamp, quarantine));
    }
    return documents.length === most || sink.parkedNow;

    async function again(item: LaneItem, { at }: Stamp): Promise<boolean> {
      const intake = intakeOf([item]);
      for (const stage of stages) if (intake.records.length > 0) stage(intake.records);
      const step = stepOf(item, intake.records[0], kind, Math.max(at, item.at));
      if (step.type === 'deliver') return sink.hear(step);
      if (step.type === 'turned') sink.reject(step.work);
      return true;
    }
  };
}
