import type { Collection } from '../../config/tasks.ts';
import type { Identifier } from '../../schemas/canonical/customer.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { FlagBody, FlagReference, RecordWrite } from '../actor.ts';
import { compareText, type Statements } from '../facts.ts';
import { identifiersOf } from '../identifiers.ts';
import { reference, references } from '../references.ts';
import type { Identified } from './claims.ts';
import type { Give } from './effects.ts';
import { headOf, type Described, type Member } from './party.ts';
import { candidatesOf, given, survive, type Candidate } from './survivorship.ts';

type RankOf = (source: string) => number;

/** Identifiers that one member adds to the integrated record; all of them stand where its sources said them. */
const IDENTIFIERS_LIMIT = 64;

/** What a member gives its head: its sums when they have changed, and what its sources say when that has. */
export function giving<Body extends Identified, Sums, State extends Member<Body, Sums>>(
  fields: readonly string[],
  rankOf: RankOf,
  sumsOf: (state: State) => Sums,
  isSame: (a: State, b: State) => boolean,
): Give<State, Body, Sums> {
  return (state, before) => ({
    ...((before === null || !isSame(state, before)) && { sums: sumsOf(state) }),
    ...(state.statements.size > 0 &&
      state.statements !== before?.statements && { described: describe(state, fields, rankOf) }),
  });
}

function describe<Body extends Identified>(
  { key, statements }: Member<Body, unknown>,
  fields: readonly string[],
  rankOf: RankOf,
): Described<Body> {
  return {
    statements: statements.size,
    stated: given(candidatesOf(key, statements), recordFields(fields), rankOf),
    identifiers: identifiersOf(statements).slice(0, IDENTIFIERS_LIMIT),
  };
}

/** Identifiers are of all members together. */
export function recordFields(fields: readonly string[]): readonly string[] {
  return fields.filter((field) => field !== 'identifiers');
}

/** What the integrated record of a party is made of, beyond its sums; `identifiers` of the body are of one member only. */
export interface Integrated<Body> {
  readonly body: Body;
  readonly identifiers: readonly Identifier[];
  /** Of all members. */
  readonly statements: number;
}

/** Null while nobody describes any of the members, and for a member that is not the head. */
export function integrate<Body extends Identified>(
  member: Member<Body, unknown>,
  fields: readonly string[],
  rankOf: RankOf,
): Integrated<Body> | null {
  const { key, statements, party } = member;
  if (headOf(member) !== key) return null;
  if (party.contributions.size === 0 && statements.size < 2) return alone(statements);
  const candidates: Candidate<Body>[] = candidatesOf(key, statements);
  let count = statements.size;
  const identifiers = [identifiersOf(statements)];
  for (const [other, { described }] of party.contributions) {
    if (described === undefined) continue;
    for (const stated of described.stated) candidates.push({ member: other, stated });
    count += described.statements;
    identifiers.push(described.identifiers);
  }
  const survived = survive(candidates, recordFields(fields), rankOf);
  return survived === null ? null : { body: survived.body, identifiers: merged(identifiers), statements: count };
}

/** Most parties are one member that one source describes once, and are written with every order. */
function alone<Body extends Identified>(statements: Statements<Body>): Integrated<Body> | null {
  for (const { body } of statements.values()) return { body, identifiers: identifiersOf(statements), statements: 1 };
  return null;
}

function merged(lists: readonly (readonly Identifier[])[]): readonly Identifier[] {
  const all = new Map(lists.flat().map((identifier) => [`${identifier.type}:${identifier.value}`, identifier]));
  return [...all].sort(([a], [b]) => compareText(a, b)).map(([, identifier]) => identifier);
}

/** The sums that the members have given, each once. */
export function sumsGiven<Sums>({ party }: Member<unknown, Sums>): Sums[] {
  return [...party.contributions.values()].flatMap(({ sums }) => sums ?? []);
}

/** The integrated record when it may have changed; nothing where there is none any more. */
export function recordWrite(
  { key }: Member<unknown, unknown>,
  collection: Collection,
  events: readonly { readonly type: string }[],
  body: Readonly<Record<string, unknown>> | null,
): RecordWrite[] {
  if (body !== null) return events.some(changesRecord) ? [{ collection, id: key, body }] : [];
  return events.some(endsRecord) ? [{ collection, id: key, body: null }] : [];
}

/** Ties matter by what comes of them. */
const NOT_OF_RECORD = /\.(?:noted|claimed|matched|told|joinDecided|splitDecided)$/;

function changesRecord({ type }: { readonly type: string }): boolean {
  return !NOT_OF_RECORD.test(type);
}

/** Another is the head now, or who described this one has left. */
function endsRecord({ type }: { readonly type: string }): boolean {
  return type.endsWith('.partyChanged') || type.endsWith('.contributed');
}

/** The flag of a member leads to its head, and the flag of the head to all members; `own` is what is the member's own. */
export function partyFlag(
  member: Member<unknown, unknown>,
  status: 'active' | 'awaited' | 'forgotten',
  own: readonly (FlagReference | null)[],
): FlagBody {
  const { key, party, notes } = member;
  const head = headOf(member);
  const others: readonly MatchingKey[] = head === key ? (party.cluster?.members ?? []) : [head];
  const ties = others.filter((other) => other !== key).map((other) => reference('master.flags', '_id', other, 1));
  const marks = marksOf(member);
  const facts = { ...(marks.length > 0 && { marks }), ...(notes.length > 0 && { notes }) };
  return {
    status: head === key ? status : 'member',
    references: references(...own, ...ties),
    ...(Object.keys(facts).length > 0 && { facts }),
  };
}

function marksOf({ party }: Member<unknown, unknown>): string[] {
  return [
    ...(party.apart === null ? [] : ['splitOff']),
    ...(party.cluster?.oversized === true ? ['partyTooLarge'] : []),
  ];
}
