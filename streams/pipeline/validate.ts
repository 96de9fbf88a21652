import type { TObject } from 'typebox';
import { CANONICAL, isCanonicalName, type CanonicalName } from '../../schemas/canonical/canonical.ts';
import { Reference, Time } from '../../schemas/canonical/fields.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { compileCheck, type Check, type Violation } from '../../schemas/validate.ts';
import { allowedBy, type SchemaNode } from './allowed.ts';
import type { ExtractedPart, Problem, RecordWork } from './batch.ts';
import { problem } from './problem.ts';

/** What is checked of each canonical message, found out once. */
interface Rules extends OwnRules {
  readonly check: Check;
}

/** Rules that no schema can say, by the fields that have them. */
interface OwnRules {
  readonly fields: readonly (readonly [name: string, rule: (value: string) => Broken | null])[];
  /** Of the objects in a list, or of one object. */
  readonly within: readonly (readonly [name: string, rules: OwnRules])[];
}

interface Broken {
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

/** Fields that refer to another entity have its kind's name. */
const KINDS: ReadonlySet<string> = new Set(Object.values(CANONICAL).map(({ kind }) => kind));

function rulesOf(body: TObject): Rules {
  return { check: compileCheck(body), ...ownRules(body) };
}

const { format: TIME }: SchemaNode = Time;
const { pattern: REFERENCE }: SchemaNode = Reference;

function ownRules({ properties = {}, items }: SchemaNode): OwnRules {
  const fields: OwnRules['fields'][number][] = [];
  const within: OwnRules['within'][number][] = [];
  for (const [name, schema] of Object.entries(properties)) {
    if (schema.format === TIME) fields.push([name, plausibleTime]);
    if (schema.pattern === REFERENCE) fields.push([name, (key) => referenceTo(name, key)]);
    const rules = ownRules(schema);
    if (rules.fields.length + rules.within.length > 0) within.push([name, rules]);
  }
  return items === undefined ? { fields, within } : ownRules(items);
}

function referenceTo(field: string, key: string): Broken | null {
  if (!KINDS.has(field) || key.includes(`.${field}.`)) return null;
  const fix = `make it the matching key of a ${field}: \`key: { kind: ${field}, id: ... }\` in the mapping`;
  return { rule: 'reference', message: `is no matching key of a ${field}`, fix };
}

/** Times outside are slips of the pen; no order feed speaks of them. */
const EARLIEST = '1970-01-01';
const LATEST = '2200-01-01';

function plausibleTime(time: string): Broken | null {
  if (time >= EARLIEST && time < LATEST) return null;
  const message = `is not between ${EARLIEST} and ${LATEST}`;
  return {
    rule: 'plausibleTime',
    message,
    fix: `make it a time from ${EARLIEST} to before ${LATEST}: mend the record, or the format of the date in the mapping`,
  };
}

const RULES = Object.fromEntries(
  Object.entries(CANONICAL).map(([name, { body }]) => [name, rulesOf(body)]),
) as Readonly<Record<CanonicalName, Rules>>;

/** Bodies that many records share are checked once. */
const shared = new WeakMap<object, Problem | 'valid'>();

/** Checks every part against its canonical schema, and by the rules that need nothing but the record. */
export function validate(batch: readonly RecordWork[]): void {
  for (const work of batch) {
    if (work.problem !== null || work.duplicate) continue;
    for (const part of work.parts) {
      work.problem = problemOf(part);
      if (work.problem !== null) break;
    }
  }
}

/** What is wrong with a part, if anything is. */
export function problemOf(extracted: Pick<ExtractedPart, 'part' | 'name'>): Problem | null {
  const { part, name } = extracted;
  if (part.merge !== 'least') return check(name, part.body);
  let known = shared.get(part);
  if (known === undefined) {
    known = check(name, part.body) ?? 'valid';
    shared.set(part, known);
  }
  return known === 'valid' ? null : known;
}

function check(name: string, body: unknown): Problem | null {
  if (!isCanonicalName(name)) return unknownName(name);
  const rules = RULES[name];
  const violation = rules.check(body);
  if (violation !== null) return violated(name, violation);
  const found = brokenIn(body as Body, rules);
  return found === null ? null : invalid(name, found.path, found.value, found);
}

type Body = Readonly<Record<string, unknown>>;

interface Found extends Broken {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** The first of its own rules that a body breaks. The schema has seen to it that values are of their types. */
function brokenIn(body: Body, { fields, within }: OwnRules): Found | null {
  for (const [name, rule] of fields) {
    const value = body[name];
    const broken = value === undefined ? null : rule(value as string);
    if (broken !== null) return { ...broken, path: [name], value };
  }
  for (const [name, rules] of within) {
    const found = brokenInEach(body[name], rules);
    if (found !== null) return { ...found, path: [name, ...found.path] };
  }
  return null;
}

function brokenInEach(value: unknown, rules: OwnRules): Found | null {
  if (value === undefined) return null;
  if (!Array.isArray(value)) return brokenIn(value as Body, rules);
  for (const [n, item] of (value as readonly Body[]).entries()) {
    const found = brokenIn(item, rules);
    if (found !== null) return { ...found, path: [n, ...found.path] };
  }
  return null;
}

function violated(name: string, { path, rule, value, params, known, schema }: Violation): Problem {
  const node = schema as SchemaNode;
  const { missingProperty: missing, additionalProperty: unknown } = params;
  if (rule === 'required' && typeof missing === 'string') {
    const allowed = allowedBy(node.properties?.[missing] ?? {});
    const fix = `add it to the record, or to the mapping: ${allowed}`;
    return invalid(name, [...path, missing], undefined, { rule, message: 'is missing', fix });
  }
  if (rule === 'additionalProperties' && typeof unknown === 'string') {
    const fix = `leave it out of the mapping${didYouMean(unknown, known)}`;
    const of = value as Readonly<Record<string, unknown>>;
    return invalid(name, [...path, unknown], of[unknown], { rule, message: 'is no field that there is', fix });
  }
  const allowed = allowedBy(node);
  return invalid(name, path, value, { rule, message: `is not ${allowed}`, fix: `make it ${allowed}${sizeOf(value)}` });
}

/** Where only its beginning is shown, how long it is. */
function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `; it has ${value.length} items`;
  return typeof value === 'string' && value.length > 50 ? `; it has ${Array.from(value).length} characters` : '';
}

function unknownName(name: string): Problem {
  const names = Object.keys(CANONICAL);
  const fix = `use one of ${names.join(', ')}${didYouMean(name, names)}`;
  return invalid(name, [], name, { rule: 'name', message: 'is no canonical message', fix });
}

function invalid(
  name: string,
  place: readonly (string | number)[],
  value: unknown,
  { rule, message, fix }: Broken,
): Problem {
  const field = [name, ...place].join('.');
  const code: ErrorCode = 'MF_RECORD_INVALID';
  return problem({ code, stage: 'validate', rule, field, value, message: `${field} ${message}`, fix });
}
