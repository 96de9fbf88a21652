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

const ajv = new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true, verbose: true, discriminator: true });
formats.default(ajv, ['date-time', 'email', 'date']);
ajv.addVocabulary(['x-personal']);

export function compileCheck(schema: TSchema): Check {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? null : violation(validate.errors?.[0]));
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
