import { openReading, type Reading } from '../actors/node/reading.ts';
import type { Story } from '../actors/node/queries.ts';
import type { Settings } from '../schemas/settings.ts';
import type { FeedResult } from './feeding.ts';
import { money } from './money.ts';
import { count } from './progress.ts';
import { storyText } from './story-text.ts';
import { countOrders, type OrderCount } from './statistics.ts';
import { verdictLines } from './verdicts.ts';

/** An invoice of the sample that is short enough to be read at a glance. */
const EXAMPLE_ORDER = '536368';

/** What a first look shows. */
export interface Tour {
  readonly fed: FeedResult;
  readonly orders: readonly OrderCount[];
  readonly customers: number;
  readonly products: number;
  readonly story: Story | undefined;
}

export async function readTour(settings: Settings, fed: FeedResult): Promise<Tour> {
  const reading = await openReading(settings);
  try {
    const { store } = reading.ports;
    const customers = await store.count('customer.customers');
    const products = await store.count('mall.products');
    return { fed, orders: await countOrders(reading), customers, products, story: await example(reading) };
  } finally {
    reading.close();
  }
}

async function example({ queries }: Reading): Promise<Story | undefined> {
  const [key] = await queries.find(EXAMPLE_ORDER);
  return key === undefined ? undefined : queries.story(key);
}

export function tourText({ fed, orders, customers, products, story }: Tour): string {
  const again = fed.accepted === 0 && fed.duplicate === fed.received;
  const lines = [
    `One day of a gift shop's invoice lines: ${count(fed.received)} records in ${fed.seconds.toFixed(1)} s, one verdict each:`,
    ...verdictLines(fed),
    ...(again ? ['All of them were here already, so nothing changed.'] : []),
    '',
    'What the data set holds now:',
    ...[...orders].sort((a, b) => b.orders - a.orders).map(orderLine),
    `  ${count(customers)} customers, ${count(products)} products`,
    '',
    ...(story === undefined ? [] : ['One order, with everything that is known of it:', '', storyText(story), '']),
    'What to type next:',
    ...NEXT,
  ];
  return lines.join('\n');
}

const WORD: Readonly<Record<string, string>> = { sale: 'orders', return: 'returns', adjustment: 'adjustments' };

function orderLine({ type, orders, total, currency }: OrderCount): string {
  return `  ${count(orders)} ${WORD[type] ?? type}, ${money(total, currency)}`;
}

const NEXT: readonly string[] = [
  '  npx masterflag show 17850                              a customer, with all its orders',
  `  npx masterflag export mall.orders --where '{"type":"return"}'`,
  '  npx masterflag tap order --follow                      events as they happen',
  '  npx masterflag stats                                   counts and partitions',
  '  npx masterflag feed online-retail YOUR-FILES...        more of the same kind',
  '  npx masterflag --help',
];
