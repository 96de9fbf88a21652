import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const MIB = 1024 * 1024;

/** MiB of heap that has to be enough whatever is fed. */
const HEAP_MB = 128;

const FORMATS: Readonly<Record<string, string>> = {
  tsv: '{ type: tsv, encoding: cp949 }',
  fixed: '{ type: fixed, columns: [{ name: id, start: 1, length: 3 }, { name: name, start: 4, length: 8 }] }',
  ndjson: '{ type: ndjson }',
  json: '{ type: json, path: customers }',
  xml: '{ type: xml, record: customer }',
};

function source(name: string, format: string): string {
  const columns = /tsv|fixed/.test(format) ? 'columns: [id, name]' : 'match: id';
  return `name: shop-${name}
version: 1
namespace: shop
format: ${format}
records:
  customer:
    ${columns}
    route: { kind: customer, id: id }
    identity: id
    parts: [{ name: customer, fields: { id: id, name: name } }]
`;
}

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  const sources = join(place.folder, 'sources');
  mkdirSync(sources);
  for (const [name, format] of Object.entries(FORMATS))
    writeFileSync(join(sources, `${name}.yaml`), source(name, format));
  process.env['MASTERFLAG_SOURCES'] = sources;
});
afterAll(() => {
  delete process.env['MASTERFLAG_SOURCES'];
  place.remove();
});

async function verdicts(...words: string[]): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await place.start(['feed', ...words, '--json'], { heapMb: HEAP_MB }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, number>;
}

/** The same two customers. */
const TWO: Readonly<Record<string, string | Buffer>> = {
  tsv: Buffer.from('6964096e616d650a310941 6e6e610a3209b1e80a'.replace(' ', ''), 'hex'),
  fixed: '1  Anna\n2  김\n',
  ndjson: '{"id":"1","name":"Anna"}\n{"id":"2","name":"김"}\n',
  json: '{"customers":[{"id":"1","name":"Anna"},{"id":"2","name":"김"}]}',
  xml: '<c><customer><id>1</id><name>Anna</name></customer><customer><id>2</id><name>김</name></customer></c>',
};

test.each(Object.keys(FORMATS))(
  'the same customers come of every format: %s, compressed in either way',
  async (name) => {
    const content = Buffer.from(TWO[name] ?? '');
    const extension = name === 'fixed' ? 'txt' : name;
    const folder = join(place.folder, `in-${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, `a.${extension}.gz`), gzipSync(content));
    writeFileSync(join(folder, `b.${extension}.zst`), zstdCompressSync(content));
    const outcome = await verdicts(`shop-${name}`, folder);
    expect(outcome).toMatchObject({ received: 4, accepted: 2, duplicate: 2, quarantined: 0 });
    const customers = await place.lines('export', 'customer.customers');
    expect(customers.map(({ name }) => name).sort()).toEqual(['Anna', '김']);
  },
);

/** A picture's beginning, and bytes as random as the rest of it. */
function jpeg(): Buffer {
  const bytes = Buffer.alloc(200_000);
  let seed = 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]), Buffer.from('JFIF'), bytes]);
}

describe('every record of garbage gets one verdict, within bounded memory', () => {
  test.each(Object.keys(FORMATS))('a picture as %s', async (name) => {
    const { received, quarantined } = await verdicts(`shop-${name}`, place.file('picture', jpeg()));
    expect(received).toBeGreaterThan(0);
    expect(quarantined).toBeGreaterThan(0);
  });

  test.each<[string, string, string]>([
    ['json', '{"customers":[{"id":"3"},{"id":"4","name":"', '"},{"id":"5"}]}'],
    [
      'xml',
      '<c><customer><id>3</id></customer><customer><name>',
      '</name></customer><customer><id>5</id></customer></c>',
    ],
  ])('an element of 50 MB in %s, compressed', async (name, begin, end) => {
    const file = place.file(
      'huge.gz',
      gzipSync(Buffer.concat([Buffer.from(begin), Buffer.alloc(50 * MIB, 'x'), Buffer.from(end)])),
    );
    const outcome = await verdicts(`shop-${name}`, file);
    expect(outcome).toMatchObject({ received: 3, quarantined: 1 });
    expect(Number(outcome['accepted']) + Number(outcome['duplicate'])).toBe(2);
  });

  test('a file that is cut off says so, where it broke, and what came before is there', async () => {
    const whole = gzipSync(Buffer.from('{"id":"6"}\n{"id":"7"}\n{"id":"8"'));
    const outcome = await verdicts('shop-ndjson', place.file('cut.ndjson.gz', whole.subarray(0, -8)));
    expect(outcome).toMatchObject({ received: 3, accepted: 2, quarantined: 1 });
    const list = await place.run('quarantine', 'list', '--all', '--rule', 'MF_FEED_COMPRESSION');
    expect(list.stdout).toContain(`cut.ndjson.gz:3:10, at byte ${whole.length - 8} `);
  });
});
