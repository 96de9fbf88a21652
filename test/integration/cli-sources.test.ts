import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE, Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

let place: Workplace;
let sources: string;
beforeAll(() => {
  place = new Workplace();
  sources = join(place.folder, 'sources');
  mkdirSync(sources);
  process.env['MASTERFLAG_SOURCES'] = sources;
});
afterAll(() => {
  delete process.env['MASTERFLAG_SOURCES'];
  place.remove();
});

function shop(version: number, name: string, more = ''): string {
  return `# A shop of its own.
name: shop
version: ${version}
namespace: shop
format: { type: ndjson }
records:
  customer:
    route: { kind: customer, id: id }
    identity: id
    order: [rev]
    parts:
      - name: customer
        fields: { id: id, name: ${name}${more} }
`;
}

function source(file: string, text: string): string {
  const path = join(sources, file);
  writeFileSync(path, text);
  return path;
}

test('sources lists what can be fed, shipped and own', async () => {
  source('shop.yaml', shop(1, 'name'));
  const { code, stdout } = await place.run('sources');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^online-retail +1 {2}csv +line +UCI Online Retail, invoice lines$/m);
  expect(stdout).toMatch(/^shop +1 {2}ndjson {2}customer$/m);
  const list = await place.json<unknown[]>('sources', 'list');
  expect(list).toContainEqual({
    ...{ name: 'shop', version: 1, format: 'ndjson', records: ['customer'] },
    file: join(sources, 'shop.yaml'),
  });
});

test('show says what one takes and makes', async () => {
  const { stdout } = await place.run('sources', 'show', 'olist');
  expect(stdout).toContain('olist, version 1: Olist marketplace');
  expect(stdout).toContain('-> product of product product_id: id');
  const { code, stderr } = await place.run('sources', 'show', 'olits');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^MF_SOURCE_UNKNOWN: no source is called olits; did you mean "olist"\?$/m);
});

describe('check', () => {
  test('tells all that is wrong with a file, with line and column, and fails', async () => {
    const file = place.file(
      'wrong.yaml',
      shop(1, 'nmae').replace('version: 1', 'versoin: 1').replace('id: id }', 'id: [id, trimm] }'),
    );
    const { code, stdout, stderr } = await place.run('sources', 'check', file);
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.replace(file, 'wrong.yaml'))).toEqual([
      'wrong.yaml:2:1: the source needs version',
      'wrong.yaml:3:1: the source has no "versoin"; did you mean "version"?',
      'wrong.yaml:8:39: no step is called trimm; did you mean "trim"?',
      '',
    ]);
    expect(stderr).toMatch(/^MF_SOURCE_INVALID: 1 of 1 files say what they may not$/m);
  });

  test('runs the cases beside a file, and shows what is different', async () => {
    const file = place.file('cased.yaml', shop(1, '[name, trim]'));
    place.file(
      'cased.cases.yaml',
      '- name: a name\n  given: { id: "7", name: " Ada " }\n  gives: [{ customer: { id: "7", name: Ada } }]\n',
    );
    const right = await place.run('sources', 'check', file, '--json');
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({
      name: 'shop',
      problems: [],
      cases: [{ name: 'a name', line: 1, differences: [] }],
    });
    place.file('cased.yaml', shop(1, '[name, { case: upper }]'));
    const wrong = await place.run('sources', 'check', file);
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain('0 of 1 cases as they say');
    expect(wrong.stdout).toContain('  customer.name: expected "Ada", got "ADA"');
    expect(wrong.stderr).toMatch(/^MF_SOURCE_CASES: 1 of 1 cases/m);
  });
});

describe('try', () => {
  test('says of each record what it becomes, without a data set', async () => {
    const { code, stdout } = await place.run('sources', 'try', 'online-retail', SAMPLE, '--limit', '2');
    expect(code).toBe(0);
    expect(stdout).toContain(`${SAMPLE}:2: line, accepted`);
    expect(stdout).toContain('  routed to order 536365, as line/');
    expect(stdout).toContain('    country     GB   <- United Kingdom');
    expect(stdout).toContain('    customer    -> customer 17850');
    expect(stdout).toMatch(/Of the first 2 records of each file: 2 accepted\n$/);
  });

  test('says why not, with line, field, value, rule and fix', async () => {
    const stdin = '{"id":"1","name":"Ada"}\n{"name":"Bob"}\n{"id":"2","name":{"first":"Cy"}}\nnonsense\n';
    const { stdout } = await place.start(['sources', 'try', 'shop', '-', '--json', '--faults'], { stdin }).ended;
    const tried = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(tried.map(({ file, line, verdict, problem }) => ({ file, line, verdict, problem }))).toEqual([
      {
        file: 'stdin',
        line: 2,
        verdict: 'quarantined',
        problem: expect.objectContaining({ code: 'MF_RECORD_UNROUTABLE' }),
      },
      {
        ...{ file: 'stdin', line: 3, verdict: 'quarantined' },
        problem: expect.objectContaining({
          code: 'MF_RECORD_INVALID',
          stage: 'validate',
          field: 'customer.name',
          rule: 'type',
          value: '{"first":"Cy"}',
        }),
      },
      {
        file: 'stdin',
        line: 4,
        verdict: 'quarantined',
        problem: expect.objectContaining({ code: 'MF_RECORD_JSON', stage: 'ingress' }),
      },
    ]);
  });

  test('takes the path of a source in no folder, and refuses a limit that is none', async () => {
    const file = place.file('lone.yaml', shop(1, 'name'));
    const stdin = '{"id":"1","name":"Ada"}\n';
    const { stdout } = await place.start(['sources', 'try', file, '-', '--json'], { stdin }).ended;
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'accepted',
      parts: [{ name: 'customer', of: 'customer 1', body: { name: 'Ada' } }],
    });
    expect((await place.run('sources', 'try', file, '-', '--limit', 'all')).code).toBe(2);
  });
});

test('infer writes a source that passes check and can be tried at once', async () => {
  const name = SAMPLE.slice(SAMPLE.lastIndexOf('/') + 1);
  const { code, stdout } = await place.run('sources', 'infer', SAMPLE, '--name', 'retail');
  expect(code).toBe(0);
  expect(stdout).toContain(`# Proposed by \`masterflag sources infer\` from 3108 records of ${name}.`);
  const file = place.file('retail.yaml', stdout);
  const tried = await place.json('sources', 'try', file, SAMPLE, '--limit', '1');
  expect(tried).toMatchObject({
    record: 'online',
    verdict: 'accepted',
    routed: { kind: 'order', id: '536365' },
  });
  expect((await place.run('sources', 'infer', '-')).code).toBe(2);
});

test('schema prints the schema of sources for editors', async () => {
  const { stdout } = await place.run('sources', 'schema');
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: expect.arrayContaining(['name']) as unknown,
  });
});

describe('a source that was edited', () => {
  const feed = (line: string) => place.start(['feed', 'shop', '-', '--json'], { stdin: `${line}\n` }).ended;

  test('is refused as long as its version is the same; its title, comments and layout may change', async () => {
    source('shop.yaml', shop(1, 'name'));
    expect((await feed('{"id":"1","rev":1,"name":"Ada"}')).code).toBe(0);
    source('shop.yaml', shop(1, 'name').replace('# A shop of its own.', '# Another word.\ntitle: Shop'));
    expect((await feed('{"id":"2","rev":1,"name":"Bob"}')).code).toBe(0);

    source('shop.yaml', shop(1, '[name, { case: upper }]'));
    const { code, stdout, stderr } = await feed('{"id":"3","rev":1,"name":"Cy"}');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^MF_SOURCE_EDITED: version 1 of shop says something else than when something was first fed/m,
    );
    expect(stderr).toMatch(/with the next version/);
    expect(await place.lines('export', 'mall.members', '--where', '{"id":"3"}')).toEqual([]);
  });

  test('is taken with the next version, and so is the former again', async () => {
    source('shop.yaml', shop(1, 'name'));
    source('shop-2.yaml', shop(2, '[name, { case: upper }]'));
    expect((await feed('{"id":"4","rev":1,"name":"Di"}')).code).toBe(0);
    const [member] = await place.lines('export', 'mall.members', '--where', '{"id":"4"}');
    expect(JSON.stringify(member)).toContain('"DI"');
  });

  test('is noticed by a table beside it as well', async () => {
    source('shop-3.yaml', shop(3, 'name', ', city: [town, { lookup: { file: towns.csv } }]'));
    source('towns.csv', 'code,name\n1,Cork\n');
    expect((await feed('{"id":"5","rev":1,"town":"1"}')).code).toBe(0);
    source('towns.csv', 'code,name\n1,Dublin\n');
    expect((await feed('{"id":"6","rev":1,"town":"1"}')).stderr).toContain('MF_SOURCE_EDITED: version 3 of shop');
    expect(readFileSync(join(sources, 'towns.csv'), 'utf8')).toContain('Dublin');
  });
});
