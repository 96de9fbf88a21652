import { expect, test } from '@jest/globals';
import type { Store } from '../../store/store.ts';
import type { IndexKey, StoredDocument } from '../../schemas/document.ts';

/** Documents as the contract of the store makes them. */
interface Samples {
  readonly order: (id: string, version: number, rest?: Partial<StoredDocument>) => StoredDocument;
  readonly timer: (id: string, due: IndexKey) => StoredDocument;
}

/** What a store says of how much a collection holds. */
export function sizeContract(given: () => Store, { order, timer }: Samples): void {
  test('size is how many live documents there are, of how many bytes, and when the oldest was written', async () => {
    const store = given();
    expect(await store.size('mall.orders')).toEqual({ documents: 0, bytes: 0, oldest: Infinity });
    const documents = Array.from({ length: 5000 }, (_, n) => order(`o${n}`, 1, { at: 5000 - n, meta: '"é"' }));
    await store.apply(documents);
    await store.apply([order('o4999', 2, { json: null, at: 0 }), timer('t', 1)]);
    const bytes = documents.slice(0, -1).reduce((sum, { json }) => sum + Buffer.byteLength(json ?? '') + 4, 0);
    expect(await store.size('mall.orders')).toEqual({ documents: 4999, bytes, oldest: 2 });
  });

  test('size of an index counts those that have the value, of a prefix those whose id begins with it', async () => {
    const store = given();
    const known = Array.from({ length: 3000 }, (_, n) => order(`k${n}`, 1, { keys: ['main.customer.k'], at: n + 1 }));
    await store.apply([...known, order('o', 1, { keys: ['main.customer.o'], at: 1 })]);
    await store.apply([order('k0', 2, { json: null, keys: [null] })]);
    expect(await store.size('mall.orders', 'customer', 'main.customer.k')).toMatchObject({
      documents: 2999,
      oldest: 2,
    });
    expect(await store.size('mall.orders', 'customer', 'main.customer.n')).toMatchObject({ documents: 0 });
    const paid = ['a.1', 'a.2', 'ab.1', 'a'].map((id) => ({
      ...order(id, 1),
      collection: 'mall.payments',
      keys: [null, null],
    }));
    await store.apply(paid);
    expect(await store.size('mall.payments', 'order', 'a')).toMatchObject({ documents: 2 });
  });
}
