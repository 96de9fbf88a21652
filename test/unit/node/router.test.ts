import { describe, expect, test } from '@jest/globals';
import { Errors, type ServiceBroker } from 'moleculer';
import { Router } from '../../../actors/node/router.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import { matchingKey, partitionOf } from '../../../schemas/key.ts';

const COUNTS = { order: 4 };
const KEY = matchingKey('main', 'order', 'shop', '1');
const PARTITION = partitionOf('order', KEY, COUNTS);

type Call = readonly [action: string, params: object, options: { readonly nodeID: string; readonly meta: object }];

/** A router of node n1, with what other nodes answer, one after another. */
function routerOf(owner: () => string | undefined, answers: readonly (() => unknown)[] = []) {
  const calls: Call[] = [];
  const left = [...answers];
  const broker = {
    call: async (...call: Call) => {
      calls.push(call);
      return left.shift()?.();
    },
  } as unknown as ServiceBroker;
  const asked: string[] = [];
  const ownerOf = (partition: string): string | undefined => {
    asked.push(partition);
    return owner();
  };
  const router = new Router({ node: 'n1', counts: COUNTS, broker, ownerOf });
  const call = (wasRouted = false) =>
    router.call({ action: 'order.get', key: KEY, params: { id: KEY }, wasRouted }, async () => 'here');
  return { call, calls, asked };
}

const fails = (error: Error) => () => {
  throw error;
};

describe('a call about an entity', () => {
  test('is answered here when its partition is', async () => {
    const { call, calls, asked } = routerOf(() => 'n1');
    expect(await call()).toBe('here');
    expect([calls, asked]).toEqual([[], [PARTITION]]);
  });

  test('goes to the owner of its partition, and says that it was routed', async () => {
    const { call, calls } = routerOf(() => 'n2', [() => 'there']);
    expect(await call()).toBe('there');
    expect(calls).toEqual([['order.get', { id: KEY }, { nodeID: 'n2', meta: { routed: true } }]]);
  });

  test.each<[string, Error]>([
    ['does not own it any more', new MasterflagError('MF_PARTITION_MOVED', 'moved')],
    ['is gone', new Errors.ServiceNotFoundError({ action: 'order.get', nodeID: 'n2' })],
    ['went away while it was asked', new Errors.RequestRejectedError({ action: 'order.get', nodeID: 'n2' })],
    ['does not answer', new Errors.RequestTimeoutError({ action: 'order.get', nodeID: 'n2' })],
  ])('looks again where it should go when the one it was sent to %s', async (_, error) => {
    const owners = ['n2', 'n3'];
    const { call, calls } = routerOf(() => owners.shift(), [fails(error), () => 'there']);
    expect(await call()).toBe('there');
    expect(calls.map(([, , { nodeID }]) => nodeID)).toEqual(['n2', 'n3']);
  });

  test('waits while nobody owns its partition', async () => {
    const owners = [undefined, undefined, 'n1'];
    const { call, asked } = routerOf(() => owners.shift());
    expect(await call()).toBe('here');
    expect(asked).toHaveLength(3);
  });

  test('that was routed here by a stale view goes back at once, and not on', async () => {
    const { call, calls } = routerOf(() => 'n3');
    await expect(call(true)).rejects.toMatchObject({ code: 'MF_PARTITION_MOVED' });
    expect(calls).toEqual([]);
  });

  test('fails as it fails at the owner, once', async () => {
    const { call, calls } = routerOf(() => 'n2', [fails(new MasterflagError('MF_NOT_FOUND', 'no such order'))]);
    await expect(call()).rejects.toMatchObject({ code: 'MF_NOT_FOUND' });
    expect(calls).toHaveLength(1);
  });
});
