import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A feed that is shipped, so that a first look has something to show (config/sample/README.md). */
export interface SampleFeed {
  readonly source: string;
  readonly path: string;
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../config/sample');

/** A day of real orders. */
export const SAMPLE_DAY: SampleFeed = {
  source: 'online-retail',
  path: join(FOLDER, 'online-retail-2010-12-01.csv'),
};

/** A few records of other systems that speak of one another's customers and orders. */
export const HAND_MADE: readonly SampleFeed[] = [
  { source: 'shopify', path: join(FOLDER, 'hand-made/shopify.json') },
  { source: 'magento', path: join(FOLDER, 'hand-made/magento.json') },
  { source: 'stripe', path: join(FOLDER, 'hand-made/stripe.json') },
  { source: 'native', path: join(FOLDER, 'hand-made/native.ndjson') },
];

/** What is in them to be looked at, by the ids that they use. */
export const LOOK_AT = {
  /** An invoice of the day that is short enough to be read at a glance. */
  order: '536368',
  /** A customer of four systems, by her id in one of them. */
  person: '7001',
  /** An order that was corrected, and whose payment came before it. */
  corrected: '5501',
  /** An order that a payment waits for. */
  awaited: '5502',
  /** A price with a comma. */
  wrong: { record: 'order/5503', field: 'order.line_items[0].price', value: '7.95' },
} as const;
