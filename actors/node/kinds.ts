import { createCustomer } from '../customer/index.ts';
import { createEnterprise } from '../enterprise/index.ts';
import { match } from '../match/index.ts';
import { order } from '../order/index.ts';
import type { AnyActor } from '../partition/resident.ts';
import type { Matching } from '../party/matching.ts';
import { product } from '../product/index.ts';

/** All actors by kind. */
export type Kinds = ReadonlyMap<string, AnyActor>;

/** Every actor kind there is. A new one is added here, in the settings' partitions, and nowhere else. */
export function kindsOf(matching: Matching): Kinds {
  const actors = [createCustomer(matching), createEnterprise(matching), match, order, product];
  return new Map(actors.map((actor) => [actor.kind, actor as AnyActor]));
}
