import type { FieldKind, TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { isCountry } from '../countries.ts';
import { cleanseText, type Stated } from './field.ts';
import type { Body } from './rule.ts';

/** What came is kept for people; a field that is longer was changed in its white space at most. */
const ORIGINAL_LIMIT = 200;

/** No list of a canonical body is longer, but for the lines of an order, which keep what came themselves. */
const ITEMS_LIMIT = 50;

/** Types of identifiers that are cleansed as fields of this kind; others are ids of other sources. */
const IDENTIFIERS: ReadonlyMap<unknown, TextKind> = new Map([
  ['email', 'email'],
  ['phone', 'phone'],
  ['registrationNumber', 'registrationNumber'],
  ['vat', 'registrationNumber'],
]);

type CleanseBody = (message: string, body: Body, policy: CleansingPolicy) => Body;

/** Collects what the rules make of the fields of one body. */
export class BodyChange {
  private readonly body: Body;
  private readonly policy: CleansingPolicy;
  private readonly cleanseBody: CleanseBody;
  /** Null until a rule is asked that reads it. */
  private country: string | undefined | null = null;
  private readonly values = new Map<string, unknown>();
  private readonly originals = new Map<string, unknown>();
  private readonly rules = new Map<string, readonly string[]>();
  private readonly stated: Stated[] = [];

  constructor(body: Body, policy: CleansingPolicy, cleanseBody: CleanseBody) {
    this.body = body;
    this.policy = policy;
    this.cleanseBody = cleanseBody;
  }

  text(name: string, kind: TextKind, came: string): void {
    const { text, rules, stated } = this.cleansed(kind, came);
    this.stated.push(...stated);
    this.note(name, came, text, rules);
  }

  /** Lists, and bodies within the body. */
  nested(name: string, kind: FieldKind, came: object): void {
    const rules: string[] = [];
    this.note(name, came, this.nestedValue(kind, came, rules), [...new Set(rules)]);
  }

  /** The body itself, if nothing is to change. */
  result(): Body {
    for (const [name, value] of this.statedFields()) this.values.set(name, value);
    const original = this.original();
    if (this.values.size === 0 && original === undefined) return this.body;
    const result: Record<string, unknown> = { ...this.body };
    for (const [name, value] of this.values) {
      if (value === undefined) Reflect.deleteProperty(result, name);
      else result[name] = value;
    }
    return original === undefined ? result : { ...result, original };
  }

  private note(name: string, came: unknown, value: unknown, rules: readonly string[]): void {
    if (rules.length > 0) this.rules.set(name, rules);
    if (value === came) return;
    this.values.set(name, value);
    if (rules.length > 0) this.originals.set(name, shortened(came));
  }

  private cleansed(kind: TextKind, came: string) {
    return cleanseText(kind, came, this.policy, kind === 'country' ? undefined : this.countryOfBody());
  }

  private countryOfBody(): string | undefined {
    if (this.country !== null) return this.country;
    const came = this.body['country'];
    const text = typeof came === 'string' ? cleanseText('country', came, this.policy, undefined).text : undefined;
    return (this.country = text !== undefined && isCountry(text) ? text : undefined);
  }

  private nestedValue(kind: FieldKind, came: object, rules: string[]): unknown {
    if (kind === 'nameParts') return isBody(came) ? this.parts(came, rules) : came;
    if (!Array.isArray(came)) return came;
    if (kind === 'lines') {
      return mapped(came, (line) => (isBody(line) ? this.cleanseBody('orderLine', line, this.policy) : line));
    }
    if (kind === 'identifiers') return mapped(came, (item) => (isBody(item) ? this.identifier(item, rules) : item));
    return kind === 'tags'
      ? mapped(came, (tag) => (typeof tag === 'string' ? this.item('line', tag, rules) : tag))
      : came;
  }

  private item(kind: TextKind, came: string, rules: string[]): string | undefined {
    const { text, rules: applied } = this.cleansed(kind, came);
    rules.push(...applied);
    return text;
  }

  /** One that says nothing is none. */
  private identifier(item: Body, rules: string[]): Body | undefined {
    const { type, value } = item;
    if (typeof value !== 'string') return item;
    const text = this.item(IDENTIFIERS.get(type) ?? 'line', value, rules);
    if (text === value) return item;
    return text === undefined ? undefined : { ...item, value: text };
  }

  private parts(parts: Body, rules: string[]): Body | undefined {
    const entries = Object.entries(parts).map(([name, value]) => {
      const kind = name === 'family' || name === 'given' ? 'namePart' : 'line';
      return [name, typeof value === 'string' ? this.item(kind, value, rules) : value] as const;
    });
    if (entries.every(([name, value]) => value === parts[name])) return parts;
    const left = entries.filter(([, value]) => value !== undefined);
    return left.length === 0 ? undefined : Object.fromEntries(left);
  }

  /** Fields that other fields speak of, where the body does not state them itself. */
  private statedFields(): ReadonlyMap<string, unknown> {
    const fields = new Map<string, unknown>();
    for (const { name, value, rule } of this.stated) {
      const own = this.values.has(name) ? this.values.get(name) : this.body[name];
      if (own !== undefined) continue;
      const known = fields.get(name);
      fields.set(name, isBody(known) && isBody(value) ? { ...known, ...value } : value);
      this.rules.set(name, [...new Set([...(this.rules.get(name) ?? []), rule])]);
    }
    return fields;
  }

  /** What `original` is from now on; undefined if it stays as it is. */
  private original(): Body | undefined {
    if (this.rules.size === 0) return undefined;
    const before = isBody(this.body['original']) ? this.body['original'] : {};
    const known = isBody(before['rules']) ? before['rules'] : {};
    const rules = { ...known };
    for (const [name, applied] of this.rules) {
      const earlier = Array.isArray(known[name]) ? (known[name] as unknown[]) : [];
      if (applied.some((rule) => !earlier.includes(rule))) rules[name] = [...new Set([...earlier, ...applied])];
    }
    const isSame = Object.entries(rules).every(([name, applied]) => applied === known[name]);
    return isSame && this.originals.size === 0
      ? undefined
      : { ...before, ...Object.fromEntries(this.originals), rules };
  }
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list itself if every item stays; without those that become undefined, and undefined if none is left. */
function mapped(list: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] | undefined {
  const items = list.map(map);
  if (items.every((item, i) => item === list[i])) return list;
  const left = items.filter((item) => item !== undefined);
  return left.length === 0 ? undefined : left;
}

/** Bounded, whatever came: text is cut, and lists of texts and small bodies. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, ORIGINAL_LIMIT).toWellFormed();
  if (Array.isArray(value)) return value.slice(0, ITEMS_LIMIT).map(shortened);
  if (!isBody(value)) return value;
  const texts = Object.entries(value)
    .slice(0, ITEMS_LIMIT)
    .filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(texts.map(([name, text]) => [name, shortened(text)]));
}
