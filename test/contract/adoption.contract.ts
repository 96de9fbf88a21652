import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unopened, type Checkpoint } from '../../schemas/checkpoint.ts';
import type { Adoption } from '../../store/adoption.ts';
import type { Store } from '../../store/store.ts';
import { order } from './store.contract.ts';

const WHOLE: Checkpoint = {
  ...unopened('order.0'),
  epoch: 7,
  owner: 'elsewhere',
  seq: 41,
  openings: 2,
  logId: 'log',
  positions: { fast: { after: 3, skip: 0 }, bulk: { after: 6, skip: 4 } },
  marks: { 'customer.2': { seq: 9, chunk: 1 } },
  now: 123456,
  changes: [order('x', 1, { keys: ['c'] })],
  outbox: { effects: [{ to: 'order.1', chunks: ['{"effect":1}'] }], events: ['[{"event":1}]'] },
};

/** What store/adoption.ts promises, for any store that has it. */
export function adoptionContract(name: string, open: () => Promise<Store & Adoption>): void {
  describe(`adoption: ${name}`, () => {
    let store: Store & Adoption;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(() => store.close());

    test('inserts a whole checkpoint, and who takes it over goes on from it', async () => {
      expect(await store.adopt(WHOLE)).toBe(true);
      expect(await store.checkpoint(WHOLE.id)).toEqual(WHOLE);
      expect(await store.takeOver(WHOLE.id, 'here')).toEqual({ ...WHOLE, epoch: 8, openings: 3, owner: 'here' });
    });

    test('changes nothing for a partition that has a checkpoint, its own included', async () => {
      const taken = await store.takeOver(WHOLE.id, 'here');
      expect(await store.adopt(WHOLE)).toBe(false);
      expect(await store.checkpoint(WHOLE.id)).toEqual(taken);
    });
  });
}
