import { describe, expect, test } from '@jest/globals';
import { causesText } from '../../../cli/quarantine-text.ts';
import type { Cause } from '../../../cli/quarantine.ts';

const CAUSE: Cause = {
  ...{ cause: 'shop/MF_RECORD_UNMAPPED/order.total/money', type: 'record', count: 2, code: 'MF_RECORD_UNMAPPED' },
  ...{ field: 'order.total', from: ['Total'], message: 'no amount', fix: 'mend it' },
  ...{
    values: [['"x"', 2]],
    files: [['day.csv', 2]],
    last: '2026-11-24T12:00:00.000Z',
    example: 'qAAAAAAAAAAAAAAAAAAAAAA',
    behind: 0,
  },
};

const OVERFLOW: Cause = { ...CAUSE, cause: 'shop/MF_TOO_MANY_PARKED', type: 'overflow', count: 5 };

function typedFor(...causes: readonly Cause[]): string[] {
  const lines = causesText(causes, undefined).split('\n');
  return lines
    .slice(lines.indexOf('What to type next:'))
    .filter((line) => /^ {2}masterflag/.test(line))
    .map((line) => line.replace(/ {2}#.*$/, '').trim());
}

describe('what to type next', () => {
  test('all that fail alike are named by their cause', () => {
    expect(typedFor(CAUSE)).toEqual([
      'masterflag quarantine show qAAAAAAAAA',
      'masterflag quarantine list --all --cause shop/MF_RECORD_UNMAPPED/order.total/money',
      'masterflag quarantine redrive --cause shop/MF_RECORD_UNMAPPED/order.total/money --dry-run',
      'masterflag quarantine redrive --cause shop/MF_RECORD_UNMAPPED/order.total/money',
      'masterflag quarantine drop --cause shop/MF_RECORD_UNMAPPED/order.total/money --why REASON',
    ]);
  });

  test('one alone is named by its id', () => {
    expect(typedFor({ ...CAUSE, count: 1 })).toEqual([
      'masterflag quarantine show qAAAAAAAAA',
      'masterflag quarantine redrive qAAAAAAAAA --dry-run',
      'masterflag quarantine redrive qAAAAAAAAA',
      'masterflag quarantine drop qAAAAAAAAA --why REASON',
    ]);
  });

  test('what only waits is not tried: what it waits behind is', () => {
    expect(typedFor(OVERFLOW, { ...CAUSE, count: 1 })[0]).toBe('masterflag quarantine show qAAAAAAAAA');
    expect(typedFor(OVERFLOW)).toEqual([`masterflag quarantine list --where '{"type":"poison"}'`]);
  });
});
