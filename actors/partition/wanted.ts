import { refName } from '../../schemas/document.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import type { RecordRef, RecordWrite } from '../actor.ts';
import { EntityRecords } from './entity-records.ts';
import type { Resident } from './resident.ts';

/** The records that the deliveries need, as far as the entity's present state can tell, and that are not in memory. */
export function wantedBy(resident: Resident, steps: readonly { readonly delivery: Delivery }[]): readonly RecordRef[] {
  let wanted: Map<string, RecordRef> | null = null;
  for (const { delivery } of steps) {
    for (const message of delivery.messages) {
      for (const ref of needsOf(resident, message)) {
        if (resident.records?.get(ref) === undefined) (wanted ??= new Map<string, RecordRef>()).set(refName(ref), ref);
      }
    }
  }
  return wanted === null ? [] : [...wanted.values()];
}

/** What an actor needs, or nothing if it cannot even say: that it throws is dealt with when it hears the message. */
function needsOf({ actor, state }: Resident, message: ActorMessage): readonly RecordRef[] {
  try {
    return actor.needs(state, message);
  } catch {
    return [];
  }
}

/** What was looked for stays with the entity until its commit is settled. */
export function provide(resident: Resident, found: readonly RecordWrite[]): void {
  (resident.records ??= new EntityRecords()).add(found);
}
