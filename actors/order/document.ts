import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderMeta } from '../../schemas/state.ts';
import type { Stamp } from '../../schemas/statement.ts';
import type { Mark, OrderAxes, OrderDocument } from '../../schemas/tasks/orders.ts';
import { upcast } from '../../schemas/upcast.ts';
import { compareText, ordered, ranked, stampOf, statementId, type Statement, type Statements } from '../facts.ts';
import type { TaskRecord } from '../actor.ts';
import { PersistentMap } from '../persistent-map.ts';
import { HEADER_FIELDS } from './fields.ts';
import { weightOf } from './limits.ts';
import { marksOf } from './marks.ts';
import type { OrderState } from './state.ts';
import { axesOf, paidOf } from './status.ts';
import { sumsOf } from './sums.ts';

/** What is found by looking at the whole order: it stands in its document, and a part of it in its flag. */
export interface Findings {
  readonly status: OrderAxes;
  readonly marks: readonly Mark[];
}

export function findingsOf(state: OrderState, header: OrderBody): Findings {
  return { status: axesOf(state, header), marks: marksOf(state, header) };
}

/** The lines in the order of the document; `from` as OrderMeta.lines keeps it. */
interface PlacedLines {
  readonly lines: readonly OrderLineBody[];
  readonly from: readonly (Stamp | number)[];
}

/** mall.orders: the body, and in its meta what the state is made of that the body does not say. */
export function orderDocument(
  state: OrderState,
  header: OrderBody,
  findings: Findings,
): { body: OrderDocument; meta: OrderMeta } {
  const whole = wholeOf(state.headers);
  const { lines, from } = placedLines(state, whole);
  return {
    body: documentBody(state, header, lines, findings),
    meta: {
      v: 3,
      headers: keptHeaders(state.headers, whole),
      whole: whole?.id ?? null,
      lines: from,
    },
  };
}

interface Whole {
  readonly id: string;
  readonly lines: readonly OrderLineBody[];
}

/** The header whose list of lines counts: the first, in ranked order, that has one (as `integrated` picks it). */
function wholeOf(headers: Statements<OrderBody>): Whole | undefined {
  for (const [id, { body }] of ranked(headers)) if (body.lines !== undefined) return { id, lines: body.lines };
  return undefined;
}

/**
 * What an only header says stands in the body, word for word, unless it has an opinion on an axis: written again, it
 * would be a tenth of the document.
 */
function keptHeaders(headers: Statements<OrderBody>, whole: Whole | undefined): OrderMeta['headers'] {
  const all = ranked(headers);
  const [only] = all;
  const isSaid = only !== undefined && only[1].body.status === undefined && only[1].body.fulfilment === undefined;
  if (isSaid && all.length === 1) return [stampOf(only[1])];
  return all.map(([id, statement]) => (id === whole?.id ? withoutLines(statement) : statement));
}

function withoutLines(statement: Statement<OrderBody>): Statement<OrderBody> {
  const { lines: _lines, ...body } = statement.body;
  return { ...stampOf(statement), body };
}

function placedLines(state: OrderState, whole: Whole | undefined): PlacedLines {
  if (state.lines.size === 0 && whole !== undefined && inPlace(whole.lines)) {
    return { lines: whole.lines, from: [...whole.lines.keys()] };
  }
  const placed: PlacedLine[] = [];
  for (const [id, statement] of state.lines.entries()) placed.push({ line: statement.body, id, from: statement });
  whole?.lines.forEach((line, from) => {
    placed.push({ line, id: `${whole.id}#${String(from).padStart(6, '0')}`, from });
  });
  placed.sort((a, b) => compareLines(a.line, b.line) || compareText(a.id, b.id));
  return {
    lines: placed.map(({ line }) => line),
    from: placed.map(({ from }) => (typeof from === 'number' ? from : stampOf(from))),
  };
}

interface PlacedLine {
  readonly line: OrderLineBody;
  readonly id: string;
  readonly from: Stamp | number;
}

/** Most lists of lines come in the order of the document already. */
function inPlace(lines: readonly OrderLineBody[]): boolean {
  return lines.every((line, n) => {
    const before = lines[n - 1];
    return before === undefined || compareLines(before, line) <= 0;
  });
}

function compareLines(a: OrderLineBody, b: OrderLineBody): number {
  const [x, y] = [a.number ?? Infinity, b.number ?? Infinity];
  if (x !== y) return x < y ? -1 : 1;
  return compareText(a.code ?? '', b.code ?? '');
}

/** In the order of the schema: bodies are compared as bytes. */
function documentBody(
  state: OrderState,
  header: OrderBody,
  lines: readonly OrderLineBody[],
  { status, marks }: Findings,
): OrderDocument {
  const { goods, freight, total } = sumsOf(header, state.shares);
  const body: { readonly [Name in keyof OrderDocument]-?: OrderDocument[Name] | undefined } = {
    v: 1,
    number: header.number,
    type: header.type,
    channel: header.channel,
    placedAt: header.placedAt,
    customer: header.customer,
    customerId: header.customerId,
    currency: header.currency,
    country: header.country,
    lines,
    lineCount: lines.length,
    goods,
    freight,
    total,
    declared: header.total,
    sourceStatus: header.sourceStatus,
    status,
    paid: paidOf(state, header),
    approvedAt: header.approvedAt,
    shippedAt: header.shippedAt,
    deliveredAt: header.deliveredAt,
    estimatedAt: header.estimatedAt,
    marks,
    original: header.original,
  };
  // What is undefined is in no JSON text.
  return body as OrderDocument;
}

/** What the only header said, but for its lines: `documentBody` turned back. */
function headerOf({ lines: _lines, status: _axes, declared, ...document }: OrderDocument): OrderBody {
  const { total: _sum, ...header } = document;
  return ordered<OrderBody>(declared === undefined ? header : { ...header, total: declared }, HEADER_FIELDS);
}

/** Headers and lines, as the document and its meta say. */
export function readDocument(record: TaskRecord): Pick<OrderState, 'headers' | 'lines' | 'weight'> {
  const document = upcast<OrderDocument>('mall.orders', record.body);
  const meta = upcast<OrderMeta>('meta/order', record.meta);
  const single: [string, Statement<OrderLineBody>][] = [];
  const whole: OrderLineBody[] = [];
  document.lines.forEach((body, i) => {
    const from = meta.lines[i];
    if (typeof from === 'number') whole[from] = body;
    else if (from !== undefined) single.push([statementId(from), { ...from, body }]);
  });
  const headers = meta.headers.map((header): [string, Statement<OrderBody>] => {
    const id = statementId(header);
    const said = 'body' in header ? header.body : headerOf(document);
    return [id, { ...header, body: id === meta.whole ? { ...said, lines: whole } : said }];
  });
  const weight = single.reduce((sum, [, { body }]) => sum + weightOf(body), 0);
  return { headers: new Map(headers), lines: PersistentMap.of(single), weight };
}
