import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { COLLECTIONS, type Collection } from '../../../config/tasks.ts';
import { HAND_MADE } from '../../../cli/sample.ts';
import { invoice, SAMPLE, Workplace } from '../command.ts';
import { Damage, everyCollection, type Row } from './damage.ts';

export interface Found {
  readonly collection: string;
  readonly id: string;
  readonly wrong: string;
  readonly is: string;
  readonly should: string;
  readonly mendedBy: string | null;
  readonly mended?: boolean;
  readonly advice?: string;
}

interface Summary {
  readonly entities: number;
  readonly documents: number;
  readonly found: number;
  readonly mended: number;
  readonly unsettled: number;
}

/** Collections of records that actors write. */
export const OF_ACTORS: readonly Collection[] = COLLECTIONS.filter(
  (collection) =>
    !['master.parked', 'master.timers', 'master.outcomes'].includes(collection) &&
    !collection.startsWith('management.'),
);

/** A field that means something, changed to what it might be as well. */
export const FIELD: Readonly<Partial<Record<Collection, (body: Record<string, unknown>) => void>>> = {
  'mall.orders': (body) => (((body['lines'] as Record<string, unknown>[])[0] ?? {})['code'] = 'other'),
  'mall.payments': (body) => (body['method'] = 'cash'),
  'mall.deliveries': (body) => (body['status'] = 'delivered'),
  'mall.boards': (body) => (body['message'] = 'Bad'),
  'mall.members': (body) => (body['name'] = 'Somebody Else'),
  'mall.products': (body) => (body['name'] = 'Other thing'),
  'sales.members': (body) => (body['city'] = 'Dublin'),
  'sales.items': (body) => (body['lines'] = 7),
  'sales.revenues': (body) => (body['total'] = 7),
  'customer.customers': (body) => (body['sales'] = 7),
  'customer.enterprises': (body) => (body['name'] = 'Other shop'),
  'master.flags': (body) => (body['status'] = 'lost'),
  'master.waiting': (body) => (body['name'] = 'review'),
  'master.claims': (body) => (body['member'] = 'main.customer.Ux2-P_aXGvgNfoDNvZgmJy'),
  'master.places': (body) => (body['place'] = 40),
};

/** A closed data set with something in every collection, copies of which are damaged. */
export class DataSet {
  readonly place = new Workplace();
  private copies = 0;

  async fill(): Promise<void> {
    const { place } = this;
    await place.json('feed', 'online-retail', SAMPLE);
    for (const { source, path } of HAND_MADE) await place.run('feed', source, path);
    await place.json('feed', 'native', place.file('every.ndjson', everyCollection()));
    await place.run('do', 'note', '1', '--kind', 'order', '--data', '{"text":"seen"}');
    const broken = `${invoice(['700003', 'A1', 1, '1.50', '1'])}700004,A1,too,few\n700005,A1,few\n`;
    await place.json('feed', 'online-retail', place.file('broken.csv', broken));
    const entries = await place.lines<{ _id: string }>('quarantine', 'list', '--all', '--json');
    const [entry] = entries.filter((one) => JSON.stringify(one).includes('700004'));
    await place.json('quarantine', 'drop', entry?._id ?? '', '--why', 'a test');
  }

  async verify(data: string, ...options: readonly string[]) {
    const { code, stdout, stderr } = await this.place.run('verify', '--json', '--data', data, ...options);
    const lines = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Found & { summary?: Summary });
    const summary = lines.at(-1)?.summary;
    if (summary === undefined) throw new Error(`exit code ${String(code)}: ${stderr}`);
    return { code, findings: lines.slice(0, -1) as Found[], summary };
  }

  copy(): string {
    const folder = join(this.place.folder, `copy-${this.copies++}`);
    cpSync(this.place.data, folder, { recursive: true });
    return folder;
  }

  damaged(work: (damage: Damage) => void): string {
    const folder = this.copy();
    const damage = new Damage(folder);
    try {
      work(damage);
    } finally {
      damage.close();
    }
    return folder;
  }

  /** Damages one document of every collection of actors, each of another entity; false says that there is nothing to. */
  everywhere(work: (damage: Damage, row: Row, collection: Collection) => boolean): { folder: string; touched: Row[] } {
    const touched: Row[] = [];
    const entities = new Set<string>();
    const folder = this.damaged((damage) => {
      for (const collection of OF_ACTORS) {
        const row = damage
          .rows(collection)
          .filter(({ json }) => !json.includes('forgotten'))
          .find(({ id }) => !entities.has(entityOf(id)));
        if (row === undefined) throw new Error(`there is nothing in ${collection}`);
        if (!work(damage, row, collection)) continue;
        entities.add(entityOf(row.id));
        touched.push(row);
      }
    });
    return { folder, touched };
  }

  remove(): void {
    this.place.remove();
  }
}

export function entityOf(id: string): string {
  return id.split('.', 3).join('.');
}

/** What actors have written, by name. */
export function bodies(folder: string): Map<string, string> {
  const damage = new Damage(folder);
  try {
    return new Map(
      OF_ACTORS.flatMap((collection) => damage.rows(collection).map((row) => [`${collection}/${row.id}`, row.json])),
    );
  } finally {
    damage.close();
  }
}

export function oneOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('there is none');
  return first;
}
