import { indexKeys, isCollection, prefixOf, type Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { SHAPES } from '../../schemas/shapes.ts';
import { upcast } from '../../schemas/upcast.ts';
import { compileCheck, type Check } from '../../schemas/validate.ts';
import { shortened, type Finding, type MendedBy, type Wrong } from './finding.ts';

/** How far each partition has come. */
export type Seqs = ReadonlyMap<PartitionId, number>;

export interface DocumentRules {
  readonly counts: PartitionCounts;
  /**
   * Whether the text is the one that its partition wrote, where the store can tell (by a digest beside the document).
   * A store that cannot has none, and only what can be recomputed is compared.
   */
  readonly isAsWritten?: (document: StoredDocument) => boolean;
}

/** The shape of the meta of a collection's documents; '' where there is none. */
export const META_SHAPES: Readonly<Partial<Record<Collection, string>>> = {
  'mall.orders': 'meta/order',
  'mall.payments': 'meta/stamp',
  'mall.deliveries': 'meta/stamp',
  'mall.boards': 'meta/stamp',
  'master.waiting': 'meta/stamp',
  'mall.members': 'meta/member',
  'sales.members': 'meta/member',
  'sales.items': 'meta/item',
  'mall.products': 'meta/product',
  'customer.enterprises': 'meta/enterprise',
  'master.claims': 'meta/claim',
  'master.places': 'meta/place',
  'management.quarantine': 'meta/quarantine',
  'management.resolutions': 'meta/quarantine',
};

/** The entity that a record of a task belongs to, by its id; undefined where the id begins with no matching key. */
export function entityOf(id: string): MatchingKey | undefined {
  const key = id.split('.', 3).join('.');
  return kindOfKey(key) === undefined ? undefined : key;
}

/** The partition that owns an entity; undefined for one of a kind that there is not. */
export function ownerOf(key: MatchingKey, counts: PartitionCounts): PartitionId | undefined {
  const kind = kindOfKey(key);
  return kind === undefined || counts[kind] === undefined ? undefined : partitionOf(kind, key, counts);
}

/** What a document alone says of itself. `owner` is the partition that must have written it. */
export function judgeDocument(
  document: StoredDocument,
  owner: PartitionId | undefined,
  seqs: Seqs,
  rules: DocumentRules,
  mendedBy: MendedBy,
): Finding[] {
  const { collection, id } = document;
  const findings: Finding[] = [];
  const add = (wrong: Wrong, is: string, should: string): void => {
    findings.push({ collection, id, wrong, is, should, mendedBy });
  };
  if (rules.isAsWritten?.(document) === false) add('changed', 'another text than was written', 'what was written');
  judgeWriter(document, owner, seqs, add);
  const body = judgeShape(document, add);
  if (body !== null && isCollection(collection)) judgeKeys(document, collection, body, add);
  return findings;
}

type Add = (wrong: Wrong, is: string, should: string) => void;

function judgeWriter({ partition, seq }: StoredDocument, owner: PartitionId | undefined, seqs: Seqs, add: Add): void {
  if (owner === undefined) return;
  if (partition !== owner) {
    add('partition', `written by ${partition}`, `written by ${owner}, which owns its key`);
    return;
  }
  const last = seqs.get(owner) ?? 0;
  if (seq > last) add('version', `of commit ${seq}`, `of a commit up to ${last}, the last one of ${owner}`);
}

function judgeShape(document: StoredDocument, add: Add): Readonly<Record<string, unknown>> | null {
  const { collection, id, json, meta } = document;
  const body = objectIn(json ?? '');
  if (body === null) {
    add('shape', `not a JSON object: ${shortened(json)}`, 'a JSON object');
    return null;
  }
  const { _id, ...rest } = body;
  if (_id !== id) add('shape', `_id ${shortened(_id)}`, `_id ${shortened(id)}`);
  judgeBy(collection, rest, '', add);
  const shape = isCollection(collection) ? META_SHAPES[collection] : undefined;
  if (meta !== '' && shape !== undefined) judgeBy(shape, objectIn(meta), 'meta ', add);
  return rest;
}

const checks = new Map<string, Check>();

/** By the schema of a shape, as its present version has it. */
function judgeBy(shape: string, value: unknown, what: string, add: Add): void {
  const { schema } = SHAPES[shape] ?? {};
  if (schema === undefined) return;
  const check = checks.get(shape) ?? compileCheck(schema);
  checks.set(shape, check);
  let present: unknown;
  try {
    present = upcast<unknown>(shape, value);
  } catch (error) {
    add('shape', `${what}${error instanceof Error ? error.message : String(error)}`, `a ${shape} of a known version`);
    return;
  }
  const violation = check(present);
  if (violation === null) return;
  const place = [...violation.path].join('.');
  add('shape', `${what}${place}${place === '' ? '' : ' '}${shortened(violation.value)}`, violation.message);
}

export function judgeState(kind: string, { collection, id, meta }: StoredDocument, mendedBy: MendedBy): Finding[] {
  const findings: Finding[] = [];
  const state = (objectIn(meta) as { readonly state?: unknown } | null)?.state;
  judgeBy(`state/${kind}`, state, 'state ', (wrong, is, should) => {
    findings.push({ collection, id, wrong, is, should, mendedBy });
  });
  return findings;
}

function judgeKeys(
  document: StoredDocument,
  collection: Collection,
  body: Readonly<Record<string, unknown>>,
  add: Add,
): void {
  const should = indexKeys(collection, body);
  if (JSON.stringify(should) !== JSON.stringify(document.keys)) {
    add('index', `found by ${shortened(document.keys)}`, `found by ${shortened(should)}, as its fields are`);
  }
  const prefix = prefixOf(collection);
  if (prefix === undefined) return;
  const named = body[prefix];
  if (typeof named !== 'string' || !document.id.startsWith(`${named}.`)) {
    add('index', `${prefix} ${shortened(named)}`, `the one that its _id begins with`);
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
