import type { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { EnterpriseOrderChange, EnterpriseSums } from '../../schemas/effect.ts';
import type { EnterpriseEvent, ItemSold } from '../../schemas/events/enterprise.ts';
import type { ItemMeta } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Actor, ActorMessage, Decision, RecordRef, Records } from '../actor.ts';
import { decideNote } from '../notes.ts';
import { Claims } from '../party/claims.ts';
import { PartyDecisions } from '../party/decide.ts';
import type { Matching } from '../party/matching.ts';
import { giving } from '../party/record.ts';
import { notUnderstood, unheardOf } from '../refusals.ts';
import { addTotal, type Totals } from '../totals.ts';
import { evolve } from './evolve.ts';
import { ENTERPRISE_MEMBERS, isHeardOf, itemId, itemRef, type EnterpriseState } from './state.ts';

const NOTHING: readonly RecordRef[] = [];

export function needs(state: EnterpriseState, message: ActorMessage): readonly RecordRef[] {
  if (message.type !== 'effect' || message.name !== 'enterprise.orderChanged') return NOTHING;
  const { items } = message.data as EnterpriseOrderChange;
  return [...new Set(items.map(({ product = '' }) => product))].map((product) => itemRef(state.key, itemId(product)));
}

type Decisions = PartyDecisions<EnterpriseBody, EnterpriseSums, EnterpriseState, EnterpriseEvent>;

export function createDecide(matching: Matching): Actor<EnterpriseState, EnterpriseEvent>['decide'] {
  const { fields } = ENTERPRISE_MEMBERS;
  const party: Decisions = new PartyDecisions({
    kind: 'enterprise',
    fields,
    claims: new Claims(matching),
    give: giving(fields, matching.rankOf, sumsOf, isSameSums),
    evolve,
    event: ({ name, data }) => ({ type: `enterprise.${name}`, data }) as EnterpriseEvent,
  });
  return (state, message, records) => decide(party, state, message, records);
}

function decide(
  party: Decisions,
  state: EnterpriseState,
  message: ActorMessage,
  records: Records,
): Decision<EnterpriseEvent> {
  switch (message.type) {
    case 'part':
      return message.name === 'enterprise' ? party.part(state, message) : notUnderstood('enterprise', message);
    case 'effect':
      if (message.name === 'enterprise.orderChanged') {
        return party.alongside(state, orderChange(state, message.data as EnterpriseOrderChange, records));
      }
      return party.effect(state, message) ?? notUnderstood('enterprise', message);
    case 'command':
      if (!isHeardOf(state)) return unheardOf('enterprise', message);
      if (message.name === 'note') return decideNote('enterprise.noted', message);
      return party.command(state, message) ?? notUnderstood('enterprise', message);
    case 'timer':
      return notUnderstood('enterprise', message);
  }
}

function sumsOf({ totals, orders, items }: EnterpriseState): EnterpriseSums {
  return { totals, orders, items };
}

function isSameSums(a: EnterpriseState, b: EnterpriseState): boolean {
  return a.totals === b.totals && a.orders === b.orders && a.items === b.items;
}

/** The event says what each item comes to from now on, so that nobody has to know what it came to before. */
function orderChange(
  state: EnterpriseState,
  { order, orders, items }: EnterpriseOrderChange,
  records: Records,
): EnterpriseEvent {
  const totals = new Map<string, Totals>();
  let opened = 0;
  const sold = items.map((change): ItemSold => {
    const id = itemId(change.product ?? '');
    const before = totals.get(id) ?? totalsOf(state, id, records);
    const after = addTotal(before, change.delta);
    totals.set(id, after);
    opened += Number(after.length > 0) - Number(before.length > 0);
    return { ...change, id, totals: after };
  });
  return { type: 'enterprise.orderChanged', data: { v: 1, order, orders, opened, items: sold } };
}

function totalsOf(state: EnterpriseState, id: string, records: Records): Totals {
  const record = records.get(itemRef(state.key, id));
  return record === undefined ? [] : upcast<ItemMeta>('meta/item', record.meta).totals;
}
