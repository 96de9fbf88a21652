import type { TObject, TSchema } from 'typebox';
import { CANONICAL, isCanonicalName, type CanonicalName } from '../../schemas/canonical/canonical.ts';
import type { ERRORS } from '../../schemas/errors.ts';
import { compileCheck, type Check, type Violation } from '../../schemas/validate.ts';
import type { ExtractedPart, Problem, RecordWork } from './batch.ts';
import { problem } from './problem.ts';

type Body = Readonly<Record<string, unknown>>;

/** What is checked of each canonical message, found out once. */
interface Rules {
  readonly check: Check;
  /** Fields that refer to another entity: they have its kind's name. */
  readonly references: readonly string[];
  readonly times: readonly string[];
}

const RULES = Object.fromEntries(
  Object.entries(CANONICAL).map(([name, { body }]) => [name, rulesOf(body)]),
) as Readonly<Record<CanonicalName, Rules>>;

function rulesOf(body: TObject): Rules {
  const fields = Object.entries(body.properties) as [string, TSchema & { format?: string }][];
  return {
    check: compileCheck(body),
    references: ['customer', 'product', 'enterprise'].filter((field) => Object.hasOwn(body.properties, field)),
    times: fields.filter(([, { format }]) => format === 'date-time').map(([field]) => field),
  };
}

/** Times outside are slips of the pen; no order feed speaks of them. */
const EARLIEST = '1970-01-01';
const LATEST = '2200-01-01';

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

function problemOf(extracted: ExtractedPart): Problem | null {
  const { part, name } = extracted;
  if (part.merge !== 'least') return check(name, part.body as Body);
  let known = shared.get(part);
  if (known === undefined) {
    known = check(name, part.body as Body) ?? 'valid';
    shared.set(part, known);
  }
  return known === 'valid' ? null : known;
}

function check(name: string, body: Body): Problem | null {
  if (!isCanonicalName(name)) return invalid(name, 'name', '', name, 'is no canonical message', 'use another name');
  const rules = RULES[name];
  const violation = rules.check(body);
  return violation === null ? ruleBroken(name, body, rules) : violated(name, violation);
}

function ruleBroken(name: string, body: Body, { references, times }: Rules): Problem | null {
  for (const field of references) {
    const key = body[field];
    // The schema has seen to it that it is a key.
    if (key === undefined || (key as string).includes(`.${field}.`)) continue;
    return invalid(name, 'reference', field, key, `is no key of kind ${field}`, `map it as a key of kind ${field}`);
  }
  for (const field of times) {
    const time = body[field];
    if (time === undefined || plausible(time as string)) continue;
    const message = `is not between ${EARLIEST} and ${LATEST}`;
    return invalid(name, 'plausibleTime', field, time, message, 'mend the time, or its format in the source');
  }
  return null;
}

function plausible(time: string): boolean {
  return time >= EARLIEST && time < LATEST;
}

function violated(name: string, { path, rule, message, value, params }: Violation): Problem {
  const absent = params['missingProperty'] ?? params['additionalProperty'];
  const field = [...path, ...(typeof absent === 'string' ? [absent] : [])].join('.');
  if (rule === 'required')
    return invalid(name, rule, field, undefined, 'is missing', 'add it to the record, or to the mapping');
  if (rule === 'additionalProperties')
    return invalid(name, rule, field, undefined, 'is unknown', 'leave it out of the mapping');
  const allowed = params['allowedValues'];
  const values = Array.isArray(allowed) ? ` (${allowed.join(', ')})` : '';
  return invalid(name, rule, field, value, message + values, `give it a value that ${message}${values}`);
}

function invalid(name: string, rule: string, field: string, value: unknown, message: string, fix: string): Problem {
  const path = field === '' ? name : `${name}.${field}`;
  const code = 'MF_RECORD_INVALID' satisfies keyof typeof ERRORS;
  return problem({ code, stage: 'validate', rule, field: path, value, message: `${path} ${message}`, fix });
}
