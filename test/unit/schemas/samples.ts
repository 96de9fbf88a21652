import { customerKey, customerSaid, enterpriseSaid } from '../actors/matched-world.ts';
import { Miniature, type Said } from '../actors/miniature.ts';
import { CUSTOMER, ENTERPRISE, everything, ORDER, PRODUCT, waiting } from '../actors/scenario.ts';
import { workerSamples } from './worker-samples.ts';

/** Values of every persisted shape, by its name, as actors and worker make them of one small scenario. */
export function samples(): Map<string, unknown[]> {
  const values = new Map<string, unknown[]>();
  const add = (name: string, value: unknown): void => void values.set(name, [...(values.get(name) ?? []), value]);
  const world = livedThrough();
  for (const said of [...everything, ...waiting]) add(`part/${said.name}`, said.part);
  for (const meta of RETIRED_ENTERPRISE_META) add('meta/enterprise', meta);
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
  for (const [name, value] of workerSamples()) add(name, value);
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
  matched(world);
  return world;
}

/** One party of each kind whose members were split off and joined again, and an identifier that too many share. */
function matched(world: Miniature): void {
  const [ann, acme] = [everything.find(isOf('customer')), everything.find(isOf('enterprise'))];
  const others = [
    customerSaid('web', { id: 'w', name: 'Ann Lee', email: 'ann@example.org', phone: '+31201358246' }),
    customerSaid('till', {
      id: 't',
      name: 'Ann Lee',
      phone: '+31201358246',
      identifiers: [{ type: 'id:web', value: 'w' }],
    }),
    enterpriseSaid('erp', { id: 'A', name: 'Acme Ltd', identifiers: [{ type: 'registrationNumber', value: '123' }] }),
  ];
  const crowd = Array.from({ length: 8 }, (_, n) => customerSaid('mall', { id: `${n}`, email: 'office@example.org' }));
  const gone = Array.from({ length: 3 }, (_, n) => customerSaid('mall', { id: `${n}` }, 2));
  for (const said of [...others, ...crowd, ...gone.slice(0, 1)]) world.batch([said]);
  world.settle();
  for (const [one, other] of [
    [ann?.key, others[0]?.key],
    [acme?.key, others[2]?.key],
  ] as const) {
    if (one === undefined || other === undefined) throw new Error('there is nobody to be split off');
    hear(world, one, 'split', { from: [other], why: 'A brother.' });
    hear(world, one, 'join', { with: other, undo: [other], why: 'One after all.' });
    hear(world, one, 'join', { with: other, why: 'Both called.' });
  }
  for (const said of gone) world.batch([said]);
  for (let n = 3; n < 7; n++) world.batch([customerSaid('mall', { id: `${n}`, email: `${n}@example.org` }, 2)]);
  for (let n = 0; n < 7; n++) world.batch([customerSaid('mall', { id: `${n}`, email: 'all@example.org' }, 3)]);
  hear(world, customerKey('web', 'w'), 'split', { from: [customerKey('till', 't')], why: 'A sister.' });
}

function isOf(name: string): (said: Said) => boolean {
  return (said) => said.name === name;
}

function hear(world: Miniature, key: string, name: string, data: object): void {
  world.hear({ type: 'command', name, key, data, now: 1714557600000 });
  world.settle();
}

/** What customer.enterprises kept of its statements before they had records of their own. */
const RETIRED_ENTERPRISE_META = [
  {
    v: 2,
    statements: [
      {
        source: 'shop',
        slot: '1',
        merge: 'replace',
        order: [],
        hash: 'x',
        body: { id: 'acme', name: 'Acme', city: 'Oslo' },
      },
    ],
  },
];

interface Kept {
  readonly body: unknown;
  readonly meta?: unknown;
}

const META_OF: Readonly<Record<string, string>> = {
  'mall.orders': 'meta/order',
  'mall.products': 'meta/product',
  'mall.members': 'meta/member',
  'sales.members': 'meta/member',
  'master.claims': 'meta/claim',
  'master.places': 'meta/place',
  'sales.items': 'meta/item',
};

function addDocument(add: (name: string, value: unknown) => void, collection: string, document: Kept): void {
  add(collection, document.body);
  if (document.meta !== undefined) add(META_OF[collection] ?? 'meta/stamp', document.meta);
}
