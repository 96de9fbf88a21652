import type { Actor, ActorMessage, Decision, DomainEvent, Projection, RecordRef } from '../../actors/actor.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import { matchingKey, type MatchingKey } from '../../schemas/key.ts';
import type { Poison } from './scenario.ts';

/**
 * Two toy actors that are deliberately not idempotent: a message lost, repeated or out of order shows in a body.
 * A tally hears records and commands, keeps them as task records, chains their ids, sets timers and tells ledgers;
 * a ledger counts what every tally tells it, and answers, so that effects go round.
 */
export interface Toys {
  /** Called by a decision that throws until it is mended; throws, or ends the node that runs it. */
  readonly poison: (kind: Poison) => void;
}

export interface PutPart {
  readonly id: string;
  readonly amount: number;
  /** Who is told of it, if anybody is. */
  readonly ledger?: string;
  readonly removes?: string;
  readonly poison?: Poison;
}

interface TallyState {
  readonly key: MatchingKey;
  readonly count: number;
  readonly sum: number;
  /** Says in which order puts were heard. */
  readonly chain: number;
  readonly commands: number;
  readonly acked: number;
  readonly told: number;
  readonly removed: readonly string[];
  readonly generation: number;
  readonly ticked: number;
}

type TallyEvent =
  | { readonly type: 'tally.put'; readonly data: { readonly id: string; readonly amount: number } }
  | { readonly type: 'tally.removed'; readonly data: { readonly id: string; readonly amount: number } }
  | { readonly type: 'tally.commanded'; readonly data: { readonly amount: number } }
  | { readonly type: 'tally.acked'; readonly data: { readonly n: number } }
  | { readonly type: 'tally.ticked'; readonly data: { readonly generation: number } };

/** Every so many puts a timer is set. */
const TIMER_EVERY = 7;
const TIMER_MS = 40;

/** Every so many words are answered. */
const ACK_EVERY = 3;

export function ledgerKey(name: string): MatchingKey {
  return matchingKey('main', 'ledger', 'toy', name);
}

function putOf(data: unknown): PutPart {
  return (data as Part<PutPart>).body;
}

function item(key: MatchingKey, id: string): RecordRef {
  return { collection: 'mall.payments', id: `${key}.${id}` };
}

export function tally(toys: Toys): Actor<TallyState, TallyEvent> {
  return {
    kind: 'tally',
    initial: (key) => ({
      key,
      count: 0,
      sum: 0,
      chain: 0,
      commands: 0,
      acked: 0,
      told: 0,
      removed: [],
      generation: 0,
      ticked: 0,
    }),
    needs: (_, { name, key, data }) => {
      if (name !== 'put') return [];
      const { id, removes } = putOf(data);
      return removes === undefined ? [item(key, id)] : [item(key, id), item(key, removes)];
    },
    decide: (state, message, records): Decision<TallyEvent> => {
      switch (message.name) {
        case 'put':
          return decidePut(toys, state, message, (id) => records.get(item(message.key, id))?.body['amount']);
        case 'add':
          return {
            verdict: 'accepted',
            events: [{ type: 'tally.commanded', data: message.data as { amount: number } }],
          };
        case 'ack':
          return { verdict: 'accepted', events: [{ type: 'tally.acked', data: message.data as { n: number } }] };
        case 'tick': {
          const { generation } = message.data as { generation: number };
          if (generation !== state.generation || generation === state.ticked) return { verdict: 'stale' };
          return { verdict: 'accepted', events: [{ type: 'tally.ticked', data: { generation } }] };
        }
        default:
          return { verdict: 'refused', code: 'TOY_UNKNOWN', reason: `no message ${message.name}` };
      }
    },
    evolve: evolveTally,
    project: (state, events): Projection => ({
      records: [
        ...events.flatMap((event) => itemWrites(state.key, event)),
        { collection: 'mall.orders', id: state.key, body: tallyBody(state) },
      ],
      flag: { status: 'known', references: [] },
    }),
    save: (state) => state,
    stateRecords: () => [],
    load: (_, saved) => saved as TallyState,
  };
}

function decidePut(
  toys: Toys,
  state: TallyState,
  message: ActorMessage,
  amountOf: (id: string) => unknown,
): Decision<TallyEvent> {
  const { id, amount, ledger, removes, poison } = putOf(message.data);
  if (amountOf(id) !== undefined || state.removed.includes(id)) return { verdict: 'duplicate' };
  if (poison !== undefined) toys.poison(poison);
  const events: TallyEvent[] = [{ type: 'tally.put', data: { id, amount } }];
  const removed = removes === undefined ? undefined : amountOf(removes);
  if (removes !== undefined && typeof removed === 'number') {
    events.push({ type: 'tally.removed', data: { id: removes, amount: removed } });
  }
  const n = state.told + 1;
  const timers =
    (state.count + 1) % TIMER_EVERY === 0
      ? [{ timer: 'tick', due: message.now + TIMER_MS, generation: state.generation + 1 }]
      : [];
  return {
    verdict: 'accepted',
    events,
    effects:
      ledger === undefined ? [] : [{ key: ledgerKey(ledger), name: 'told', data: { from: message.key, n, amount } }],
    timers,
  };
}

function evolveTally(state: TallyState, event: TallyEvent): TallyState {
  switch (event.type) {
    case 'tally.put': {
      const count = state.count + 1;
      return {
        ...state,
        count,
        sum: state.sum + event.data.amount,
        chain: chained(state.chain, event.data.id),
        told: state.told + 1,
        generation: count % TIMER_EVERY === 0 ? state.generation + 1 : state.generation,
      };
    }
    case 'tally.removed':
      return { ...state, sum: state.sum - event.data.amount, removed: [...state.removed, event.data.id] };
    case 'tally.commanded':
      return { ...state, commands: state.commands + event.data.amount };
    case 'tally.acked':
      return { ...state, acked: state.acked + event.data.n };
    case 'tally.ticked':
      return { ...state, ticked: event.data.generation };
  }
}

function chained(chain: number, id: string): number {
  let hash = chain;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  return hash;
}

/** What does not depend on when timers fire: `ticked` catches up with the generation in the end. */
function tallyBody({
  count,
  sum,
  chain,
  commands,
  acked,
  removed,
  generation,
  ticked,
}: TallyState): Record<string, unknown> {
  return { v: 1, count, sum, chain, commands, acked, removed: [...removed].sort(), generation, ticked };
}

function itemWrites(key: MatchingKey, event: TallyEvent): Projection['records'] {
  if (event.type === 'tally.put') {
    return [{ ...item(key, event.data.id), body: { v: 1, order: key, amount: event.data.amount } }];
  }
  return event.type === 'tally.removed' ? [{ ...item(key, event.data.id), body: null }] : [];
}

interface LedgerState {
  readonly key: MatchingKey;
  readonly senders: Readonly<
    Record<MatchingKey, { readonly last: number; readonly sum: number; readonly gaps: number }>
  >;
}

interface LedgerEvent extends DomainEvent {
  readonly type: 'ledger.told';
  readonly data: { readonly from: MatchingKey; readonly n: number; readonly amount: number };
}

export const ledger: Actor<LedgerState, LedgerEvent> = {
  kind: 'ledger',
  initial: (key) => ({ key, senders: {} }),
  needs: () => [],
  decide: (_, message): Decision<LedgerEvent> => {
    const data = message.data as LedgerEvent['data'];
    return {
      verdict: 'accepted',
      events: [{ type: 'ledger.told', data }],
      effects: data.n % ACK_EVERY === 0 ? [{ key: data.from, name: 'ack', data: { n: data.n } }] : [],
    };
  },
  evolve: ({ key, senders }, { data: { from, n, amount } }) => {
    const { last, sum, gaps } = senders[from] ?? { last: 0, sum: 0, gaps: 0 };
    // A tally tells several ledgers, so numbers may be skipped, but they never go back.
    return { key, senders: { ...senders, [from]: { last: n, sum: sum + amount, gaps: gaps + (n > last ? 0 : 1) } } };
  },
  project: ({ key, senders }): Projection => ({
    records: [{ collection: 'mall.orders', id: key, body: ledgerBody(senders) }],
    flag: { status: 'known', references: [] },
  }),
  save: (state) => state,
  stateRecords: () => [],
  load: (_, saved) => saved as LedgerState,
};

/** Sums over all senders: what is lost, doubled or out of order shows in one of them, in whatever order senders came. */
function ledgerBody(senders: LedgerState['senders']): Record<string, unknown> {
  const body = { v: 1, senders: 0, last: 0, sum: 0, gaps: 0 };
  for (const { last, sum, gaps } of Object.values(senders)) {
    body.senders += 1;
    body.last += last;
    body.sum += sum;
    body.gaps += gaps;
  }
  return body;
}
