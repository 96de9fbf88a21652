import type { OrderBody } from '../../../schemas/canonical/order.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import { kindOfKey, type MatchingKey } from '../../../schemas/key.ts';
import type { OrderMeta, ProductMeta, StampMeta } from '../../../schemas/state.ts';
import type { Stamp } from '../../../schemas/statement.ts';
import type { OrderDocument } from '../../../schemas/tasks/orders.ts';
import { upcast } from '../../../schemas/upcast.ts';
import { ranked, stampOf, statementId, versionOf, type Statement, type Statements } from '../../facts.ts';
import { readDocument } from '../../order/document.ts';
import type { ReadPorts } from '../ports.ts';
import type { SaidBy } from './said-by.ts';

/** Which record gave a field of an integrated body. */
export interface FieldLineage {
  readonly collection: string;
  readonly id: string;
  /** `lines[2].amount` counts from 0. */
  readonly field: string;
  readonly value: unknown;
  /** What it was before cleansing, if cleansing changed it. */
  readonly original?: unknown;
  /** Absent for what is computed of other fields. */
  readonly from?: Origin;
}

export interface Origin {
  readonly source: string;
  readonly version: number;
  /** The statement within its source: the kind and id of the record, or the name that many records share. */
  readonly slot: string;
  /** Order of the state. */
  readonly order: readonly (string | number)[];
  /** `orders.csv:17` of the record, as long as the inbox has it. */
  readonly where?: string;
}

/** Statements with a record of their own. */
const OWN = ['mall.payments', 'mall.deliveries', 'mall.boards'] as const;

const NAME_OF = { 'mall.payments': 'payment', 'mall.deliveries': 'fulfilment', 'mall.boards': 'review' } as const;

/** More records of one order than these are not told. */
const RECORDS = 500;

/** Fields of an order's document that say which document it is, or that follow from its lines, payments and deliveries. */
const OF_DOCUMENT: readonly string[] = ['_id', 'v', 'original', 'lines'];

/** A body without its names, and what stood in it before cleansing. */
type Body = Readonly<Record<string, unknown>>;

/** The lineage of an order or a product, field by field. */
export async function lineageOf(key: MatchingKey, store: ReadPorts['store'], said: SaidBy): Promise<FieldLineage[]> {
  const main = kindOfKey(key) === 'order' ? 'mall.orders' : 'mall.products';
  const [document] = await store.load([{ collection: main, id: key }]);
  const found: FieldLineage[] = [];
  if (document !== undefined && document.json !== null) {
    found.push(...(main === 'mall.orders' ? orderFields(document, said) : productFields(document, said)));
  }
  if (main === 'mall.products') return found;
  for (const collection of OWN) {
    const page = await store.query(collection, 'order', key, { after: '', limit: RECORDS });
    for (const record of page) found.push(...ownFields(record, NAME_OF[collection], said));
  }
  return found;
}

function orderFields(document: StoredDocument, said: SaidBy): FieldLineage[] {
  const body = upcast<OrderDocument>('mall.orders', parsed(document.json));
  const meta = upcast<OrderMeta>('meta/order', parsed(document.meta));
  const { headers } = readDocument({ body, meta });
  const fields = Object.entries(body as Body).flatMap(([name, value]): FieldLineage[] => {
    if (OF_DOCUMENT.includes(name)) return [];
    return [headerField(document, name, value, headers, said)];
  });
  const lines = body.lines.flatMap((line, i) => lineFields(document, i, line, meta, said));
  return [...fields, ...lines];
}

function headerField(
  document: StoredDocument,
  field: string,
  value: unknown,
  headers: Statements<OrderBody>,
  said: SaidBy,
): FieldLineage {
  const stated = HEADER_FIELD_OF[field] ?? field;
  const about = { ...placeOf(document), field, value };
  if (COMPUTED.includes(field)) return about;
  const statement = stating(headers, stated);
  if (statement === undefined) return about;
  return {
    ...about,
    ...before(statement.body, stated),
    from: originOf(statement, said.find('order', statement, stated)),
  };
}

/** Under which name a header states what the document calls otherwise. */
const HEADER_FIELD_OF: Readonly<Record<string, string>> = { declared: 'total' };

/** Of lines, payments, deliveries and headers together. */
const COMPUTED: readonly string[] = ['lineCount', 'goods', 'freight', 'total', 'status', 'paid', 'marks'];

function lineFields(
  document: StoredDocument,
  i: number,
  line: object,
  { lines, whole, headers }: OrderMeta,
  said: SaidBy,
): FieldLineage[] {
  const from = lines[i];
  const stamp = typeof from === 'number' ? headers.find((header) => statementId(header) === whole) : from;
  if (stamp === undefined) return [];
  const part = typeof from === 'number' ? 'order' : 'orderLine';
  return fieldsOf(document, line as Body, `lines[${i}].`, (field) => {
    return originOf(stampOf(stamp), said.find(part, { ...stamp, body: line }, typeof from === 'number' ? '' : field));
  });
}

function ownFields(document: StoredDocument, name: string, said: SaidBy): FieldLineage[] {
  const { order: _order, source: _source, ...body } = parsed(document.json);
  const stamp = stampOf(upcast<StampMeta>('meta/stamp', parsed(document.meta)));
  return fieldsOf(document, body, '', (field) => originOf(stamp, said.find(name, { ...stamp, body }, field)));
}

function productFields(document: StoredDocument, said: SaidBy): FieldLineage[] {
  const { statements } = upcast<ProductMeta>('meta/product', parsed(document.meta));
  const all = new Map(statements.map((statement) => [statementId(statement), statement]));
  return fieldsOf(document, parsed(document.json), '', (field) => {
    const statement = stating(all, field);
    return statement && originOf(statement, said.find('product', statement, field));
  });
}

function fieldsOf(
  document: StoredDocument,
  body: Body,
  prefix: string,
  from: (field: string) => Origin | undefined,
): FieldLineage[] {
  const names = Object.keys(body).filter((name) => !['_id', 'v', 'original'].includes(name));
  return names.map((name) => {
    const origin = from(name);
    const about = { ...placeOf(document), field: prefix + name, value: body[name], ...before(body, name) };
    return origin === undefined ? about : { ...about, from: origin };
  });
}

/** The statement that a field of the integrated body comes from, as `integrated` chooses. */
function stating<Of extends object>(statements: Statements<Of>, field: string): Statement<Of> | undefined {
  return ranked(statements).find(([, { body }]) => (body as Body)[field] !== undefined)?.[1];
}

function originOf(stamp: Stamp, where: string | undefined): Origin {
  const { source, slot, order } = stamp;
  return { source, version: versionOf(stamp), slot, order, ...(where !== undefined && { where }) };
}

function before(body: object, field: string): { readonly original?: unknown } {
  const value = ((body as Body)['original'] as Body | undefined)?.[field];
  return value === undefined ? {} : { original: value };
}

function placeOf({ collection, id }: StoredDocument): { readonly collection: string; readonly id: string } {
  return { collection, id };
}

function parsed(json: string | null): Body {
  return JSON.parse(json ?? '{}') as Body;
}
