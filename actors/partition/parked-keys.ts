import type { StoredDocument } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Stamp } from './encode.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Limits } from './limits.ts';
import { parkedDocument, unparked, waitingId } from './parking.ts';
import { overflowed, poisoned, resolved } from './quarantine.ts';
import type { RedriveAsked, Redriver } from './redrive.ts';
import type { Held, Parked } from './resident.ts';
import type { DeliverStep } from './steps.ts';
import type { Turn } from './turn.ts';

/** What parking needs of the batch that it happens in. */
export interface ParkingHost {
  readonly stamp: Stamp;
  readonly limits: Pick<Limits, 'parkedPerKey'>;
  readonly redrive: Redriver;
  readonly write: (document: StoredDocument) => void;
  /** A record's one verdict; an item that is no record, or was counted when it was parked, has none. */
  readonly count: (item: LaneItem, verdict: 'accepted' | 'quarantined') => void;
  /** A stage rejected a parked record this time. */
  readonly reject: (work: RecordWork) => void;
  /** Whether the actor heard it without throwing; if not, it parks its key again. */
  readonly hear: (turn: Turn, step: DeliverStep) => Promise<boolean>;
}

/** What is to become of the message that parks a key. */
export type Asked = Omit<RedriveAsked, 'key'>;

/**
 * How far a redrive got: past the message that parked the key; not past it, because it threw again; nowhere, because
 * this batch has been at the key before (`busy`), or because it is the next commit that sees what waits (`next`).
 */
export type Progress = 'past' | 'threw' | 'busy' | 'next';

/** Keys whose messages wait behind a poisoned one, as far as one batch has to do with them. */
export class ParkedKeys {
  private readonly host: ParkingHost;
  private readonly redriven = new Set<MatchingKey>();
  /** Keys that this batch has let messages wait for: the store does not show these yet. */
  private readonly waitingNow = new Set<MatchingKey>();
  private place = 0;

  constructor(host: ParkingHost) {
    this.host = host;
  }

  /** Parks a message, and its key with it: its actor threw, or it killed its reader. */
  park(turn: Turn, item: LaneItem, error: unknown): void {
    turn.resident.held = { parked: 1, overflow: 0 };
    this.host.write(parkedDocument(this.host.stamp, item, this.nextId(turn)));
    this.parkAgain(turn, item, error);
    this.host.count(item, 'quarantined');
  }

  /** It waits as a document already. */
  parkAgain(turn: Turn, item: LaneItem, error: unknown): void {
    const { stamp, write } = this.host;
    const { id, document } = poisoned(stamp, item, error);
    write(document);
    turn.parked = { quarantine: id };
    turn.note({ type: `${turn.resident.actor.kind}.parked`, data: { quarantine: id } }, stamp.at);
  }

  /** A redrive killed its reader. Careful ones hear one message at a time, so it is the first one that kills. */
  async parkFirst(turn: Turn, error: unknown): Promise<void> {
    const first = await this.host.redrive.first(turn.resident.key);
    if (first !== undefined) this.parkAgain(turn, first, error);
  }

  /**
   * A message of a key that is parked waits behind what parked it: parked too, or in quarantine where too many are
   * and for as long as any is, so that none overtakes another. False for what can be refused instead: a command.
   */
  async behind(turn: Turn, item: LaneItem): Promise<boolean> {
    const { stamp, limits, write, count } = this.host;
    const held = await this.heldOf(turn);
    if (held.overflow === 0 && held.parked <= limits.parkedPerKey) {
      held.parked += 1;
      write(parkedDocument(stamp, item, this.nextId(turn)));
      count(item, 'accepted');
      return true;
    }
    if (item.body.type === 'command') return false;
    held.overflow += 1;
    write(overflowed(stamp, item, this.nextId(turn), turn.parked?.quarantine ?? ''));
    count(item, 'quarantined');
    return true;
  }

  /**
   * Hears again what waits, oldest first, as many as fit a commit. What the store shows as waiting still after this
   * batch has been at it goes on in the next commit.
   */
  async hearAgain(turn: Turn, parked: Parked, asked: Asked): Promise<Progress> {
    const { resident } = turn;
    const { key } = resident;
    if (this.redriven.has(key)) return 'busy';
    this.redriven.add(key);
    const held = await this.heldOf(turn);
    turn.parked = null;
    const { stamp, redrive, write, reject, hear } = this.host;
    let gone = 0;
    const { left, threw } = await redrive.hearAgain({ key, ...asked }, stamp, {
      reject,
      hear: (step) => hear(turn, step),
      changed: ({ id }, item) => {
        write(parkedDocument(stamp, item, id));
      },
      gone: ({ id, collection }) => {
        if (gone++ === 0) write(resolved(stamp, parked.quarantine));
        held[collection === 'master.parked' ? 'parked' : 'overflow'] -= 1;
        write(collection === 'master.parked' ? unparked(stamp, id) : resolved(stamp, id));
      },
    });
    // Heard in another form, it parks the key as another message.
    if (gone === 0 && isParkedAnew(turn, parked)) write(resolved(stamp, parked.quarantine));
    if (!threw) this.goOn(turn, left || this.waitingNow.has(key), parked);
    return gone > 0 ? 'past' : threw ? 'threw' : 'next';
  }

  /** After a redrive that nothing stopped: free again, or to be gone on with in the next commit. */
  private goOn(turn: Turn, left: boolean, parked: Parked): void {
    const { key, actor } = turn.resident;
    if (left) {
      turn.parked = parked;
      turn.effects.push({ key, type: 'effect', name: '$redrive', data: {} });
    } else {
      turn.resident.held = null;
      turn.note({ type: `${actor.kind}.unparked`, data: { quarantine: parked.quarantine } }, this.host.stamp.at);
    }
  }

  /** What is not counted yet was not touched by this batch: the store knows. */
  private async heldOf({ resident }: Turn): Promise<Held> {
    return (resident.held ??= await this.host.redrive.held(resident.key));
  }

  private nextId({ resident }: Turn): string {
    this.waitingNow.add(resident.key);
    return waitingId(resident.key, this.host.stamp, this.place++);
  }
}

/** By another entry than before. */
function isParkedAnew(turn: Turn, { quarantine }: Parked): boolean {
  return turn.parked !== null && turn.parked.quarantine !== quarantine;
}
