import { describe, expect, test } from '@jest/globals';
import { matchingKey } from '../../../schemas/key.ts';
import { validate } from '../../../streams/pipeline/validate.ts';
import { extracted } from './work.ts';

const line = { quantity: 1, amount: 100, currency: 'GBP' };

function problemOf(name: string, body: object, merge?: 'least') {
  const work = extracted(name, 'order', body, merge);
  validate([work]);
  return work.problem;
}

test('what keeps to its schema passes', () => {
  expect(problemOf('orderLine', line)).toBeNull();
});

describe('a problem names field, rule, value and what would mend it', () => {
  test.each([
    ['orderLine', { ...line, amount: 1.5 }, 'orderLine.amount', 'type', '1.5'],
    ['orderLine', { ...line, currency: 'pounds' }, 'orderLine.currency', 'pattern', '"pounds"'],
    ['orderLine', { quantity: 1, amount: 1 }, 'orderLine.currency', 'required', ''],
    ['orderLine', { ...line, colour: 'red' }, 'orderLine.colour', 'additionalProperties', '"red"'],
    ['orderLine', { ...line, shipBy: '2020-02-30T00:00:00Z' }, 'orderLine.shipBy', 'format', '"2020-02-30T00:00:00Z"'],
    [
      'orderLine',
      { ...line, shipBy: '0201-02-03T00:00:00Z' },
      'orderLine.shipBy',
      'plausibleTime',
      '"0201-02-03T00:00:00Z"',
    ],
    [
      'orderLine',
      { ...line, product: matchingKey('main', 'order', 's', '1') },
      'orderLine.product',
      'reference',
      undefined,
    ],
    ['payment', { method: 'x', amount: 1, currency: 'BRL', status: 'lost' }, 'payment.status', 'enum', '"lost"'],
    ['customer', { id: '1', identifiers: [{ type: 'vat' }] }, 'customer.identifiers.0.value', 'required', ''],
    ['invoice', {}, 'invoice', 'name', '"invoice"'],
  ])('%s %j', (name, body, field, rule, value) => {
    const problem = problemOf(name, body);
    expect(problem).toMatchObject({ code: 'MF_RECORD_INVALID', stage: 'validate', field, rule });
    if (value !== undefined) expect(problem?.value).toBe(value);
    expect(problem?.message).toContain(field);
    expect(problem?.fix).not.toBe('');
  });

  test('values are shortened', () => {
    expect(problemOf('orderLine', { ...line, code: 'x'.repeat(10_000) })?.value.length).toBeLessThan(250);
  });

  test('a shared part is a problem of each of its records', () => {
    const first = extracted('customer', 'customer', {}, 'least');
    const second = { ...first, problem: null };
    validate([first]);
    validate([second]);
    expect(first.problem).not.toBeNull();
    expect(second.problem).toEqual(first.problem);
  });
});

test('what was rejected before, or is a duplicate, is left alone', () => {
  const rejected = { ...extracted('orderLine', 'order', {}), duplicate: true };
  validate([rejected]);
  expect(rejected.problem).toBeNull();
});
