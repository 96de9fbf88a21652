import { createHmac } from 'node:crypto';
import { PLACEHOLDERS } from '../../config/placeholders.ts';
import type { CleansingPolicy } from '../../schemas/settings.ts';
import { comparable } from '../../streams/pipeline/cleanse/comparable.ts';

/** What the data set's matching goes by, beyond what is heard; the same for all nodes, whenever they look. */
export interface Matching {
  /** A keyed hash (HMAC-SHA-256, 128 bits as 22 characters of base64url): identifiers stand in no key and no log. */
  readonly fingerprint: (text: string) => string;
  /** The form in which values of a type are compared, of a party in a country; null for what identifies nobody. */
  readonly compare: (type: string, value: string, country?: string) => string | null;
  /** Belongs to nobody: `form` is as `compare` has it. */
  readonly isPlaceholder: (type: string, form: string) => boolean;
  /** How far a source is trusted: the least rank first. */
  readonly rankOf: (source: string) => number;
}

export interface MatchingParts {
  /** The secret of the data set. */
  readonly key: string;
  /** Further placeholders, each `<type>:<value>`; `*` in a value is for any characters. */
  readonly placeholders?: readonly string[];
  /** As cleansing has it; its defaults without one. */
  readonly policy?: CleansingPolicy;
  readonly rankOf?: (source: string) => number;
}

/** The rank of a source that declares none. */
const DEFAULT_RANK = 100;

const DEFAULT_POLICY: CleansingPolicy = { emailCase: 'lower', emailTags: 'keep', emailDots: 'keep' };

export function createMatching({
  key,
  placeholders = [],
  policy = DEFAULT_POLICY,
  rankOf = () => DEFAULT_RANK,
}: MatchingParts): Matching {
  const compare: Matching['compare'] = (type, value, country) => comparable(type, value, policy, country);
  return {
    fingerprint: (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22),
    compare,
    isPlaceholder: placeholderTest(placeholders, compare),
    rankOf,
  };
}

function placeholderTest(further: readonly string[], compare: Matching['compare']): Matching['isPlaceholder'] {
  const exact = new Map<string, Set<string>>();
  const patterns = new Map<string, RegExp[]>();
  for (const [type, value] of [...shipped(), ...further.map(named)]) {
    if (value.includes('*')) patterns.set(type, [...(patterns.get(type) ?? []), patternOf(value)]);
    else exact.set(type, new Set([...(exact.get(type) ?? []), ...formsOf(type, value, compare)]));
  }
  return (type, form) =>
    exact.get(type)?.has(form) === true ||
    patterns.get(type)?.some((pattern) => pattern.test(form)) === true ||
    isMadeUp(type, form);
}

function shipped(): [string, string][] {
  return Object.entries(PLACEHOLDERS).flatMap(([type, values]) =>
    values.map((value): [string, string] => [type, value]),
  );
}

function named(text: string): [string, string] {
  const colon = text.lastIndexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** Names are compared in one way for persons, in another for enterprises. */
function formsOf(type: string, value: string, compare: Matching['compare']): string[] {
  const types = type === 'name' ? ['personName', 'companyName'] : [type];
  return types.map((one) => compare(one, value) ?? value);
}

function patternOf(value: string): RegExp {
  const parts = value
    .toLowerCase()
    .split('*')
    .map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

const PHONES: ReadonlySet<string> = new Set(['phone', 'fax']);

/** A number of the same digit seven times at its end, or of eight in a row: 000-0000-0000, 123-45-67890. */
function isMadeUp(type: string, form: string): boolean {
  if (!PHONES.has(type) && type !== 'registrationNumber') return false;
  const digits = form.replace(/\D/g, '');
  if (PHONES.has(type) && digits.length < FEWEST_DIGITS) return true;
  const tail = digits.slice(-8);
  return /(\d)\1{6}$/.test(digits) || (tail.length > FEWEST_DIGITS && ROWS.some((row) => row.includes(tail)));
}

/** An extension, or a slip of the keyboard. */
const FEWEST_DIGITS = 5;

const ROWS = ['01234567890123456789', '98765432109876543210'];
