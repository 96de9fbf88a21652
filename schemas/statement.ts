import { Type, type Static, type TObject } from 'typebox';
import { body } from './canonical/fields.ts';
import type { Merge, StateOrder } from './canonical/part.ts';

/** What the states of a statement are compared by (schemas/canonical/part.ts). */
export const stamp = {
  source: Type.String(),
  slot: Type.String(),
  merge: Type.Unsafe<Merge>(Type.Enum(['replace', 'least', 'arrival'])),
  order: Type.Unsafe<StateOrder>(Type.Array(Type.Union([Type.String(), Type.Number()]))),
  hash: Type.String(),
};

export const Stamp = body(stamp);

/** The same of a party's statement, with the version of the source that read it. */
export const partyStamp = { ...stamp, version: Type.Optional(Type.Integer({ minimum: 1 })) };

export type Stamp = Readonly<Static<typeof Stamp>>;
export type PartyStamp = Stamp & { readonly version?: number };

/** A statement as it is kept: its stamp, and what it says. */
export function statement<Body extends TObject>(of: Body) {
  return body({ ...stamp, body: of });
}
