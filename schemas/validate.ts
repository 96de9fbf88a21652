import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { TSchema } from 'typebox';

export interface Violation {
  /** JSON pointer as a path of names and numbers. */
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly message: string;
  readonly value: unknown;
  /** What the rule asks for: the limit, the allowed values, the missing or unknown name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Names that may stand where an unknown one does. */
  readonly known: readonly string[];
  /** The schema that has the rule: of the value, or of the object that lacks or has a name. */
  readonly schema: unknown;
}

/** The first violation of a schema, or null. Compiled once; the value is not changed. */
export type Check = (value: unknown) => Violation | null;

const ajv = create(false);

function create(allErrors: boolean): Ajv {
  const created = new Ajv({
    strict: true,
    strictTypes: false,
    allowUnionTypes: true,
    verbose: true,
    discriminator: true,
    allErrors,
  });
  formats.default(created, ['date-time', 'email', 'date']);
  created.addVocabulary(['x-personal']);
  return created;
}

export function compileCheck(schema: TSchema): Check {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? null : violation(validate.errors?.[0]));
}

/** Every violation of a schema, for what people write by hand. Slower: not for records. */
export function compileChecks(schema: TSchema): (value: unknown) => readonly Violation[] {
  const validate: ValidateFunction = create(true).compile(schema);
  return (value) => (validate(value) ? [] : withoutOtherBranches(validate.errors ?? []).map(violation));
}

/** Of a union, only the errors of the branch that was meant: the one that is told by its constant, or comes nearest. */
function withoutOtherBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  let left = [...errors];
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const within = left.filter(({ schemaPath }) => schemaPath.startsWith(`${union.schemaPath}/`));
    const branches = Object.values(
      Object.groupBy(within, ({ schemaPath }) => schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? ''),
    ).filter((branch) => branch !== undefined);
    const meant = branches.sort((a, b) => distance(a) - distance(b))[0] ?? [];
    const kept = distance(meant) < FAR ? meant : [oneOfTheirs(union, branches.flat())];
    left = left.filter((error) => error !== union && !within.includes(error)).concat(kept);
  }
  return left;
}

const FAR = 1000;

function distance(branch: readonly ErrorObject[]): number {
  return branch.reduce((sum, { keyword }) => sum + (keyword === 'const' ? FAR : 1), 0);
}

/** No branch is meant: then the words that would tell one are what is missing. */
function oneOfTheirs(union: ErrorObject, errors: readonly ErrorObject[]): ErrorObject {
  const constants = errors.filter(({ keyword }) => keyword === 'const');
  const [first] = constants;
  if (first === undefined) return union;
  const allowedValues = constants.map(({ params }) => (params as { allowedValue: unknown }).allowedValue);
  return {
    ...first,
    keyword: 'enum',
    message: 'must be equal to one of the allowed values',
    params: { allowedValues },
  };
}

function violation(error: ErrorObject | undefined): Violation {
  if (error === undefined) throw new TypeError('a failed check names no error');
  const path = error.instancePath.split('/').slice(1).map(unescape);
  const params = error.params as Readonly<Record<string, unknown>>;
  return {
    path,
    rule: error.keyword,
    message: error.message ?? error.keyword,
    value: error.data,
    params,
    known: knownNames(error),
    schema: error.parentSchema,
  };
}

function knownNames(error: ErrorObject): string[] {
  const properties: unknown = error.parentSchema?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** RFC 6901, and array indexes as numbers. */
function unescape(token: string): string | number {
  return /^\d+$/.test(token) ? Number(token) : token.replaceAll('~1', '/').replaceAll('~0', '~');
}
