import { benchKey, checkOrder, rowsOf } from '../bare-loop.ts';
import type { BenchOrder } from '../orders.ts';

/** What the engine leaves of the records, made without it and kept in memory. */
export class BareResults {
  private readonly customers = new Map<string, { orders: number; total: number }>();
  private readonly documents = new Map<string, string>();

  /** Keeps the documents of these orders. @returns the events that tell of them, as a CloudEvents batch. */
  of(orders: readonly BenchOrder[]): string {
    const events: string[] = [];
    for (const order of orders) {
      checkOrder(order);
      const rows = rowsOf(order, this.customers, benchKey);
      for (const [n, [id, , json]] of rows.entries()) this.documents.set(`${n}/${id}`, json);
      const [subject = '', customer = ''] = [rows[0]?.[0], rows[3]?.[0]];
      events.push(
        eventOf('order', subject, order.placedAt, order),
        eventOf('customer', customer, order.placedAt, order.customer),
      );
    }
    return `[${events.join(',')}]`;
  }
}

function eventOf(kind: string, subject: string, time: string, data: unknown): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `${subject}/1`,
    source: `/masterflag/${kind}`,
    type: `${kind}.recorded`,
    subject,
    time,
    data,
  });
}
