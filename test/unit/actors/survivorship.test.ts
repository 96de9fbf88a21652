import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createCustomer } from '../../../actors/customer/index.ts';
import { createEnterprise } from '../../../actors/enterprise/index.ts';
import { createMatching } from '../../../actors/party/matching.ts';
import { given, survive, type Candidate } from '../../../actors/party/survivorship.ts';
import type { EnterpriseEvent } from '../../../schemas/events/enterprise.ts';
import { upcast } from '../../../schemas/upcast.ts';
import { ENTERPRISE, ORDER } from './scenario.ts';

interface Body {
  readonly id?: string;
  readonly name?: string;
  readonly city?: string;
  readonly phone?: string;
  readonly original?: Readonly<Record<string, unknown>>;
}

const FIELDS = ['id', 'name', 'city', 'phone', 'original'];
const rankOf = (source: string): number => (source === 'erp' ? 10 : 100);

function candidate(member: string, source: string, body: Body, recency = ''): Candidate<Body> {
  const complete = Object.keys(body).filter((field) => field !== 'id' && field !== 'original').length;
  return { member, stated: { source, slot: '1', recency, complete, body } };
}

describe('each field of an integrated record is', () => {
  const names = (...candidates: Candidate<Body>[]): (string | undefined)[] => {
    return [candidates, [...candidates].reverse()].map((some) => survive(some, FIELDS, rankOf)?.body.name);
  };

  test('of the source with the least rank, however little it says', () => {
    const erp = candidate('b', 'erp', { name: 'Ann Lee' });
    expect(names(erp, candidate('a', 'web', { name: 'ann', city: 'Oslo' }, '2024-01-01T00:00:00Z'))).toEqual([
      'Ann Lee',
      'Ann Lee',
    ]);
  });

  test('then of the statement that says most, then of the most recent, then of the smallest key', () => {
    const more = candidate('b', 'web', { name: 'more', city: 'Oslo' });
    const late = candidate('c', 'web', { name: 'late' }, '2024-02-01T00:00:00Z');
    const early = candidate('a', 'web', { name: 'early' }, '2024-01-01T00:00:00Z');
    const never = candidate('a', 'till', { name: 'never' });
    expect(names(more, late, early, never)).toEqual(['more', 'more']);
    expect(names(late, early, never)).toEqual(['late', 'late']);
    expect(names(candidate('a', 'web', { name: 'a' }), candidate('b', 'web', { name: 'b' }))).toEqual(['a', 'a']);
  });

  test('of the next best where the best says nothing of it, with what it was before cleansing', () => {
    const erp = candidate('b', 'erp', {
      id: 'B',
      name: 'Ann',
      original: { name: 'ANN', rules: { name: ['nameCapitals'] } },
    });
    const web = candidate('a', 'web', { id: 'A', name: 'ann', city: 'Oslo', original: { name: ' ann', city: 'OSLO' } });
    const survived = survive([web, erp], FIELDS, rankOf);
    expect(survived?.body).toEqual({
      ...{ id: 'A', name: 'Ann', city: 'Oslo' },
      original: { name: 'ANN', city: 'OSLO', rules: { name: ['nameCapitals'] } },
    });
    expect(Array.from(survived?.origins ?? [], ([field, from]) => [field, from.member])).toEqual([
      ['id', 'a'],
      ['name', 'b'],
      ['city', 'a'],
    ]);
  });

  test('the same when members give only what is best of their own', () => {
    const own = [
      candidate('a', 'web', { id: 'A', name: 'a', phone: '1' }),
      candidate('a', 'erp', { name: 'A', original: { name: 'x' } }),
    ];
    const others = [candidate('b', 'till', { name: 'b', city: 'Rio', phone: '2' })];
    const less = given(own, FIELDS, rankOf).map((stated) => ({ member: 'a', stated }));
    expect(survive([...less, ...others], FIELDS, rankOf)?.body).toEqual(
      survive([...own, ...others], FIELDS, rankOf)?.body,
    );
    expect(JSON.stringify(less).length).toBeLessThan(JSON.stringify(own).length);
  });
});

describe('what an older version kept', () => {
  const golden = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8'));
  const matching = createMatching({ key: 'a secret of these tests' });

  test('of an enterprise gets records of its own, and is claimed, with the next thing that is heard', () => {
    const actor = createEnterprise(matching);
    const saved = { ...(golden('state~enterprise.v1') as object), key: ENTERPRISE, document: true };
    const meta = golden('meta~enterprise.v1');
    expect(actor.stateRecords(saved)).toEqual([{ collection: 'customer.enterprises', id: ENTERPRISE }]);
    const state = actor.load(ENTERPRISE, saved, { get: () => ({ body: {}, meta }) });
    const data = { v: 1, order: ORDER, orders: 0, items: [] };
    const message = { type: 'effect', name: 'enterprise.orderChanged', key: ENTERPRISE, data, now: 0 } as const;
    const decision = actor.decide(state, message, { get: () => undefined });
    if (decision.verdict !== 'accepted') throw new Error(decision.verdict);
    expect(decision.events.map(({ type }) => type)).toEqual(['enterprise.described', 'enterprise.orderChanged']);
    const after = decision.events.reduce<typeof state>(
      (before, event: EnterpriseEvent) => actor.evolve(before, event),
      state,
    );
    const { records } = actor.project(after, decision.events, { get: () => undefined });
    expect(records.map(({ collection }) => collection)).toEqual(['sales.members', 'customer.enterprises']);
    expect(actor.save(after)).toMatchObject({ v: 2, document: false, members: [expect.any(String)] });
  });

  test('of a customer is claimed when the same is fed again', () => {
    const actor = createCustomer(matching);
    const part = { ...(golden('part~customer.v1') as object) };
    const saved = golden('state~customer.v1') as { readonly key: string };
    const record = { body: golden('mall.members.v1'), meta: golden('meta~stamp.v1') };
    const state = actor.load(saved.key, saved, { get: () => record as never });
    const stamped = { ...part, ...(record.meta as object), v: 1, body: (part as { body: unknown }).body };
    const message = { type: 'part', name: 'customer', key: saved.key, data: stamped, now: 0 } as const;
    const decision = actor.decide(state, message, { get: () => undefined });
    expect(decision).toMatchObject({ verdict: 'accepted' });
    expect(upcast('part/customer', stamped)).toMatchObject({ v: 2 });
  });
});
