import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { EntityLineage } from '../../cli/lineage.ts';
import { Workplace } from './command.ts';

jest.setTimeout(120_000);

const TILL = fileURLToPath(new URL('till/till@1.yaml', import.meta.url));

describe('show --lineage', () => {
  const place = new Workplace();

  beforeAll(async () => {
    const folder = join(place.folder, 'sources');
    mkdirSync(folder);
    copyFileSync(TILL, join(folder, 'till@1.yaml'));
    process.env['MASTERFLAG_SOURCES'] = folder;
    const sales = place.file(
      'sales.csv',
      [
        'order,line,state,at,customer,sku,title,seller,quantity,amount',
        '1,1,1,2024-05-02T10:00:00Z,ann,cup,Cup,acme,2,19.98',
        '1,2,1,2024-05-01T10:00:00+09:00,ann,jug,Jug,acme,1,25.00',
        '1,1,2,2024-05-02T10:00:00Z,ann,cup,Cup,acme,3,29.97',
      ].join('\n'),
    );
    const payments = place.file('payments.csv', 'payment,order,state,method,amount\np1,1,1,CARD,54.97\n');
    await place.json('feed', 'till', payments, sales);
  });

  afterAll(() => place.remove());

  async function fieldsOf(id: string): Promise<EntityLineage['fields']> {
    const all = await place.lines<EntityLineage>('show', id, '--lineage', '--json');
    return all.flatMap(({ fields }) => fields);
  }

  test('names the record, source and version of every field of a line: those of the state that won', async () => {
    const fields = await fieldsOf('1');
    expect(fields.find(({ field }) => field === 'lines[0].amount')).toMatchObject({
      value: 2997,
      from: { source: 'till', version: 1, slot: 'sale/1/1', order: [2], where: expect.stringMatching(/sales\.csv:4$/) },
    });
  });

  test('of what many records say alike, it names the one that said what stands', async () => {
    const placed = (await fieldsOf('1')).find(({ field }) => field === 'placedAt');
    expect(placed).toMatchObject({
      value: '2024-05-01T01:00:00Z',
      from: { slot: 'order', where: expect.stringMatching(/sales\.csv:3$/) },
    });
  });

  test('tells what a field was before cleansing', async () => {
    const fields = await fieldsOf('1');
    expect(fields.find(({ field }) => field === 'placedAt')?.original).toBe('2024-05-01T10:00:00+09:00');
  });

  test('traces payments, and tells what is computed of what is stated', async () => {
    const fields = await fieldsOf('1');
    const payment = fields.find(({ collection, field }) => collection === 'mall.payments' && field === 'amount');
    expect(payment?.from).toMatchObject({ slot: 'payment/p1', where: expect.stringMatching(/payments\.csv:2$/) });
    expect(fields.filter(({ from }) => from === undefined).map(({ field }) => field)).toEqual(
      'lineCount goods freight total status paid marks'.split(' '),
    );
  });

  test('traces products to the statement of their source', async () => {
    const name = (await fieldsOf('cup')).find(({ field }) => field === 'name');
    expect(name).toMatchObject({ value: 'Cup', from: { source: 'till', version: 1, slot: 'product' } });
  });

  test('of an id that no order and no product has, it says so', async () => {
    const { code, stderr } = await place.run('show', 'ann', '--lineage');
    expect([code, stderr]).toEqual([1, expect.stringContaining('MF_NOT_FOUND')]);
  });
});
