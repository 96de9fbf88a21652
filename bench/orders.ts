import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Customers per order: every third order is of somebody who was there before. */
const ORDERS_PER_CUSTOMER = 3;

export interface BenchOrder {
  readonly id: string;
  readonly revision: number;
  readonly placedAt: string;
  readonly currency: string;
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly city: string;
    readonly country: string;
  };
  readonly lines: readonly {
    readonly number: number;
    readonly code: string;
    readonly description: string;
    readonly quantity: number;
    readonly unitPrice: number;
    readonly amount: number;
    readonly currency: string;
  }[];
}

/** The n-th order: 1 to 5 lines, nothing random, so that every run feeds the same. */
export function orderOf(n: number): BenchOrder {
  const customer = Math.floor((n * 2654435761) % 4294967296) % Math.max(1, Math.floor(n / ORDERS_PER_CUSTOMER) + 1);
  const lines = Array.from({ length: 1 + (n % 5) }, (_, line) => {
    const quantity = 1 + ((n + line) % 7);
    const unitPrice = 100 + ((n * 7 + line * 13) % 5000);
    const amount = quantity * unitPrice;
    return {
      number: line + 1,
      code: `P${(n * 3 + line) % 4000}`,
      description: `Article ${(n * 3 + line) % 4000} of the range`,
      quantity,
      unitPrice,
      amount,
      currency: 'EUR',
    };
  });
  return {
    id: `B${n}`,
    revision: 1,
    placedAt: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    currency: 'EUR',
    customer: {
      id: `C${customer}`,
      name: `Customer ${customer}`,
      email: `customer${customer}@example.org`,
      city: 'Rotterdam',
      country: 'NL',
    },
    lines,
  };
}

/** Writes orders as NDJSON; returns where each tenth of them begins, in bytes, and where the last ends. */
export async function writeOrders(path: string, count: number): Promise<number[]> {
  const file = createWriteStream(path);
  const starts: number[] = [];
  let bytes = 0;
  for (let from = 0; from < count; from += CHUNK) {
    if (from % (count / 10) === 0) starts.push(bytes);
    const chunk = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => orderOf(from + i));
    const text = chunk.map((order) => `${JSON.stringify(order)}\n`).join('');
    bytes += text.length;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return [...starts, bytes];
}

/** Orders written at once; a tenth of a count must be a multiple of it for its tenths to be told. */
const CHUNK = 1000;
