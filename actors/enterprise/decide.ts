import type { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import type { EnterpriseOrderChange } from '../../schemas/effect.ts';
import type { EnterpriseEvent, ItemSold } from '../../schemas/events/enterprise.ts';
import type { ItemMeta } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { ActorMessage, Decision, RecordRef, Records } from '../actor.ts';
import { hear, STATEMENTS_LIMIT, stampOf, statementId } from '../facts.ts';
import { decideNote } from '../notes.ts';
import { notUnderstood, tooManyStatements, unheardOf } from '../refusals.ts';
import { addTotal, type Totals } from '../totals.ts';
import { ENTERPRISE_FIELDS, isHeardOf, itemId, itemRef, type EnterpriseState } from './state.ts';

const NOTHING: readonly RecordRef[] = [];

export function needs(state: EnterpriseState, message: ActorMessage): readonly RecordRef[] {
  if (message.type !== 'effect' || message.name !== 'enterprise.orderChanged') return NOTHING;
  const { items } = message.data as EnterpriseOrderChange;
  return [...new Set(items.map(({ product = '' }) => product))].map((product) => itemRef(state.key, itemId(product)));
}

export function decide(state: EnterpriseState, message: ActorMessage, records: Records): Decision<EnterpriseEvent> {
  switch (message.type) {
    case 'part':
      if (message.name !== 'enterprise') return notUnderstood('enterprise', message);
      return decideDescription(state, upcast<Part<EnterpriseBody>>('part/enterprise', message.data));
    case 'effect':
      if (message.name !== 'enterprise.orderChanged') return notUnderstood('enterprise', message);
      return decideOrderChange(state, message.data as EnterpriseOrderChange, records);
    case 'command':
      if (message.name !== 'note') return notUnderstood('enterprise', message);
      return isHeardOf(state) ? decideNote('enterprise.noted', message) : unheardOf('enterprise', message);
    case 'timer':
      return notUnderstood('enterprise', message);
  }
}

function decideDescription(state: EnterpriseState, part: Part<EnterpriseBody>): Decision<EnterpriseEvent> {
  const known = state.statements.get(statementId(part));
  const heard = hear(known, part, ENTERPRISE_FIELDS);
  if (typeof heard === 'string') return { verdict: heard };
  if (known === undefined && state.statements.size >= STATEMENTS_LIMIT) {
    return tooManyStatements(STATEMENTS_LIMIT, `the enterprise ${state.key}`);
  }
  const data = { v: 2, ...stampOf(heard), body: heard.body } as const;
  return { verdict: 'accepted', events: [{ type: 'enterprise.described', data }] };
}

/** The event says what each item comes to from now on, so that nobody has to know what it came to before. */
function decideOrderChange(
  state: EnterpriseState,
  { order, orders, items }: EnterpriseOrderChange,
  records: Records,
): Decision<EnterpriseEvent> {
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
  const data = { v: 1, order, orders, opened, items: sold } as const;
  return { verdict: 'accepted', events: [{ type: 'enterprise.orderChanged', data }] };
}

function totalsOf(state: EnterpriseState, id: string, records: Records): Totals {
  const record = records.get(itemRef(state.key, id));
  return record === undefined ? [] : upcast<ItemMeta>('meta/item', record.meta).totals;
}
