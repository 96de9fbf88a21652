import { describe, expect, test } from '@jest/globals';
import { Editions } from '../../../actors/node/editions.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import { registryOf, sourceText } from '../mapping/sources.ts';

/** Keeps what is written first, as a store does with documents of one version. */
class FirstStore {
  readonly documents = new Map<string, StoredDocument>();

  async apply(changes: readonly StoredDocument[]) {
    for (const document of changes) if (!this.documents.has(document.id)) this.documents.set(document.id, document);
    return { foreign: [] };
  }

  async load(refs: readonly { id: string }[]) {
    return refs.flatMap(({ id }) => this.documents.get(id) ?? []);
  }
}

function process(store: FirstStore, fields: string) {
  const sources = registryOf(sourceText({ fields }));
  const { name: source, version, digest } = sources.newest('shop');
  return { sources, editions: new Editions(store, sources), edition: { source, version, digest } };
}

describe('a version of a source means one mapping', () => {
  test('the first that is fed, in whatever process', async () => {
    const store = new FirstStore();
    const one = process(store, 'id: id');
    const other = process(store, 'id: [id, trim]');
    await one.editions.admit(one.edition);
    await one.editions.admit(one.edition);
    await process(store, 'id: id').editions.admit(one.edition);
    await expect(other.editions.admit(other.edition)).rejects.toMatchObject({ code: 'MF_SOURCE_EDITED' });
    expect(await other.editions.edited()).toEqual([other.edition]);
    expect(await one.editions.edited()).toEqual([]);
  });

  test('of two that are first at once, one', async () => {
    const store = new FirstStore();
    const [one, other] = [process(store, 'id: id'), process(store, 'id: [id, trim]')];
    const outcomes = await Promise.allSettled([one.editions.admit(one.edition), other.editions.admit(other.edition)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('the one that the process has read which owns the data', async () => {
    const { editions, edition } = process(new FirstStore(), 'id: id');
    const changed = { ...edition, digest: 'another' };
    await expect(editions.admit(changed)).rejects.toMatchObject({ code: 'MF_SOURCE_EDITED' });
    await expect(editions.admit({ ...edition, version: 2 })).rejects.toMatchObject({ code: 'MF_SOURCE_UNKNOWN' });
  });
});

test('what nobody fed may be edited; a withdrawn version is not there', () => {
  const { sources } = process(new FirstStore(), 'id: id');
  sources.withdraw('shop', 1);
  expect(sources.find('shop', 1)).toBeUndefined();
});
