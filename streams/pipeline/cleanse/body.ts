import { FIELD_KINDS, type FieldKind, type TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { BodyChange } from './body-change.ts';
import { TREATMENTS } from './catalogue.ts';
import type { Body } from './rule.ts';

const KINDS: ReadonlyMap<string, ReadonlyMap<string, FieldKind>> = new Map(
  Object.entries(FIELD_KINDS).map(([message, kinds]) => [message, new Map(Object.entries(kinds))]),
);

/**
 * The body of a canonical message with every field in its one form; the very same body if there is nothing to change.
 * What was changed is kept in `original`, and the rules that did it under `rules` in there. Values of other types than
 * their field has are left for the schema to refuse. Pure; never throws; takes linear time.
 */
export function cleanseBody(message: string, body: Body, policy: CleansingPolicy): Body {
  const kinds = KINDS.get(message);
  if (kinds === undefined) return body;
  let change: BodyChange | null = null;
  for (const name in body) {
    const value = body[name];
    const kind = kinds.get(name);
    if (kind === undefined || isLeft(kind, value)) continue;
    change ??= new BodyChange(body, policy, cleanseBody);
    if (typeof value !== 'string') change.nested(name, kind, value as object);
    else if (isTextKind(kind)) change.text(name, kind, value);
  }
  return change === null ? body : change.result();
}

/** Nothing of the value can be changed. */
function isLeft(kind: FieldKind, value: unknown): boolean {
  if (typeof value === 'string') return !isTextKind(kind) || TREATMENTS[kind].isPlain(value);
  return typeof value !== 'object' || value === null || kind === 'original';
}

function isTextKind(kind: FieldKind): kind is TextKind {
  return Object.hasOwn(TREATMENTS, kind);
}
