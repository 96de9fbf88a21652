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
  /** The version of the source that read it; absent before statements told it, which counts as 1. */
  version: Type.Optional(Type.Integer({ minimum: 1 })),
};

export const Stamp = body(stamp);

export type Stamp = Readonly<Static<typeof Stamp>>;

/** A statement as it is kept: its stamp, and what it says. */
export function statement<Body extends TObject>(of: Body) {
  return body({ ...stamp, body: of });
}
