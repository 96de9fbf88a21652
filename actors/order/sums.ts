import type { OrderBody } from '../../schemas/canonical/order.ts';
import { amountsIn, type Shares } from './shares.ts';

/** An order's money in its own currency, in minor units. */
export interface OrderSums {
  readonly goods: number;
  readonly freight: number;
  /** Goods and freight of its lines; for an order without lines, what its source declares (0 if nothing). */
  readonly total: number;
}

export function sumsOf(header: OrderBody, shares: Shares): OrderSums {
  const { goods, freight } = amountsIn(shares.all, header.currency);
  return { goods, freight, total: shares.all.lines > 0 ? goods + freight : (header.total ?? 0) };
}
