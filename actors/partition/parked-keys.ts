import type { StoredDocument } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Stamp } from './encode.ts';
import type { LaneItem } from './lane-reader.ts';
import { parkedDocument } from './parking.ts';
import { poisoned } from './quarantine.ts';
import type { Redrive } from './redrive.ts';
import type { Parked } from './resident.ts';
import type { DeliverStep } from './steps.ts';
import type { Turn } from './turn.ts';

/** What parking needs of the batch that it happens in. */
export interface ParkingHost {
  readonly stamp: Stamp;
  readonly redrive: Redrive;
  readonly write: (document: StoredDocument) => void;
  /** A record's one verdict; an item that is no record, or was counted when it was parked, has none. */
  readonly count: (item: LaneItem, verdict: 'accepted' | 'quarantined') => void;
  /** A stage rejected a parked record this time. */
  readonly reject: (work: RecordWork) => void;
  /** Whether the actor heard it without throwing; if not, it parks its key again. */
  readonly hear: (turn: Turn, step: DeliverStep) => Promise<boolean>;
}

/** Keys whose messages wait behind a poisoned one, as far as one batch has to do with them. */
export class ParkedKeys {
  private readonly host: ParkingHost;
  private readonly redriven = new Set<MatchingKey>();
  /** Keys that this batch has parked messages of: the store does not show these yet. */
  private readonly parkedNow = new Set<MatchingKey>();
  private place = 0;

  constructor(host: ParkingHost) {
    this.host = host;
  }

  /** Parks a message, and its key with it: its actor threw, or it killed its reader. */
  park(turn: Turn, item: LaneItem, error: unknown): void {
    this.keep(turn, item);
    this.parkAgain(turn, item, error);
    this.host.count(item, 'quarantined');
  }

  /** Its document is there already. */
  parkAgain(turn: Turn, item: LaneItem, error: unknown): void {
    const { stamp, write } = this.host;
    const { id, document } = poisoned(stamp, item, error);
    write(document);
    turn.parked = { quarantine: id };
    turn.note({ type: `${turn.resident.actor.kind}.parked`, data: { quarantine: id } }, stamp.at);
  }

  /** A message of a key that is parked waits behind what parked it. */
  behind(turn: Turn, item: LaneItem): void {
    this.keep(turn, item);
    this.host.count(item, 'accepted');
  }

  /**
   * Hears the parked messages again, oldest first, as many as fit a commit; `drop` gives the first of them up. What
   * the store shows as parked still after this batch has been at it goes on in the next commit.
   */
  async redrive(turn: Turn, parked: Parked, drop: boolean): Promise<void> {
    const { key } = turn.resident;
    if (this.redriven.has(key)) return;
    this.redriven.add(key);
    turn.parked = null;
    const { stamp, redrive, write, reject, hear } = this.host;
    const left = await redrive({ key, drop, quarantine: parked.quarantine }, stamp, {
      ...{ write, reject, parkedNow: this.parkedNow.has(key) },
      hear: (step) => hear(turn, step),
    });
    this.goOn(turn, left, parked);
  }

  /** After a redrive: parked again by what threw, free again, or to be gone on with in the next commit. */
  private goOn(turn: Turn, left: boolean, parked: Parked): void {
    if (turn.parked !== null) return;
    const { key, actor } = turn.resident;
    if (left) {
      turn.parked = parked;
      turn.effects.push({ key, type: 'effect', name: '$redrive', data: {} });
    } else {
      turn.note({ type: `${actor.kind}.unparked`, data: { quarantine: parked.quarantine } }, this.host.stamp.at);
    }
  }

  private keep(turn: Turn, item: LaneItem): void {
    this.parkedNow.add(turn.resident.key);
    this.host.write(parkedDocument(this.host.stamp, item, this.place++));
  }
}
