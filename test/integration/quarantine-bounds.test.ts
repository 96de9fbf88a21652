import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { MasterflagNode } from '../../actors/node/node.ts';
import { openReadPorts } from '../../actors/node/ports.ts';
import { readSettings } from '../../config/settings.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { ExportDocument } from '../../schemas/tasks/quarantine.ts';
import { Ingress } from '../../streams/ingress/ingress.ts';

// Every test opens a data set several times, on a machine that may be busy.
jest.setTimeout(120_000);

let folder: string;
let logged: Record<string, unknown>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masterflag-bounds-'));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the data set with these settings, and closes it again: it is kept within its bounds at every start. */
async function opened(
  more: Partial<Settings>,
  work: (node: MasterflagNode, settings: Settings) => Promise<void> = async () => undefined,
) {
  const settings = readSettings({}, { data: folder, ...more });
  const logger = pino(
    { level: 'warn' },
    { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const node = await MasterflagNode.open(settings, logger);
  await node.start();
  try {
    await work(node, settings);
  } finally {
    await node.stop();
  }
}

/** Rows that no decoder can read: each is an entry. */
function feed(from: number, to: number, text = 'broken') {
  return opened({}, async (node, { partitions: counts }) => {
    const head = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n';
    const rows = Array.from({ length: to - from }, (_, n) => `${from + n},${text}\n`);
    const ingress = new Ingress({ log: { append: node.append.bind(node) }, counts, sources: node.sources });
    await ingress.feed({
      source: 'online-retail',
      feed: `f${from}`,
      file: 'f.csv',
      chunks: [Buffer.from(head + rows.join(''))],
    });
    await node.idle();
  });
}

async function documents(collection: string): Promise<Record<string, unknown>[]> {
  const ports = await openReadPorts(readSettings({}, { data: folder }));
  try {
    const page = await ports.store.page(collection, { after: '', limit: 1000 });
    return page.map(({ json }) => JSON.parse(json ?? '') as Record<string, unknown>);
  } finally {
    await ports.close();
  }
}

const numberOf = (entry: unknown): number =>
  Number((entry as { raw: { row: { text: string } } }).raw.row.text.split(',')[0]);
const inOrder = (entries: readonly unknown[]): number[] => entries.map(numberOf).sort((a, b) => a - b);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

function files(): { name: string; entries: unknown[] }[] {
  return readdirSync(join(folder, 'quarantine')).map((name) => {
    const lines = readFileSync(join(folder, 'quarantine', name), 'utf8')
      .trimEnd()
      .split('\n');
    return { name, entries: lines.map((line) => JSON.parse(line) as unknown) };
  });
}

async function exported(): Promise<number> {
  const counts = (await documents('management.exports')) as unknown as ExportDocument[];
  return counts.reduce((sum, { documents: n }) => sum + n, 0);
}

describe('the quarantine', () => {
  test('within its bounds is left alone', async () => {
    await feed(0, 20);
    await opened({ quarantineEntries: 20 });
    expect(readdirSync(folder)).not.toContain('quarantine');
    expect(await documents('management.quarantine')).toHaveLength(20);
    expect(logged).toEqual([]);
  });

  test('with too many entries hands its oldest to a file, then removes them, and says so', async () => {
    await feed(0, 12);
    await feed(12, 30);
    await opened({ quarantineEntries: 20 });
    const [file, ...others] = files();
    expect(others).toEqual([]);
    expect(file?.name).toMatch(/^entries-\d{8}T\d{6}-\d{3}Z\.ndjson$/);
    // Down to nine tenths; of those that are as old, some.
    expect(file?.entries).toHaveLength(12);
    expect(inOrder(file?.entries ?? [])).toEqual(range(0, 12));
    expect(inOrder(await documents('management.quarantine'))).toEqual(range(12, 30));
    expect(await exported()).toBe(12);
    expect(logged).toMatchObject([{ collection: 'management.quarantine', file: file?.name, documents: 12 }]);
  });

  test('with too many bytes does as well', async () => {
    await feed(0, 30, 'x'.repeat(100_000));
    await opened({ quarantineMb: 2 });
    const left = await documents('management.quarantine');
    expect(left.length).toBeLessThan(20);
    expect(files()[0]?.entries.length).toBe(30 - left.length);
    expect(JSON.stringify(left).length).toBeLessThan(2 << 20);
  });

  test('with entries that are too old does as well, however few there are', async () => {
    await feed(0, 5);
    await opened({ quarantineDays: 0 });
    expect(files()[0]?.entries).toHaveLength(5);
    expect(await documents('management.quarantine')).toEqual([]);
    expect(await exported()).toBe(5);
  });

  test('keeps its files whole and named: what a file lacks its end is no file yet', async () => {
    await feed(0, 30);
    await opened({ quarantineEntries: 10 });
    expect(files().map(({ name }) => name.endsWith('.part'))).toEqual([false]);
    const [entry] = files()[0]?.entries as { _meta: object; raw: object }[];
    expect(entry).toMatchObject({
      raw: { row: {} },
      _meta: { partition: expect.stringMatching(/^order\./), meta: { v: 1 } },
    });
  });

  test('removes nothing that changed since it was written to the file', async () => {
    await feed(0, 3);
    await opened({}, async (node) => {
      const [entry] = await documents('management.quarantine');
      const data = {
        collection: 'management.quarantine',
        file: 'x',
        documents: [{ id: entry?.['_id'], version: 999 }],
      };
      await node.commands.sendOwn({ key: String(entry?.['entity']), name: 'remove', data });
      await expect(node.commands.send({ key: String(entry?.['entity']), name: 'remove', data })).rejects.toMatchObject({
        code: 'MF_MESSAGE_UNKNOWN',
      });
    });
    expect(await documents('management.quarantine')).toHaveLength(3);
    expect(await exported()).toBe(0);
  });
});

test('outcomes of commands go when nobody may ask for them any more', async () => {
  await feed(0, 1);
  await opened({}, async (node) => {
    const [entry] = await documents('management.quarantine');
    const drop = {
      key: String(entry?.['entity']),
      name: 'drop',
      data: { entry: entry?.['_id'], by: 'ann', why: 'a test' },
    };
    await node.commands.send(drop);
  });
  expect(await documents('master.outcomes')).toHaveLength(1);
  const now = Date.now;
  Date.now = () => now() + 8 * 24 * 3600 * 1000;
  try {
    await opened({});
  } finally {
    Date.now = now;
  }
  // What removes them has an outcome as well.
  expect((await documents('master.outcomes')).map(({ command }) => command)).toEqual(['remove']);
});
