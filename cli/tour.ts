import { openReading, type Reading } from '../actors/node/reading.ts';
import type { Story } from '../actors/node/queries.ts';
import type { Settings } from '../schemas/settings.ts';
import type { FeedResult } from './feeding.ts';
import { money } from './money.ts';
import { count } from './progress.ts';
import { LOOK_AT } from './sample.ts';
import { quoted } from './shell.ts';
import { storyText } from './story-text.ts';
import { countOrders, type OrderCount } from './statistics.ts';
import { table } from './table.ts';
import { total, verdictLines, VERDICTS, type Verdicts } from './verdicts.ts';

/** What was fed for it: a day of real orders, and a few records of other systems. */
export interface TourFeeds {
  readonly day: FeedResult;
  readonly handMade: readonly FeedResult[];
}

/** What a first look shows. */
export interface Tour extends TourFeeds {
  readonly orders: readonly OrderCount[];
  readonly customers: number;
  readonly products: number;
  readonly story: Story | undefined;
  /** The entry of the record that is wrong; undefined once it is mended. */
  readonly wrong: string | undefined;
}

export async function readTour(settings: Settings, feeds: TourFeeds): Promise<Tour> {
  const reading = await openReading(settings);
  try {
    const { store } = reading.ports;
    const customers = await store.count('customer.customers');
    const products = await store.count('mall.products');
    const [story, wrong] = [await example(reading), await wrongEntry(reading)];
    return { ...feeds, orders: await countOrders(reading), customers, products, story, wrong };
  } finally {
    await reading.close();
  }
}

async function example({ queries }: Reading): Promise<Story | undefined> {
  const [key] = await queries.find(LOOK_AT.order);
  return key === undefined ? undefined : queries.story(key);
}

async function wrongEntry({ queries }: Reading): Promise<string | undefined> {
  for await (const { id, json } of queries.all('management.quarantine')) {
    const { identity } = JSON.parse(json ?? '{}') as { readonly identity?: string };
    if (identity === LOOK_AT.wrong.record) return id;
  }
  return undefined;
}

export function tourText(tour: Tour): string {
  const { day, orders, customers, products, story } = tour;
  const lines = [
    `One day of a gift shop's invoice lines: ${count(day.received)} records in ${day.seconds.toFixed(1)} s, one verdict each:`,
    ...verdictLines(day),
    '',
    ...handMadeLines(tour),
    '',
    'What the data set holds now:',
    ...byType(orders).map(orderLine),
    `  ${count(customers)} customers, ${count(products)} products`,
    '',
    ...(story === undefined ? [] : ['One order, with everything that is known of it:', '', storyText(story), '']),
    'What the made-up records show:',
    ...table(['', ''], shown(tour))
      .split('\n')
      .slice(1)
      .map((line) => `  ${line}`),
    '',
    'What to type next:',
    ...NEXT,
  ];
  return lines.join('\n');
}

function handMadeLines({ day, handMade }: Tour): string[] {
  const verdicts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, handMade.reduce((sum, fed) => sum + fed[verdict], 0)]),
  ) as Verdicts;
  const all = [day, verdicts];
  const again = all.every(({ accepted }) => accepted === 0) && all.some(({ duplicate }) => duplicate > 0);
  const parts = VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => `${verdicts[verdict]} ${verdict}`);
  return [
    `${total(verdicts)} records of ${handMade.length} other systems, made up: ${parts.join(', ')}.`,
    ...(again ? ['Nothing of it was new, so nothing changed.'] : []),
  ];
}

/** What there is to see, and the command that shows it. */
function shown({ wrong: entry }: Tour): string[][] {
  const wrong = entry?.slice(0, ID_SHOWN);
  const { field, value } = LOOK_AT.wrong;
  return [
    ['one customer of four systems, and why', `npx masterflag party ${LOOK_AT.person}`],
    ['a payment before its order, and an order that was corrected', `npx masterflag show ${LOOK_AT.corrected}`],
    ['a payment that still waits for its order', `npx masterflag show ${LOOK_AT.awaited}`],
    ...(wrong === undefined
      ? []
      : [
          ['an order with a wrong price', `npx masterflag quarantine show ${wrong}`],
          ['  and what mends it', `npx masterflag quarantine fix ${wrong} --field ${quoted(field)} --value ${value}`],
        ]),
  ];
}

/** Characters of an id that tell it from others. */
const ID_SHOWN = 10;

/** Without the statuses that they are told apart by; the most frequent first. */
function byType(orders: readonly OrderCount[]): OrderCount[] {
  const groups = [...Map.groupBy(orders, ({ type, currency }) => `${type} ${currency}`).values()];
  const sums = groups.map((group) =>
    group.reduce((a, b) => ({ ...a, orders: a.orders + b.orders, total: a.total + b.total })),
  );
  return sums.sort((a, b) => b.orders - a.orders);
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
