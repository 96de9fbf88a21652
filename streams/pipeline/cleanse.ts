import type { Part } from '../../schemas/canonical/part.ts';
import type { RecordWork } from './batch.ts';
import { ruleOf, untouched } from './cleanse-rules.ts';

type Body = Readonly<Record<string, unknown>>;

/** What came is kept for people; a field that is longer was changed in its white space at most. */
const ORIGINAL_LIMIT = 200;

/** Parts that many records share are cleansed once. */
const shared = new WeakMap<Part, Part>();

/** Brings every field into its one form; what was changed beyond trimming is kept in `original` beside it. */
export function cleanse(batch: readonly RecordWork[]): void {
  for (const work of batch) {
    if (work.problem !== null) continue;
    for (const extracted of work.parts) extracted.part = cleansed(extracted.part);
  }
}

function cleansed(part: Part): Part {
  if (part.merge !== 'least') return withBody(part);
  let known = shared.get(part);
  if (known === undefined) {
    known = withBody(part);
    shared.set(part, known);
  }
  return known;
}

function withBody(part: Part): Part {
  const body = cleanseBody(part.body as Body);
  return body === part.body ? part : { ...part, body };
}

/** The body itself, if there is nothing to change. */
export function cleanseBody(body: Body): Body {
  let changed: Record<string, unknown> | null = null;
  let original: Record<string, unknown> | null = null;
  for (const name in body) {
    const came = body[name];
    const value = typeof came === 'object' && came !== null ? cleanseNested(came) : cleanseField(name, came, body);
    if (value === came) continue;
    changed ??= { ...body };
    if (value === undefined) Reflect.deleteProperty(changed, name);
    else changed[name] = value;
    if (typeof came === 'string' && value !== came.trim())
      (original ??= {})[name] = came.slice(0, ORIGINAL_LIMIT).toWellFormed();
  }
  if (changed === null) return body;
  if (original !== null) changed['original'] = original;
  return changed;
}

function cleanseField(name: string, value: unknown, body: Body): unknown {
  return typeof value !== 'string' || untouched(name) ? value : ruleOf(name)(value, body);
}

/** Lists of lines and identifiers; each item is a body of its own. */
function cleanseNested(value: object): unknown {
  if (!Array.isArray(value)) return value;
  const items: readonly unknown[] = value;
  const cleansedItems = items.map((item) =>
    typeof item === 'object' && item !== null ? cleanseItem(item as Body) : item,
  );
  return cleansedItems.every((item, i) => item === items[i]) ? value : cleansedItems;
}

function cleanseItem(item: Body): Body {
  const { type, value } = item;
  // An identifier is compared as it stands, and has no place for what it was.
  if (typeof type !== 'string' || typeof value !== 'string') return cleanseBody(item);
  const clean = ruleOf(type)(value, item) ?? value;
  return clean === value ? item : { ...item, value: clean };
}
