import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COLLECTIONS, TASKS, type Collection } from '../../config/tasks.ts';
import { HAND_MADE } from '../../cli/sample.ts';
import { SAMPLE, Workplace } from './command.ts';
import { Damage, everyCollection, type Row } from './verify/damage.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(300_000);

interface Found {
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

let place: Workplace;
let copies = 0;
beforeAll(async () => {
  place = new Workplace();
  await place.json('feed', 'online-retail', SAMPLE);
  for (const { source, path } of HAND_MADE) await place.run('feed', source, path);
  await place.json('feed', 'native', place.file('every.ndjson', everyCollection()));
  await place.run('do', 'note', '1', '--kind', 'order', '--data', '{"text":"seen"}');
});
afterAll(() => {
  place.remove();
});

async function verify(data: string, ...options: readonly string[]) {
  const { code, stdout, stderr } = await place.run('verify', '--json', '--data', data, ...options);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Found & { summary?: Summary });
  const summary = lines.at(-1)?.summary;
  if (summary === undefined) throw new Error(`exit code ${String(code)}: ${stderr}`);
  return { code, findings: lines.slice(0, -1) as Found[], summary };
}

/** A closed copy of the data set to be damaged. */
function copy(): string {
  const folder = join(place.folder, `copy-${copies++}`);
  cpSync(place.data, folder, { recursive: true });
  return folder;
}

function damaged(work: (damage: Damage) => void): string {
  const folder = copy();
  const damage = new Damage(folder);
  try {
    work(damage);
  } finally {
    damage.close();
  }
  return folder;
}

/** Collections of records that actors write. */
const OF_ACTORS: readonly Collection[] = COLLECTIONS.filter(
  (collection) =>
    !['master.parked', 'master.timers', 'master.outcomes'].includes(collection) &&
    !collection.startsWith('management.'),
);

function bodies(folder: string): Map<string, string> {
  const damage = new Damage(folder);
  try {
    return new Map(
      OF_ACTORS.flatMap((collection) => damage.rows(collection).map((row) => [`${collection}/${row.id}`, row.json])),
    );
  } finally {
    damage.close();
  }
}

/** A field that means something, changed to what it might be as well. */
const FIELD: Readonly<Partial<Record<Collection, (body: Record<string, unknown>) => void>>> = {
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

/** Damages one document of every collection of actors, each of another entity. */
function everywhere(work: (damage: Damage, row: Row, collection: Collection) => boolean): {
  folder: string;
  touched: Row[];
} {
  const touched: Row[] = [];
  const entities = new Set<string>();
  const folder = damaged((damage) => {
    for (const collection of OF_ACTORS) {
      const row = damage
        .rows(collection)
        .filter(({ json }) => !json.includes('forgotten'))
        .find(({ id }) => !entities.has(id.split('.', 3).join('.')));
      if (row === undefined) throw new Error(`there is nothing in ${collection}`);
      if (!work(damage, row, collection)) continue;
      entities.add(row.id.split('.', 3).join('.'));
      touched.push(row);
    }
  });
  return { folder, touched };
}

describe('a data set that nobody else has changed', () => {
  test('has nothing wrong with it, and the command says so with 0', async () => {
    const { code, findings, summary } = await verify(copy());
    expect(findings).toEqual([]);
    expect({ code, ...summary }).toMatchObject({ code: 0, found: 0, unsettled: 0 });
    expect(summary.entities).toBeGreaterThan(1500);
  });

  test('is not changed by --repair', async () => {
    const folder = copy();
    const before = bodies(folder);
    expect(await verify(folder, '--repair')).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(before);
  });

  test('is described for people', async () => {
    const { code, stdout } = await place.run('verify');
    expect(code).toBe(0);
    expect(stdout).toMatch(/documents of [\d,]+ entities.*\nnothing is wrong\n$/);
  });
});

/** Another record of the same entity. */
function inventedId({ id }: Row): string {
  return `${id.split('.', 3).join('.')}.AAAAAAAAAAAAAAAAAAAAAA`;
}

describe('one document of every collection of actors', () => {
  const ways: Readonly<
    Record<string, { readonly work: Parameters<typeof everywhere>[0]; readonly wrong: (row: Row) => string }>
  > = {
    'with a changed field': {
      work: (damage, row, collection) => {
        damage.edit(row, FIELD[collection] ?? (() => undefined));
        return true;
      },
      wrong: () => 'changed',
    },
    'that is gone': {
      work: (damage, row) => {
        damage.remove(row);
        return true;
      },
      wrong: () => 'missing',
    },
    'with a later version': {
      work: (damage, row) => {
        damage.set(row, 'version', row.version + 3);
        return true;
      },
      wrong: () => 'version',
    },
    'with an earlier version': {
      work: (damage, row) => {
        damage.set(row, 'version', 0);
        return true;
      },
      wrong: () => 'version',
    },
    'of a commit that its partition has not made': {
      work: (damage, row) => {
        damage.set(row, 'seq', row.seq + 1_000_000);
        return true;
      },
      wrong: () => 'version',
    },
    'of a partition that does not own its key': {
      work: (damage, row) => {
        damage.set(row, 'partition', `${row.partition.split('.')[0] ?? ''}.77`);
        return true;
      },
      wrong: () => 'partition',
    },
    'with another meta': {
      work: (damage, row) => {
        if (row.meta === '') return false;
        damage.set(
          row,
          'meta',
          row.meta
            .replace(/"hash":"[^"]*"|"totals":\[|"place":\d+|"count":\d+|"document":true|"generation":\d+/, (text) =>
              text.startsWith('"hash"')
                ? '"hash":"x"'
                : text.startsWith('"totals"')
                  ? '"totals":[{"currency":"EUR","type":"sale","count":1,"goods":1,"freight":1,"quantity":1},'
                  : text.startsWith('"document"')
                    ? '"document":false'
                    : `${text}7`,
            )
            .replace('},]', '}]'),
        );
        return true;
      },
      wrong: () => 'changed',
    },
    'found by another value than its field': {
      work: (damage, row, collection) => {
        if (TASKS[collection].indexes.length === 0) return false;
        damage.set(row, 'k0', 'another value');
        return true;
      },
      wrong: () => 'index',
    },
    'with a field that its schema does not know': {
      work: (damage, row) => {
        damage.edit(row, (body) => (body['colour'] = 'red'));
        return true;
      },
      wrong: () => 'shape',
    },
    'that is no JSON': {
      work: (damage, row) => {
        damage.set(row, 'json', row.json.slice(0, -3));
        return true;
      },
      wrong: () => 'shape',
    },
    'beside an invented one': {
      work: (damage, row, collection) => {
        if (row.id.split('.').length < 4) return false;
        damage.invent(row, inventedId(row));
        return collection !== undefined;
      },
      wrong: () => 'unknown',
    },
  };

  test.each(Object.entries(ways))('%s is found and named, mended, and nothing else is changed', async (name, way) => {
    const { folder, touched } = everywhere(way.work);
    const inIt = name === 'beside an invented one' ? touched.map((row) => ({ ...row, id: inventedId(row) })) : touched;
    const { code, findings } = await verify(folder);
    expect(code).toBe(1);
    for (const row of inIt) {
      const own = findings.filter(({ collection, id }) => collection === row.collection && id === row.id);
      expect({ row: `${row.collection}/${row.id}`, wrong: own.map(({ wrong }) => wrong) }).toEqual({
        row: `${row.collection}/${row.id}`,
        wrong: expect.arrayContaining([way.wrong(row)]),
      });
    }
    const repaired = await verify(folder, '--repair');
    expect(repaired.findings.filter(({ mended }) => mended !== true)).toEqual([]);
    expect(repaired).toMatchObject({ code: 0 });
    expect(await verify(folder)).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(bodies(place.data));
  });
});
