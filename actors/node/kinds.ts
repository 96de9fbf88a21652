import { customer } from '../customer/index.ts';
import { enterprise } from '../enterprise/index.ts';
import { order } from '../order/index.ts';
import type { AnyActor } from '../partition/resident.ts';
import { product } from '../product/index.ts';

/** Every actor kind there is. A new one is added here, in the settings' partitions, and nowhere else. */
export const KINDS: ReadonlyMap<string, AnyActor> = new Map(
  [customer, enterprise, order, product].map((actor) => [actor.kind, actor as AnyActor]),
);
