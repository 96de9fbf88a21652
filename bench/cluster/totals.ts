import type { CustomerTotal } from '../../schemas/tasks/parties.ts';
import type { Store } from '../../store/store.ts';
import type { BenchOrder } from '../orders.ts';

/** What the orders come to, customer by customer. Whoever takes the records in has to end with the same. */
export class Totals {
  private readonly customers = new Map<string, { orders: number; total: number }>();
  private readonly seen = new Map<string, number>();

  add(order: BenchOrder): void {
    const total = order.lines.reduce((sum, { amount }) => sum + amount, 0);
    // By its number, so that one that comes twice counts once, as the engine has it.
    if (this.seen.has(order.id)) return;
    this.seen.set(order.id, total);
    const known = this.customers.get(order.customer.id);
    if (known === undefined) this.customers.set(order.customer.id, { orders: 1, total });
    else {
      known.orders += 1;
      known.total += total;
    }
  }

  get sums(): Sums {
    const all = [...this.customers.values()];
    return {
      orders: all.reduce((sum, { orders }) => sum + orders, 0),
      customers: all.length,
      total: all.reduce((sum, { total }) => sum + total, 0),
    };
  }
}

export interface Sums {
  readonly orders: number;
  readonly customers: number;
  /** In minor units. */
  readonly total: number;
}

/** The same of what the engine has made: from the integrated records of the customers. */
export async function engineSums(store: Pick<Store, 'page'>): Promise<Sums> {
  const customers = await store.page('customer.customers', { after: '', limit: Number.MAX_SAFE_INTEGER });
  const totals = customers.flatMap(
    ({ json }) => (JSON.parse(json ?? '{}') as { readonly totals: readonly CustomerTotal[] }).totals,
  );
  return {
    orders: totals.reduce((sum, { orders }) => sum + orders, 0),
    customers: customers.length,
    total: totals.reduce((sum, { total }) => sum + total, 0),
  };
}
