import { CustomerBody } from './customer.ts';
import { EnterpriseBody } from './enterprise.ts';
import { FulfilmentBody } from './fulfilment.ts';
import { OrderLineBody } from './order-line.ts';
import { OrderBody } from './order.ts';
import { PaymentBody } from './payment.ts';
import { ProductBody } from './product.ts';
import { ReviewBody } from './review.ts';

/** Every canonical message: the actor kind that hears it, and the schema of its part's body. */
export const CANONICAL = {
  order: { kind: 'order', body: OrderBody },
  orderLine: { kind: 'order', body: OrderLineBody },
  payment: { kind: 'order', body: PaymentBody },
  fulfilment: { kind: 'order', body: FulfilmentBody },
  review: { kind: 'order', body: ReviewBody },
  customer: { kind: 'customer', body: CustomerBody },
  enterprise: { kind: 'enterprise', body: EnterpriseBody },
  product: { kind: 'product', body: ProductBody },
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
