import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { invoice, Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

const MIB = 1024 * 1024;

/** MiB of heap that has to be enough whatever is fed. */
const HEAP_MB = 128;

const GOOD = invoice(['700001', 'A1', 1, '1.50', '1'], ['700001', 'A2', 1, '1.50', '1']);

/** A picture's beginning, and bytes as random as the rest of it. */
function jpeg(): Buffer {
  const bytes = Buffer.alloc(200_000);
  let seed = 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]), Buffer.from('JFIF'), bytes]);
}

const FILES: Readonly<Record<string, () => string | Buffer>> = {
  'a JPEG': jpeg,
  'a line of 50 MB': () => Buffer.concat([Buffer.from(GOOD), Buffer.alloc(50 * MIB, 'x'), Buffer.from('\n')]),
  'invalid UTF-8': () => Buffer.concat([Buffer.from(GOOD), Buffer.from([0x37, 0xc3, 0x28, 0xff, 0x0a])]),
  'a quote that never ends': () => `${GOOD}700002,"A3,${'never ends\n'.repeat(200_000)}`,
  'other columns': () => 'id;name\n1;Anna\n2;Berta\n',
  'zeros only': () => Buffer.alloc(2 * MIB),
  'lines of JSON': () => '{"InvoiceNo":"700001"}\n{"InvoiceNo":"700002"}\n',
};

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => {
  place.remove();
});

describe('every record of garbage gets one verdict, within bounded memory', () => {
  test.each(Object.keys(FILES))('%s', async (name) => {
    const file = place.file('garbage.csv', FILES[name]?.() ?? '');
    const { code, stdout, stderr } = await place.start(['feed', 'online-retail', file, '--json'], { heapMb: HEAP_MB })
      .ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { received, accepted, duplicate, stale, quarantined } = JSON.parse(stdout) as Record<string, number>;
    expect(Number(accepted) + Number(duplicate) + Number(stale) + Number(quarantined)).toBe(received);
    expect(quarantined).toBeGreaterThan(0);
  });

  test('and what it was is said in quarantine, by cause', async () => {
    const causes = await place.json<{ cause: string }[]>('quarantine', 'list');
    const codes = causes.map(({ cause }) => cause.split('/')[1]);
    expect(codes).toEqual(
      expect.arrayContaining(['MF_FEED_COLUMNS', 'MF_RECORD_NOT_UTF8', 'MF_RECORD_TOO_LARGE', 'MF_RECORD_QUOTE']),
    );
  });

  test('and the good records beside it are there', async () => {
    const orders = await place.lines('export', 'mall.orders', '--where', '{"number":"700001"}');
    expect(orders).toMatchObject([{ lineCount: 2, total: 300 }]);
  });
});
