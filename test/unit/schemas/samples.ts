import { Miniature } from '../actors/miniature.ts';
import { CUSTOMER, ENTERPRISE, everything, ORDER, PRODUCT, waiting } from '../actors/scenario.ts';

/** Values of every persisted shape, by its name, as the actors make them of one small scenario. */
export function samples(): Map<string, unknown[]> {
  const values = new Map<string, unknown[]>();
  const add = (name: string, value: unknown): void => void values.set(name, [...(values.get(name) ?? []), value]);
  const world = livedThrough();
  for (const said of [...everything, ...waiting]) add(`part/${said.name}`, said.part);
  for (const { name, data } of world.sent) add(`effect/${name}`, data);
  for (const events of world.events.values()) {
    for (const { type, data } of events) add(`event/${type}`, data);
  }
  for (const [name, json] of world.documents)
    addDocument(add, name.slice(0, name.indexOf('/')), JSON.parse(json) as Kept);
  for (const [key, flag] of world.flags) {
    const kind = key.split('.')[1] ?? '';
    add('master.flags', { v: 1, kind, ...(JSON.parse(flag) as object) });
    add(`state/${kind}`, world.saved(key));
  }
  return values;
}

function livedThrough(): Miniature {
  const world = new Miniature((below) => below - 1);
  for (const said of [...waiting, ...everything]) world.batch([said]);
  world.settle();
  for (const key of [ORDER, CUSTOMER, ENTERPRISE, PRODUCT]) {
    world.hear({ type: 'command', name: 'note', key, data: { text: 'Called.' }, now: 1714557600000 });
  }
  world.settle();
  return world;
}

interface Kept {
  readonly body: unknown;
  readonly meta?: unknown;
}

const META_OF: Readonly<Record<string, string>> = {
  'mall.orders': 'meta/order',
  'mall.products': 'meta/product',
  'customer.enterprises': 'meta/enterprise',
  'sales.items': 'meta/item',
};

function addDocument(add: (name: string, value: unknown) => void, collection: string, document: Kept): void {
  add(collection, document.body);
  if (document.meta !== undefined) add(META_OF[collection] ?? 'meta/stamp', document.meta);
}
