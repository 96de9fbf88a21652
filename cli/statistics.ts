import { isCluster } from '../config/settings.ts';
import { openReading, type Reading } from '../actors/node/reading.ts';
import type { PartitionStatus } from '../actors/node/queries.ts';
import type { Settings } from '../schemas/settings.ts';
import type { ExportDocument } from '../schemas/tasks/quarantine.ts';
import { upcast } from '../schemas/upcast.ts';
import { amount } from './money.ts';
import { count } from './progress.ts';
import { readCauses, type Cause } from './quarantine.ts';
import { table } from './table.ts';

/** Orders of one type, on one of their axes. */
export interface OrderCount {
  readonly type: string;
  readonly status: string;
  readonly sourceStatus?: string;
  readonly orders: number;
  readonly currency: string;
  /** In minor units. */
  readonly total: number;
}

export interface DataStatistics {
  /** The folder, or the name of the cluster. */
  readonly data: string;
  readonly collections: Readonly<Record<string, number>>;
  readonly orders: readonly OrderCount[];
  readonly waiting: number;
  readonly parked: number;
  readonly quarantine: readonly Cause[];
  /** What went from the quarantine to files, since it was full or old. */
  readonly exported: { readonly documents: number; readonly files: readonly string[] };
  readonly partitions: readonly PartitionStatus[];
}

export async function readStatistics(settings: Settings): Promise<DataStatistics> {
  const reading = await openReading(settings);
  try {
    const { collections, partitions } = await reading.queries.statistics();
    const [waiting = 0, parked = 0] = [collections['master.waiting'], collections['master.parked']];
    const orders = await countOrders(reading);
    const quarantine = await readCauses(settings);
    const exported = await readExports(reading);
    const data = isCluster(settings) ? settings.cluster : settings.data;
    return { data, collections, orders, waiting, parked, quarantine, exported, partitions };
  } finally {
    await reading.close();
  }
}

async function readExports({ queries }: Pick<Reading, 'queries'>): Promise<DataStatistics['exported']> {
  const files = new Set<string>();
  let documents = 0;
  for await (const { json } of queries.all('management.exports')) {
    const exported = upcast<ExportDocument>('management.exports', JSON.parse(json ?? 'null'));
    files.add(exported.file);
    documents += exported.documents;
  }
  return { documents, files: [...files].sort() };
}

interface OrderBody {
  readonly type: string;
  readonly sourceStatus?: string;
  readonly status: { readonly order: string };
  readonly currency: string;
  readonly total: number;
}

/** Reads every order. */
export async function countOrders({ queries }: Pick<Reading, 'queries'>): Promise<OrderCount[]> {
  const groups = new Map<string, OrderCount>();
  for await (const { json } of queries.all('mall.orders')) {
    const { type, sourceStatus, status, currency, total } = JSON.parse(json ?? '{}') as OrderBody;
    const own = { type, status: status.order, ...(sourceStatus === undefined ? {} : { sourceStatus }), currency };
    const name = JSON.stringify(own);
    const known = groups.get(name) ?? { ...own, orders: 0, total: 0 };
    groups.set(name, { ...known, orders: known.orders + 1, total: known.total + total });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

export function statisticsText(statistics: DataStatistics): string {
  const { data, collections, orders, quarantine, exported, partitions } = statistics;
  const documents = Object.entries(collections).map(([name, n]) => [name, count(n)]);
  const sections = [`Data set ${data}`, table(['collection', 'documents'], documents)];
  if (orders.length > 0)
    sections.push(table(['orders', 'type', 'status', "source's word", 'total', ''], orderRows(orders)));
  if (quarantine.length > 0) {
    sections.push(
      table(
        ['quarantined', 'cause'],
        quarantine.map(({ cause, count: n }) => [count(n), cause]),
      ),
    );
  }
  if (exported.documents > 0) {
    const files = `${count(exported.files.length)} ${exported.files.length === 1 ? 'file' : 'files'}`;
    sections.push(`${count(exported.documents)} documents of the quarantine went to ${files} in ${data}/quarantine`);
  }
  sections.push(table(['partition', 'commits', 'openings', 'fast', 'bulk', 'waiting'], partitions.map(partitionRow)));
  return sections.join('\n\n');
}

function orderRows(orders: readonly OrderCount[]): string[][] {
  return orders.map(({ orders: n, type, status, sourceStatus = '', total, currency }) => {
    return [count(n), type, status, sourceStatus, amount(total, currency), currency];
  });
}

function partitionRow({ id, seq, epoch, positions, behind }: PartitionStatus): string[] {
  const messages = behind.fast + behind.bulk;
  return [
    id,
    count(seq),
    count(epoch),
    count(positions.fast),
    count(positions.bulk),
    messages === 0 ? '' : count(messages),
  ];
}
