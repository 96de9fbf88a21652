import { describe, expect, test } from '@jest/globals';
import { CustomerBody } from '../../../schemas/canonical/customer.ts';
import { personalFields, personalFieldsOfShapes } from '../../../schemas/personal.ts';

describe('personal fields', () => {
  test('of a body are those that its schema marks', () => {
    expect(personalFields(CustomerBody)).toEqual([
      'city',
      'email',
      'id',
      'identifiers',
      'name',
      'nameParts',
      'original',
      'phone',
      'postcode',
      'region',
      'street',
    ]);
  });

  test('are found in lists, in variants and in what holds a body', () => {
    const all = personalFieldsOfShapes();
    expect(all['event/customer.described']).toContain('body.email');
    expect(all['event/order.partAwaited']).toContain('body.message');
    expect(all['master.waiting']).toContain('said.tracking');
    expect(all['master.flags']).toEqual(['facts.notes[].text']);
    expect(all['meta/enterprise']).toContain('statements[].body.registrationNumber');
    expect(all['state/customer']).toContain('notes[].text');
    expect(all['state/customer']).toContain('party.contributions[].described.stated[].body.email');
    expect(all['effect/customer.joinDecided']).toEqual(['why']);
    expect(all['effect/match.claimed']).toBeUndefined();
  });

  test('no shape of an order holds any, but for notes, tracking numbers and reviews', () => {
    const all = personalFieldsOfShapes();
    for (const shape of [
      'mall.orders',
      'mall.payments',
      'sales.revenues',
      'sales.items',
      'mall.products',
      'meta/order',
    ]) {
      expect({ shape, fields: all[shape] }).toEqual({ shape, fields: undefined });
    }
  });
});
