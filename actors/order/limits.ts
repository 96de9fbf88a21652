import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';

/**
 * An order's lines stand in one document, which a commit carries whole: 5,000 lines of the usual size are 1.5 MB.
 * The longest invoice of Online Retail has 1,114. More is a feed that groups by something that is no order.
 */
export { LINES_LIMIT } from '../../schemas/canonical/order.ts';

/** Lines may be long: a document beyond this would crowd other orders out of their commit (16 MB in all). */
export const LINES_WEIGHT_LIMIT = 4 * 1024 * 1024;

/** All that waits is integrated in one decision and one commit when the order comes. */
export const WAITING_LIMIT = 1000;

/** Below LINES_WEIGHT_LIMIT, so that nothing that waited can be refused when it is integrated. */
export const WAITING_WEIGHT_LIMIT = 2 * 1024 * 1024;

/** Items in one effect: an effect travels whole, in a log message of 1 MB. */
export const ITEMS_PER_EFFECT = 500;

/** Characters of a line in its document, about: what is fixed, and what varies. */
export function weightOf(line: OrderLineBody): number {
  const original = line.original === undefined ? 0 : JSON.stringify(line.original).length;
  return 400 + (line.description?.length ?? 0) + original;
}
