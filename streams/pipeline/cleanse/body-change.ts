import type { FieldKind, TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { isCountry } from '../countries.ts';
import { cleanseText, type Stated } from './field.ts';
import { isBody, mapped } from './nested.ts';
import type { Body, Context } from './rule.ts';

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

/** Collects what the rules make of the fields of one body. */
export class BodyChange implements Context {
  readonly policy: CleansingPolicy;
  private readonly body: Body;
  /** Null until a rule asks for it. */
  private knownCountry: string | undefined | null = null;
  /** What fields become; undefined: they go. */
  private readonly values: Record<string, unknown> = {};
  private originals: Record<string, unknown> | null = null;
  private rules: Record<string, readonly string[]> | null = null;
  private stated: readonly Stated[] = [];

  constructor(body: Body, policy: CleansingPolicy) {
    this.body = body;
    this.policy = policy;
  }

  get country(): string | undefined {
    if (this.knownCountry === null) this.knownCountry = countryOfBody(this.body, this.policy);
    return this.knownCountry;
  }

  text(name: string, kind: TextKind, came: string): void {
    const { text, rules, stated } = cleanseText(kind, came, this);
    if (stated.length > 0) this.stated = [...this.stated, ...stated];
    this.note(name, came, text, rules);
  }

  /** Identifiers, tags, and the parts of a name. */
  nested(name: string, kind: FieldKind, came: object): void {
    const rules: string[] = [];
    const value = this.nestedValue(kind, came, rules);
    this.note(name, came, value, [...new Set(rules)]);
  }

  replace(name: string, value: unknown): void {
    this.values[name] = value;
  }

  /** The body itself, if nothing is to change. */
  result(): Body {
    if (this.stated.length > 0) this.takeStated();
    const original = this.rules === null ? undefined : this.original(this.rules);
    const result: Record<string, unknown> = { ...this.body, ...this.values };
    let changed = original !== undefined;
    for (const name in this.values) {
      changed = true;
      if (this.values[name] === undefined) Reflect.deleteProperty(result, name);
    }
    if (original !== undefined) result['original'] = original;
    return changed ? result : this.body;
  }

  private note(name: string, came: unknown, value: unknown, rules: readonly string[]): void {
    if (rules.length > 0) (this.rules ??= {})[name] = rules;
    if (value === came) return;
    this.values[name] = value;
    if (rules.length > 0) (this.originals ??= {})[name] = shortened(came);
  }

  private nestedValue(kind: FieldKind, came: object, rules: string[]): unknown {
    if (kind === 'nameParts') return isBody(came) ? this.parts(came, rules) : came;
    if (!Array.isArray(came)) return came;
    const item = kind === 'identifiers' ? this.identifier.bind(this, rules) : this.tag.bind(this, rules);
    const items = mapped(came, item);
    if (items === came) return came;
    const left = items.filter((item) => item !== undefined);
    return left.length === 0 ? undefined : left;
  }

  private item(kind: TextKind, came: string, rules: string[]): string | undefined {
    const { text, rules: applied } = cleanseText(kind, came, this);
    rules.push(...applied);
    return text;
  }

  private tag(rules: string[], tag: unknown): unknown {
    return typeof tag === 'string' ? this.item('line', tag, rules) : tag;
  }

  /** One that says nothing is none. */
  private identifier(rules: string[], item: unknown): unknown {
    if (!isBody(item) || typeof item['value'] !== 'string') return item;
    const { type, value } = item;
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
  private takeStated(): void {
    const fields = new Map<string, unknown>();
    for (const { name, value, rule } of this.stated) {
      const own = Object.hasOwn(this.values, name) ? this.values[name] : this.body[name];
      if (own !== undefined) continue;
      const known = fields.get(name);
      fields.set(name, isBody(known) && isBody(value) ? { ...known, ...value } : value);
      this.rules ??= {};
      this.rules[name] = [...new Set([...(this.rules[name] ?? []), rule])];
    }
    for (const [name, value] of fields) this.values[name] = value;
  }

  /** What `original` is from now on; undefined if it stays as it is, since to cleanse twice is to cleanse once. */
  private original(applied: Readonly<Record<string, readonly string[]>>): Body | undefined {
    const before = this.body['original'];
    if (!isBody(before)) return { ...this.originals, rules: applied };
    const known = isBody(before['rules']) ? before['rules'] : {};
    const rules = { ...known };
    for (const [name, ours] of Object.entries(applied)) {
      const earlier: readonly unknown[] = Array.isArray(known[name]) ? known[name] : [];
      if (ours.some((rule) => !earlier.includes(rule))) rules[name] = [...new Set([...earlier, ...ours])];
    }
    const isSame = this.originals === null && Object.keys(rules).every((name) => rules[name] === known[name]);
    return isSame ? undefined : { ...before, ...this.originals, rules };
  }
}

function countryOfBody({ country: came }: Body, policy: CleansingPolicy): string | undefined {
  if (typeof came !== 'string') return undefined;
  const { text } = cleanseText('country', came, { policy, country: undefined });
  return text !== undefined && isCountry(text) ? text : undefined;
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
