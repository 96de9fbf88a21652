import type { Random } from '../../simulation/world.ts';

/** One record of a till: a line or a payment in one of its states, as a row of its file. */
export interface TillRecord {
  readonly file: 'sales' | 'payments';
  readonly row: string;
}

const HEADERS = {
  sales: 'order,line,state,at,customer,sku,title,seller,quantity,amount',
  payments: 'payment,order,state,method,amount',
} as const;

/** States of lines and payments of some orders: repeats, older states after newer ones, payments before their orders. */
export function tillRecords(random: Random, count: number): TillRecord[] {
  return Array.from({ length: count }, () => {
    const order = random.below(Math.ceil(count / 8));
    const state = random.below(4);
    const cents = 100 + random.below(9900);
    if (random.chance(0.2)) {
      // A few payments are of orders that never come.
      return { file: 'payments', row: [`p${order}`, order + random.below(2), state, 'card', cents].join() };
    }
    const at = `2024-05-${10 + random.below(20)}T10:00:00Z`;
    const sku = `sku-${random.below(9)}`;
    const seller = `seller-${random.below(3)}`;
    const line = [order, 1 + random.below(4), state, at, `customer-${order % 5}`, sku, `Thing ${random.below(3)}`];
    return { file: 'sales', row: [...line, seller, 1 + random.below(5), cents].join() };
  });
}

/** The text of one file with these records. */
export function tillFile(file: TillRecord['file'], records: readonly TillRecord[]): string {
  const rows = records.filter((record) => record.file === file).map(({ row }) => row);
  return `${[HEADERS[file], ...rows].join('\n')}\n`;
}
