import type { Identifier } from '../../schemas/canonical/customer.ts';
import { kindOfKey, matchingKey, type MatchingKey } from '../../schemas/key.ts';
import type { Claim, Claimed } from '../../schemas/party.ts';
import { compareText, type Statements } from '../facts.ts';
import { isWeak, namespaceOf, typeOf } from '../match/types.ts';
import type { Matching } from './matching.ts';
import type { Party } from './party.ts';

/** What a statement of a party may be known by. */
export interface Identified {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly registrationNumber?: string;
  readonly country?: string;
  readonly identifiers?: readonly Identifier[];
}

/** An identifier that a member goes by, and the form in which it is compared. */
export interface OwnIdentifier {
  readonly type: string;
  readonly form: string;
  /** As its source said it. */
  readonly value: string;
  readonly named?: MatchingKey;
}

/** A member is known by a handful. One record may bring 20, so a member of several sources keeps the first of them. */
const IDENTIFIERS_LIMIT = 64;

/** Names that a member goes by, for the second agreement of weak identifiers. */
const NAMES_LIMIT = 4;

/** What a member should claim: a function of what its sources say. Identifiers of one kind and tenant meet, no others. */
export class Claims {
  private readonly matching: Matching;
  /** Most messages leave the statements as they are. */
  private readonly known = new WeakMap<object, readonly Omit<Claim, 'generation'>[]>();

  constructor(matching: Matching) {
    this.matching = matching;
  }

  wanted(key: MatchingKey, statements: Statements<Identified>): readonly Omit<Claim, 'generation'>[] {
    let claims = this.known.get(statements);
    if (claims === undefined) {
      claims = this.make(key, statements);
      this.known.set(statements, claims);
    }
    return claims;
  }

  /** All identifiers of a member that count: sorted, the strong ones first. */
  identifiers(key: MatchingKey, statements: Statements<Identified>): readonly OwnIdentifier[] {
    let all: Map<string, OwnIdentifier> | null = null;
    for (const { body } of statements.values()) {
      for (const [type, value] of valuesOf(body)) {
        const own = this.identifier(key, type, value, body.country);
        if (own !== null) (all ??= new Map<string, OwnIdentifier>()).set(placeOf(own), own);
      }
    }
    if (all === null) return NONE;
    const sorted = [...all].sort(([a], [b]) => compareText(a, b)).slice(0, IDENTIFIERS_LIMIT);
    return sorted.map(([, own]) => own);
  }

  /** The key of the match actor of an identifier. */
  keyOf(key: MatchingKey, { type, form }: Pick<OwnIdentifier, 'type' | 'form'>): MatchingKey {
    const [tenant, kind] = [tenantOf(key), kindOfKey(key)];
    return `${tenant}.match.${this.matching.fingerprint(JSON.stringify([tenant, kind, type, form]))}`;
  }

  private make(key: MatchingKey, statements: Statements<Identified>): readonly Omit<Claim, 'generation'>[] {
    const own = this.identifiers(key, statements);
    if (own.length === 0) return NONE;
    const names = own.some(({ type }) => isWeak(type)) ? this.names(key, statements) : NONE;
    return own.map((identifier) => ({
      identifier: this.keyOf(key, identifier),
      type: identifier.type,
      ...(names.length > 0 && isWeak(identifier.type) && { names }),
      ...(identifier.named !== undefined && { named: identifier.named }),
    }));
  }

  private identifier(key: MatchingKey, type: string, value: string, country?: string): OwnIdentifier | null {
    const form = this.matching.compare(type, value, country);
    if (form === null || this.matching.isPlaceholder(type, form)) return null;
    const namespace = namespaceOf(type);
    if (namespace === undefined) return { type, form, value };
    const named = matchingKey(tenantOf(key), kindOfKey(key) ?? '', namespace, value);
    // What a source says of its own customer joins it with nobody else.
    return named === key ? null : { type, form, value, named };
  }

  private names(key: MatchingKey, statements: Statements<Identified>): readonly string[] {
    const type = kindOfKey(key) === 'customer' ? 'personName' : 'companyName';
    const forms = new Set<string>();
    for (const { body } of statements.values()) {
      const form = body.name === undefined ? null : this.matching.compare(type, body.name);
      if (form !== null && !this.matching.isPlaceholder('name', form)) forms.add(form);
    }
    const sorted = [...forms].sort(compareText).slice(0, NAMES_LIMIT);
    return sorted.map((form) => this.matching.fingerprint(JSON.stringify(['name', form])));
  }
}

const NONE: readonly never[] = [];

const FIELDS = ['email', 'phone', 'registrationNumber'] as const;

function* valuesOf(body: Identified): Generator<readonly [type: string, value: string]> {
  for (const field of FIELDS) {
    const value = body[field];
    if (value !== undefined) yield [field, value];
  }
  for (const { type, value } of body.identifiers ?? []) yield [typeOf(type), value];
}

function placeOf({ type, form }: OwnIdentifier): string {
  return `${isWeak(type) ? 1 : 0} ${type} ${form}`;
}

function tenantOf(key: MatchingKey): string {
  return key.slice(0, key.indexOf('.'));
}

/** The claims that there should be, as an event; null when they are what there is. */
export function claimsChanged(
  { claims, generation }: Party<unknown, unknown>,
  wanted: readonly Omit<Claim, 'generation'>[],
): Claimed | null {
  if (wanted.length === claims.size && wanted.every((claim) => isSame(claim, claims.get(claim.identifier))))
    return null;
  const isNew = wanted.some(({ identifier }) => !claims.has(identifier));
  const next = isNew ? generation + 1 : generation;
  return {
    v: 1,
    generation: next,
    claims: wanted.map(({ identifier, type, ...facts }) => {
      return { identifier, type, generation: claims.get(identifier)?.generation ?? next, ...facts };
    }),
  };
}

function isSame(wanted: Omit<Claim, 'generation'>, claim: Claim | undefined): boolean {
  return claim !== undefined && isSameList(wanted.names ?? NONE, claim.names ?? NONE);
}

export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}
