import { Type, type Static, type TObject } from 'typebox';
import { Identifier } from './canonical/customer.ts';
import { body, list, PERSONAL, Reference, text, Time } from './canonical/fields.ts';
import { Sum } from './totals.ts';

/** What is the same for both kinds of parties, customers and enterprises. Keys of identifiers and names are HMACs. */
const v = Type.Literal(1);

/** The longest reason of a verdict. */
const WHY_LENGTH = 1000;

/** Why a person decided so. */
export const Why = Type.String({ minLength: 1, maxLength: WHY_LENGTH, ...PERSONAL });

/** Fingerprints of the names that a party goes by, with claims that need a second agreement. */
const names = Type.Optional(list(text(22)));

/** The type of an identifier, as sources name it: `email`, `phone`, `olist.customer_unique_id`. */
const type = text(50);

/**
 * Counts the times that a member has begun to claim identifiers, from 1: what it is told of an older claim is stale.
 * 0 is for a member that others name, and that claims nothing itself.
 */
const generation = Type.Integer({ minimum: 0 });

/** An identifier that a member claims: the key of its match actor. */
export const Claim = body({
  identifier: Reference,
  type,
  generation,
  names,
  /** The member that the identifier is the key of, where it is an id in another source. */
  named: Type.Optional(Reference),
});

/** Who else claims an identifier. */
export const Claimant = body({ member: Reference, generation, names });

/** Members with which a member is joined directly, in order. */
const neighbours = list(Reference);

export const claimed = body({ v, generation, claims: list(Claim) });

/** All others that claim an identifier; none when it is nobody else's, or withdrawn. */
export const matched = body({ v, identifier: Reference, type, generation, members: list(Claimant) });

/** What another member is joined with; null when the two have nothing to do with one another any more. */
export const told = body({
  v,
  member: Reference,
  neighbours: Type.Union([neighbours, Type.Null()]),
  /** The sender needs to know the receiver's own neighbours. */
  wants: Type.Boolean(),
});

/**
 * A person's verdict on two members; `joined: false` takes it back. The greater `round` holds, then the greater `by`
 * (who was told by the person), so that both members agree however their words crossed.
 */
export const joinDecided = body({
  v,
  member: Reference,
  round: Type.Integer({ minimum: 1 }),
  by: Reference,
  joined: Type.Boolean(),
  why: Why,
  at: Time,
});

/** A person's verdict that a member is not the same as these; of none: it was taken back. */
export const splitDecided = body({ v, from: list(Reference), why: Why, at: Time });

/** The party that a member belongs to, by its own lights: head and members, in order; itself only when it stands alone. */
export const partyChanged = body({
  v,
  head: Reference,
  members: list(Reference),
  /** It is joined with more members than one party may have, and stands alone therefore. */
  oversized: Type.Optional(Type.Literal(true)),
});

/** Those fields of a statement that its member would give the party, with what they are chosen by. */
export function stated<Body extends TObject>(of: Body) {
  return body({
    source: text(),
    slot: text(),
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    /** The time that the order of its states begins with; '' if it is none. */
    recency: Type.String(),
    /** How many fields the statement has. */
    complete: Type.Integer({ minimum: 0 }),
    // Named by hand, since a declaration file has no name for what Partial makes of a type that is open.
    body: Type.Unsafe<Partial<Static<Body>>>(Type.Partial(of)),
  });
}

/** What a member gives the head of its party to keep: what changed of it; null when it belongs to another. */
export function contributed<Body extends TObject, Sums extends TObject>(of: Body, sums: Sums) {
  return body({ v, member: Reference, contribution: Type.Union([contribution(of, sums), Type.Null()]) });
}

function contribution<Body extends TObject, Sums extends TObject>(of: Body, sums: Sums) {
  const described = body({ statements: Sum, stated: list(stated(of)), identifiers: list(Identifier, PERSONAL) });
  return body({ sums: Type.Optional(sums), described: Type.Optional(described) });
}

/** How a member keeps all this; each part is absent while there is nothing to keep. */
export function partySaved<Body extends TObject, Sums extends TObject>(of: Body, sums: Sums) {
  const { v: _claimed, ...claims } = claimed.properties;
  const { v: _matched, ...link } = matched.properties;
  const { v: _decided, ...join } = joinDecided.properties;
  const { v: _split, ...apart } = splitDecided.properties;
  return body({
    generation: claims.generation,
    claims: Type.Optional(claims.claims),
    links: Type.Optional(list(body(link))),
    joins: Type.Optional(list(body(join))),
    apart: Type.Optional(body(apart)),
    heard: Type.Optional(list(body({ member: Reference, neighbours, wants: Type.Boolean() }))),
    contributions: Type.Optional(list(body({ member: Reference, ...contribution(of, sums).properties }))),
  });
}

export type Claim = Readonly<Static<typeof Claim>>;
export type Claimant = Readonly<Static<typeof Claimant>>;
export type Claimed = Readonly<Static<typeof claimed>>;
export type Matched = Readonly<Static<typeof matched>>;
export type Told = Readonly<Static<typeof told>>;
export type JoinDecided = Readonly<Static<typeof joinDecided>>;
export type SplitDecided = Readonly<Static<typeof splitDecided>>;
export type PartyChanged = Readonly<Static<typeof partyChanged>>;
