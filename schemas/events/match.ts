import { Type, type Static } from 'typebox';
import { body, list, Reference } from '../canonical/fields.ts';
import { Claimant, Claim } from '../party.ts';

const v = Type.Literal(1);

/** A claimant that stands in a document of its own, in the place of this number. */
export const Place = body({ place: Type.Integer({ minimum: 0 }), ...Claimant.properties });

export const matchEvents = {
  'match.claimed': body({
    v,
    member: Reference,
    type: Claim.properties.type,
    generation: Claim.properties.generation,
    names: Claim.properties.names,
    named: Claim.properties.named,
    /** It did not claim the identifier before. */
    isNew: Type.Boolean(),
    /** Claimants that stand in documents from now on: this one, or all when there came to be too many. */
    placed: Type.Optional(list(Place)),
  }),
  'match.released': body({
    v,
    member: Reference,
    /** Of the places of a withdrawn identifier, the last one that is gone, and who stood there and has moved. */
    freed: Type.Optional(body({ place: Type.Integer({ minimum: 0 }), moved: Type.Optional(Place) })),
    /** There are few enough again: those who are left, and no places. */
    left: Type.Optional(list(Claimant)),
  }),
} as const;

type Events = typeof matchEvents;
export type MatchEventName = keyof Events;
export type MatchEventData<Name extends MatchEventName> = Readonly<Static<Events[Name]>>;
export type MatchEvent = {
  [Name in MatchEventName]: { readonly type: Name; readonly data: MatchEventData<Name> };
}[MatchEventName];
export type Place = Readonly<Static<typeof Place>>;
