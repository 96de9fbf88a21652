import { FIELD_KINDS, type FieldKind, type TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { BodyChange } from './body-change.ts';
import { TREATMENTS, type Treatment } from './catalogue.ts';
import { isBody, mapped } from './nested.ts';
import type { Body } from './rule.ts';

/** The fields of a message that rules look at. */
interface Fields {
  readonly texts: ReadonlyMap<string, Treatment>;
  readonly nested: ReadonlyMap<string, FieldKind>;
}

const FIELDS: ReadonlyMap<string, Fields> = new Map(
  Object.entries(FIELD_KINDS).map(([message, kinds]) => [message, fieldsOf(Object.entries(kinds))]),
);

function fieldsOf(kinds: readonly (readonly [string, FieldKind])[]): Fields {
  const texts = kinds.filter(([, kind]) => Object.hasOwn(TREATMENTS, kind));
  const nested = kinds.filter(([, kind]) => ['lines', 'identifiers', 'nameParts', 'tags'].includes(kind));
  return { texts: new Map(texts.map(([name, kind]) => [name, TREATMENTS[kind as TextKind]])), nested: new Map(nested) };
}

/**
 * The body of a canonical message with every field in its one form; the very same body if there is nothing to change.
 * What was changed is kept in `original`, and the rules that did it under `rules` in there. Values of other types than
 * their field has are left for the schema to refuse. Pure; never throws; takes linear time.
 */
export function cleanseBody(message: string, body: Body, policy: CleansingPolicy): Body {
  const fields = FIELDS.get(message);
  if (fields === undefined) return body;
  let change: BodyChange | null = null;
  for (const name in body) {
    const value = body[name];
    if (typeof value === 'string') {
      const treatment = fields.texts.get(name);
      // Most text is plain: it costs one look at it, and nothing is made for it.
      if (treatment === undefined || treatment.isPlain(value)) continue;
      (change ??= new BodyChange(body, policy)).text(name, treatment.kind, value);
    } else if (typeof value === 'object' && value !== null) {
      const kind = fields.nested.get(name);
      if (kind === undefined) continue;
      const lines = kind === 'lines' ? cleanseLines(value, policy) : undefined;
      if (lines === value) continue;
      change ??= new BodyChange(body, policy);
      if (lines === undefined) change.nested(name, kind, value);
      else change.replace(name, lines);
    }
  }
  return change === null ? body : change.result();
}

/** Each line keeps what came itself. */
function cleanseLines(lines: object, policy: CleansingPolicy): object {
  if (!Array.isArray(lines)) return lines;
  return mapped(lines, (line) => (isBody(line) ? cleanseBody('orderLine', line, policy) : line));
}
