import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TASKS } from '../../config/tasks.ts';
import type { Row } from './verify/damage.ts';
import { bodies, DataSet, FIELD } from './verify/data-set.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(300_000);

const set = new DataSet();
beforeAll(() => set.fill());
afterAll(() => {
  set.remove();
});

describe('a data set that nobody else has changed', () => {
  test('has nothing wrong with it, and the command says so with 0', async () => {
    const { code, findings, summary } = await set.verify(set.copy());
    expect(findings).toEqual([]);
    expect({ code, ...summary }).toMatchObject({ code: 0, found: 0, unsettled: 0 });
    expect(summary.entities).toBeGreaterThan(1500);
  });

  test('is not changed by --repair', async () => {
    const folder = set.copy();
    const before = bodies(folder);
    expect(await set.verify(folder, '--repair')).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(before);
  });

  test('is described for people', async () => {
    const { code, stdout } = await set.place.run('verify');
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
    Record<string, { readonly work: Parameters<DataSet['everywhere']>[0]; readonly wrong: (row: Row) => string }>
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
      work: (damage, row) => {
        if (row.id.split('.').length < 4) return false;
        damage.invent(row, inventedId(row));
        return true;
      },
      wrong: () => 'unknown',
    },
  };

  test.each(Object.entries(ways))('%s is found and named, mended, and nothing else is changed', async (name, way) => {
    const { folder, touched } = set.everywhere(way.work);
    const inIt = name === 'beside an invented one' ? touched.map((row) => ({ ...row, id: inventedId(row) })) : touched;
    const { code, findings } = await set.verify(folder, '--repair');
    expect({ code, left: findings.filter(({ mended }) => mended !== true) }).toEqual({ code: 0, left: [] });
    for (const row of inIt) {
      const own = findings.filter(({ collection, id }) => collection === row.collection && id === row.id);
      expect({ row: `${row.collection}/${row.id}`, wrong: own.map(({ wrong }) => wrong) }).toEqual({
        row: `${row.collection}/${row.id}`,
        wrong: expect.arrayContaining([way.wrong(row)]),
      });
    }
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(bodies(set.place.data));
  });
});
