import { CustomerBody } from './customer.ts';
import { EnterpriseBody } from './enterprise.ts';
import { FulfilmentBody } from './fulfilment.ts';
import { OrderLineBody } from './order-line.ts';
import { OrderBody } from './order.ts';
import { PaymentBody } from './payment.ts';
import { ProductBody } from './product.ts';
import { ReviewBody } from './review.ts';

/** Every canonical message: the actor kind that hears it, the schema of its part's body, and the version of that. */
export const CANONICAL = {
  order: { kind: 'order', v: 1, body: OrderBody },
  orderLine: { kind: 'order', v: 1, body: OrderLineBody },
  payment: { kind: 'order', v: 1, body: PaymentBody },
  fulfilment: { kind: 'order', v: 1, body: FulfilmentBody },
  review: { kind: 'order', v: 1, body: ReviewBody },
  customer: { kind: 'customer', v: 2, body: CustomerBody },
  enterprise: { kind: 'enterprise', v: 2, body: EnterpriseBody },
  product: { kind: 'product', v: 1, body: ProductBody },
} as const;

export type CanonicalName = keyof typeof CANONICAL;

export interface CanonicalBodies {
  readonly order: OrderBody;
  readonly orderLine: OrderLineBody;
  readonly payment: PaymentBody;
  readonly fulfilment: FulfilmentBody;
  readonly review: ReviewBody;
  readonly customer: CustomerBody;
  readonly enterprise: EnterpriseBody;
  readonly product: ProductBody;
}

export function isCanonicalName(name: string): name is CanonicalName {
  return Object.hasOwn(CANONICAL, name);
}
