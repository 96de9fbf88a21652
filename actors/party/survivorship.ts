import type { MatchingKey } from '../../schemas/key.ts';
import { compareText, keepOriginal, statementId, type Statement, type Statements } from '../facts.ts';

/** What one source says, as far as it would give the integrated record something, and what it is chosen by. */
export interface Stated<Body> {
  readonly source: string;
  readonly slot: string;
  /** Of the source that read it. */
  readonly version?: number;
  /** The time that the order of its states begins with; '' if it is none. */
  readonly recency: string;
  /** How many fields the statement has. */
  readonly complete: number;
  readonly body: Partial<Body>;
}

/** A statement of a member of the party. */
export interface Candidate<Body> {
  readonly member: MatchingKey;
  readonly stated: Stated<Body>;
}

/** A body, and for each of its fields the statement that gave it. */
export interface Survived<Body> {
  readonly body: Body;
  readonly origins: ReadonlyMap<string, Candidate<Body>>;
}

/** RFC 3339 in UTC, as mapping and cleansing make every time: comparable as text. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** These are of a statement, and not of the party. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['id', 'identifiers', 'original']);

type Fields = Readonly<Record<string, unknown>>;

export function statedOf<Body>({ source, slot, version, order, body }: Statement<Body>): Stated<Body> {
  const [first] = order;
  const recency = typeof first === 'string' && TIME.test(first) ? first : '';
  let complete = 0;
  for (const field in body) if (!NOT_COUNTED.has(field) && body[field] !== undefined) complete++;
  return { source, slot, ...(version !== undefined && { version }), recency, complete, body };
}

export function candidatesOf<Body>(member: MatchingKey, statements: Statements<Body>): Candidate<Body>[] {
  return Array.from(statements.values(), (statement) => ({ member, stated: statedOf(statement) }));
}

/**
 * The integrated record of a party, field by field: of the source with the least rank, then of the statement with the
 * most fields, then the most recent one (where the order of states of its source begins with a time), then by key of
 * the member and name of the statement. `id` is a name of one member, and follows the keys alone. What a field was
 * before cleansing comes from where the field comes. The order is total and knows nothing of other candidates, so the
 * best of what each member would give is the best of all.
 */
export function survive<Body>(
  candidates: readonly Candidate<Body>[],
  fields: readonly string[],
  rankOf: (source: string) => number,
): Survived<Body> | null {
  if (candidates.length === 0) return null;
  const byKey = [...candidates].sort(compareKeys);
  const byTrust = [...byKey].sort((a, b) => compareTrust(a.stated, b.stated, rankOf));
  const body: Record<string, unknown> = {};
  const original: Record<string, unknown> = {};
  const origins = new Map<string, Candidate<Body>>();
  for (const field of fields) {
    if (field === 'original') continue;
    const from = (field === 'id' ? byKey : byTrust).find(({ stated }) => (stated.body as Fields)[field] !== undefined);
    if (from === undefined) continue;
    const said = from.stated.body as Fields;
    body[field] = said[field];
    origins.set(field, from);
    keepOriginal(original, said, field);
  }
  if (Object.keys(original).length > 0) body['original'] = original;
  return { body: body as Body, origins };
}

function compareTrust(a: Stated<unknown>, b: Stated<unknown>, rankOf: (source: string) => number): number {
  return rankOf(a.source) - rankOf(b.source) || b.complete - a.complete || compareText(b.recency, a.recency);
}

function compareKeys(a: Candidate<unknown>, b: Candidate<unknown>): number {
  return compareText(a.member, b.member) || compareText(statementId(a.stated), statementId(b.stated));
}

/** What a member would give: each field of the statement that it would come from if there were nobody else. */
export function given<Body>(
  candidates: readonly Candidate<Body>[],
  fields: readonly string[],
  rankOf: (source: string) => number,
): Stated<Body>[] {
  const survived = survive(candidates, fields, rankOf);
  if (survived === null) return [];
  const bodies = new Map<Stated<Body>, Record<string, unknown>>();
  for (const [field, { stated }] of survived.origins) {
    const said = stated.body as Fields;
    const body = bodies.get(stated) ?? {};
    bodies.set(stated, body);
    body[field] = said[field];
    const original = { ...(body['original'] as object | undefined) };
    keepOriginal(original, said, field);
    if (Object.keys(original).length > 0) body['original'] = original;
  }
  return [...bodies].map(([stated, body]) => ({ ...stated, body: body as Partial<Body> }));
}
