import type { CommandBody, EffectItem, TimerBody } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { ActorMessage } from '../../schemas/message.ts';

/** What one item of the inbox means for one entity: it is processed whole or not at all. */
export interface Delivery {
  readonly key: MatchingKey;
  readonly kind: string;
  readonly messages: readonly ActorMessage[];
  /** Parts of the record for other entities: they go on when this entity took the record. */
  readonly forward: readonly EffectItem[];
  readonly origin: Origin;
}

/** Where a delivery came from, for verdicts, answers and people. Plain data: a parked delivery is kept as JSON. */
export type Origin =
  | {
      readonly type: 'record';
      readonly feed: string;
      readonly source: string;
      readonly record: string;
      readonly sourceVersion: number;
      readonly raw: unknown;
      readonly where?: string;
      readonly corrects?: string;
    }
  | { readonly type: 'part' | 'effect' }
  | { readonly type: 'command'; readonly command: CommandBody }
  | { readonly type: 'timer'; readonly timer: TimerBody };
