import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderMeta } from '../../schemas/state.ts';
import type { Stamp } from '../../schemas/statement.ts';
import type { OrderDocument } from '../../schemas/tasks/orders.ts';
import { upcast } from '../../schemas/upcast.ts';
import { compareText, ordered, ranked, stampOf, statementId, type Statement, type Statements } from '../facts.ts';
import type { TaskRecord } from '../actor.ts';
import { PersistentMap } from '../persistent-map.ts';
import { weightOf } from './limits.ts';
import { marksOf } from './marks.ts';
import type { OrderState } from './state.ts';
import { axesOf, paidOf } from './status.ts';
import { sumsOf } from './sums.ts';

/** A line with its place in the document; `from` as OrderMeta.lines keeps it. */
interface PlacedLine {
  readonly line: OrderLineBody;
  readonly id: string;
  readonly from: Stamp | number;
}

/** mall.orders: the body, and in its meta what the state is made of that the body does not say. */
export function orderDocument(state: OrderState, header: OrderBody): { body: OrderDocument; meta: OrderMeta } {
  const whole = wholeOf(state.headers);
  const placed = placedLines(state, whole);
  return {
    body: documentBody(
      state,
      header,
      placed.map(({ line }) => line),
    ),
    meta: {
      v: 1,
      headers: ranked(state.headers).map(([id, statement]) => (id === whole?.id ? withoutLines(statement) : statement)),
      whole: whole?.id ?? null,
      lines: placed.map(({ from }) => from),
    },
  };
}

/** The header whose list of lines counts: the first, in ranked order, that has one (as `integrated` picks it). */
function wholeOf(headers: Statements<OrderBody>): { id: string; lines: readonly OrderLineBody[] } | undefined {
  for (const [id, { body }] of ranked(headers)) if (body.lines !== undefined) return { id, lines: body.lines };
  return undefined;
}

function withoutLines(statement: Statement<OrderBody>): Statement<OrderBody> {
  const { lines: _lines, ...body } = statement.body;
  return { ...stampOf(statement), body };
}

function placedLines(state: OrderState, whole: ReturnType<typeof wholeOf>): PlacedLine[] {
  const placed: PlacedLine[] = [];
  for (const [id, statement] of state.lines.entries()) {
    placed.push({ line: statement.body, id, from: stampOf(statement) });
  }
  whole?.lines.forEach((line, from) => {
    placed.push({ line, id: `${whole.id}#${String(from).padStart(6, '0')}`, from });
  });
  return placed.sort(comparePlaces);
}

function comparePlaces(a: PlacedLine, b: PlacedLine): number {
  const [x, y] = [a.line.number ?? Infinity, b.line.number ?? Infinity];
  if (x !== y) return x < y ? -1 : 1;
  return compareText(a.line.code ?? '', b.line.code ?? '') || compareText(a.id, b.id);
}

function documentBody(state: OrderState, header: OrderBody, lines: readonly OrderLineBody[]): OrderDocument {
  const { lines: _lines, total: declared, fulfilment: _fulfilment, status: _status, original, ...said } = header;
  const fields = {
    v: 1,
    ...said,
    lines,
    lineCount: lines.length,
    ...sumsOf(header, state.shares),
    declared,
    status: axesOf(state, header),
    paid: paidOf(state, header),
    marks: marksOf(state, header),
    original,
  };
  return ordered(fields, DOCUMENT_FIELDS) as unknown as OrderDocument;
}

const DOCUMENT_FIELDS = [
  ...['v', 'number', 'type', 'channel', 'placedAt', 'customer', 'customerId', 'currency', 'country'],
  ...['lines', 'lineCount', 'goods', 'freight', 'total', 'declared', 'sourceStatus', 'status', 'paid'],
  ...['approvedAt', 'shippedAt', 'deliveredAt', 'estimatedAt', 'marks', 'original'],
];

/** Headers and lines, as the document and its meta say. */
export function readDocument(record: TaskRecord): Pick<OrderState, 'headers' | 'lines' | 'weight'> {
  const { lines } = upcast<OrderDocument>('mall.orders', record.body);
  const meta = upcast<OrderMeta>('meta/order', record.meta);
  const single: [string, Statement<OrderLineBody>][] = [];
  const whole: OrderLineBody[] = [];
  lines.forEach((body, i) => {
    const from = meta.lines[i];
    if (typeof from === 'number') whole[from] = body;
    else if (from !== undefined) single.push([statementId(from), { ...from, body }]);
  });
  const headers = meta.headers.map((header): [string, Statement<OrderBody>] => {
    const id = statementId(header);
    return [id, id === meta.whole ? { ...header, body: { ...header.body, lines: whole } } : header];
  });
  const weight = single.reduce((sum, [, { body }]) => sum + weightOf(body), 0);
  return { headers: new Map(headers), lines: PersistentMap.of(single), weight };
}
