import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SHIPPED_SOURCES } from '../../config/sources.ts';
import { Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const HEAD = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (invoice: string, quantity: string): string =>
  `${invoice},A1,THING,${quantity},2011-01-05 10:00:00,1.50,17850.0,France`;

/** Four rows with quantities that are no numbers, one without an order, one that is torn. */
const FEED = [
  ...[
    HEAD,
    row('700001', '2'),
    row('700001', '"1,5"'),
    row('700002', '"2,5"'),
    row('700003', 'two'),
    row('700004', 'two'),
  ],
  ...[row('', '1'), '700005,A1,THING'],
].join('\n');

interface Cause {
  readonly cause: string;
  readonly count: number;
  readonly example: string;
  readonly values: readonly unknown[];
  readonly files: readonly unknown[];
}

interface Entry {
  readonly _id: string;
  readonly line: number;
  readonly value: string;
}

let place: Workplace;
let sources: string;

beforeAll(async () => {
  place = new Workplace();
  sources = join(place.folder, 'sources');
  mkdirSync(sources);
  const { quarantined } = await place.json('feed', 'online-retail', place.file('day.csv', FEED));
  expect(quarantined).toBe(6);
});
afterAll(() => {
  place.remove();
});

async function entries(...filter: string[]): Promise<Entry[]> {
  return place.lines('quarantine', 'list', '--all', ...filter, '--json');
}

async function idOfLine(wanted: number): Promise<string> {
  const entry = (await entries()).find(({ line }) => line === wanted);
  if (entry === undefined) throw new Error(`line ${wanted} is not in quarantine`);
  return entry._id;
}

/** A row of the feed as its order has it, if it does. */
async function quantities(invoice: string): Promise<unknown[]> {
  const orders = await place.lines<{ lines: { quantity: number }[] }>(
    'export',
    'mall.orders',
    '--where',
    `{"number":"${invoice}"}`,
  );
  return orders.flatMap(({ lines }) => lines.map(({ quantity }) => quantity));
}

describe('list', () => {
  test('says what is wrong, with how many, the most frequent first, and what to type', async () => {
    const causes = await place.json<Cause[]>('quarantine', 'list');
    expect(causes.map(({ cause, count }) => [cause, count])).toEqual([
      ['online-retail/MF_RECORD_UNMAPPED/orderLine.quantity/number', 4],
      ['online-retail/MF_RECORD_UNROUTABLE/route.id', 1],
      ['online-retail/MF_RECORD_WIDTH', 1],
    ]);
    expect(causes[0]).toMatchObject({
      values: [
        ['"two"', 2],
        ['"1,5"', 1],
        ['"2,5"', 1],
      ],
      files: [[place.file('day.csv', FEED), 4]],
    });
    const { stdout } = await place.run('quarantine', 'list');
    expect(stdout).toMatch(/^6 in quarantine, for 3 reasons/);
    expect(stdout).toMatch(/field {4}orderLine\.quantity, made of Quantity/);
    expect(stdout).toMatch(/values {3}"two" \(2\), "1,5" \(1\)/);
    expect(stdout).toMatch(/mend {5}\S/);
    expect(stdout).toMatch(/masterflag quarantine redrive --cause \S+orderLine\.quantity\/number --dry-run/);
  });

  test.each([
    [
      ['--field', 'Quantity'],
      [3, 4, 5, 6],
    ],
    [
      ['--field', 'orderLine.quantity'],
      [3, 4, 5, 6],
    ],
    [
      ['--rule', 'number'],
      [3, 4, 5, 6],
    ],
    [['--rule', 'MF_RECORD_WIDTH'], [8]],
    [
      ['--stage', 'ingress'],
      [7, 8],
    ],
    [['--source', 'olist'], []],
    [
      ['--cause', 'online-retail/MF_RECORD_UNMAPPED'],
      [3, 4, 5, 6],
    ],
    [['--cause', 'online-retail/MF_RECORD_WIDTH'], [8]],
    [
      ['--since', '1h'],
      [3, 4, 5, 6, 7, 8],
    ],
    [['--since', '2999-01-01'], []],
    [
      ['--where', '{"value":"\\"two\\""}'],
      [5, 6],
    ],
    [['--where', '{"line":8}', '--stage', 'ingress'], [8]],
  ])('--all %j names each of them', async (filter, lines) => {
    expect((await entries(...filter)).map(({ line }) => line).sort((a, b) => a - b)).toEqual(lines);
    expect((await place.run('quarantine', 'list', '--all', ...filter)).stdout.match(/day\.csv:\d/g) ?? []).toHaveLength(
      lines.length,
    );
  });

  test('refuses a time that is none', async () => {
    expect(await place.run('quarantine', 'list', '--since', 'yesterday')).toMatchObject({ code: 2 });
  });
});

describe('show', () => {
  test('says what is wrong, where, what mends it, how many fail alike, the record, and what to type', async () => {
    const id = await idOfLine(3);
    const { stdout } = await place.run('quarantine', 'show', id.slice(0, 12));
    expect(stdout).toMatch(/wrong {3}MF_RECORD_UNMAPPED: /);
    expect(stdout).toMatch(/field {3}orderLine\.quantity, made of Quantity/);
    expect(stdout).toMatch(/value {3}"1,5"/);
    expect(stdout).toMatch(/rule {4}number \(extract\)/);
    expect(stdout).toMatch(/mend {4}\S/);
    expect(stdout).toMatch(/alike {3}3 others fail/);
    expect(stdout).toMatch(/source {2}online-retail, version 1/);
    expect(stdout).toMatch(/file {4}.*day\.csv, line 3/);
    expect(stdout).toMatch(/^ {4}> Quantity +1,5$/m);
    expect(stdout).toMatch(/masterflag quarantine fix q\S{9} --field Quantity --value VALUE/);
  });

  test('of a torn row shows its text, and asks for a whole one', async () => {
    const { stdout } = await place.run('quarantine', 'show', await idOfLine(8));
    expect(stdout).toMatch(/^ {4}700005,A1,THING$/m);
    expect(stdout).toMatch(/--payload FILE/);
  });

  test('of an id that is not there, or that is how several begin, fails', async () => {
    expect((await place.run('quarantine', 'show', 'nothing')).stderr).toMatch(/^MF_NOT_FOUND: /);
    expect(await place.run('quarantine', 'show', 'q')).toMatchObject({ code: 2 });
  });
});

describe('fix', () => {
  test('--dry-run says what would happen, and changes nothing', async () => {
    const id = await idOfLine(5);
    const { stdout } = await place.run('quarantine', 'fix', id, '--field', 'Quantity', '--value', '2', '--dry-run');
    expect(stdout).toMatch(/accepted/);
    const wrong = await place.run('quarantine', 'fix', id, '--field', 'Quantity', '--value', 'some', '--dry-run');
    expect(wrong.stdout).toMatch(/refused {2}MF_RECORD_UNMAPPED/);
    expect(await entries()).toHaveLength(6);
  });

  test('of a field sends the record again, and says what came of it', async () => {
    const id = await idOfLine(5);
    const { code, stdout } = await place.run(
      'quarantine',
      'fix',
      id,
      '--field',
      'Quantity',
      '--value',
      '2',
      '--by',
      'ann',
    );
    expect(stdout).toMatch(/^Fixed: q\S+ is in quarantine no more\. Sent to main\.order\.\S+: accepted\.$/m);
    expect(code).toBe(0);
    expect(await quantities('700003')).toEqual([2]);
    expect((await place.run('quarantine', 'show', id)).stdout).toMatch(/no more: fixed by ann at 20/);
    expect(await place.run('quarantine', 'fix', id, '--field', 'Quantity', '--value', '2')).toMatchObject({ code: 1 });
  });

  test('with a value that is wrong as well is an error, and leaves the entry', async () => {
    const id = await idOfLine(6);
    const { code, stderr } = await place.run('quarantine', 'fix', id, '--field', 'Quantity', '--value', 'some');
    expect(stderr).toMatch(/^MF_RECORD_UNMAPPED: /);
    expect(code).toBe(1);
    expect(await idOfLine(6)).toBe(id);
  });

  test('of several fields, to another order', async () => {
    const words = ['--field', 'InvoiceNo', '--value', '700099', '--field', 'Quantity', '--value', '7'];
    expect(await place.json('quarantine', 'fix', await idOfLine(7), ...words)).toMatchObject({
      ...{ result: 'done', verdicts: { accepted: 1 } },
    });
    expect(await quantities('700099')).toEqual([7]);
  });

  test('of a torn row takes a whole one from a file', async () => {
    const file = place.file('row.csv', `${row('700005', '5')}\n`);
    expect(await place.run('quarantine', 'fix', await idOfLine(8), '--payload', file)).toMatchObject({ code: 0 });
    expect(await quantities('700005')).toEqual([5]);
  });

  test.each([
    [['--field', 'Quantitty', '--value', '1'], 1, /did you mean "Quantity"/],
    [['--field', 'Quantity'], 2, /--field and --value/],
    [['--value-json', '{'], 2, /MF_USAGE/],
    [['--payload', 'no-such-file'], 2, /cannot read/],
  ])('%j is refused with what is wrong', async (words, code, message) => {
    const result = await place.run('quarantine', 'fix', await idOfLine(6), ...words);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});

describe('redrive', () => {
  test('of one that is wrong still is an error with its reason', async () => {
    const { code, stderr } = await place.run('quarantine', 'redrive', await idOfLine(6));
    expect(stderr).toMatch(/^MF_RECORD_UNMAPPED: /);
    expect(code).toBe(1);
  });

  test('asks which entries', async () => {
    expect(await place.run('quarantine', 'redrive')).toMatchObject({ code: 2 });
    expect(await place.run('quarantine', 'redrive', 'q1', '--all')).toMatchObject({ code: 2 });
  });

  test('--dry-run says of each what a mended source would make of it, and then it happens', async () => {
    const shipped = readFileSync(join(SHIPPED_SOURCES, 'online-retail.yaml'), 'utf8');
    const comma = "[Quantity, { replace: { pattern: ',', with: '.' } }]";
    const mended = shipped
      .replace('version: 1', 'version: 2')
      .replace('[Quantity, number]', `[&quantity ${comma}, number]`)
      .replace('[UnitPrice, Quantity]', '[UnitPrice, *quantity]');
    writeFileSync(join(sources, 'online-retail-2.yaml'), mended);

    const words = ['quarantine', 'redrive', '--field', 'Quantity'];
    const tried = await place.start([...words, '--dry-run'], { sources }).ended;
    expect(tried.stdout).toMatch(/^3 entries, tried and left as they were/m);
    expect(tried.stdout).toMatch(/accepted +2 +would be accepted/);
    expect(tried.stdout).toMatch(/refused +1 .*\n +1 {2}MF_RECORD_UNMAPPED: /);
    expect(await entries()).toHaveLength(3);

    const done = await place.start(words, { sources }).ended;
    expect(done.stdout).toMatch(/done +2 /);
    expect(done.stdout).toMatch(/refused +1 +still here/);
    expect(done.stdout).toMatch(/Records sent again: 2 accepted/);
    expect(await entries()).toHaveLength(1);
    expect(await quantities('700002')).toEqual([2.5]);
  });
});

describe('drop', () => {
  test('asks for a reason, and for which entries', async () => {
    expect(await place.run('quarantine', 'drop', '--all')).toMatchObject({ code: 2 });
    expect(await place.run('quarantine', 'drop', '--why', 'a test')).toMatchObject({ code: 2 });
  });

  test('gives up what matches, keeps why, and says it', async () => {
    const id = await idOfLine(6);
    expect((await place.run('quarantine', 'drop', '--rule', 'number', '--why', 'a test', '--dry-run')).stdout).toMatch(
      /would go/,
    );
    expect((await place.run('quarantine', 'drop', '--rule', 'number', '--why', 'a test')).stdout).toMatch(
      /1 entry .*\n +done +1 +given up/,
    );
    expect((await place.run('quarantine', 'list')).stdout).toBe('Nothing is in quarantine.\n');
    expect((await place.run('quarantine', 'show', id)).stdout).toMatch(/dropped by .*\n +why +a test/);
    const resolutions = await place.lines<{ how: string }>('export', 'management.resolutions');
    expect(resolutions.map(({ how }) => how).sort()).toEqual([
      'dropped',
      'fixed',
      'fixed',
      'fixed',
      'redriven',
      'redriven',
    ]);
  });

  test('of nothing says so', async () => {
    expect((await place.run('quarantine', 'drop', '--all', '--why', 'none')).stdout).toMatch(
      /^Nothing in quarantine matches\./,
    );
  });
});
