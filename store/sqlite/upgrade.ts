/** What turns a file of an older shape into one of the present: before the present tables are made, and after. */
export interface Upgrade {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const NOTHING: Upgrade = { before: [], after: [] };

const DOCUMENT = 'id, version, partition, seq, at, json, meta';

/** Collections that had a table of their own in shape 1, the kind whose table they are in since, and the keys kept. */
const MOVED_IN_2 = [
  ['mall.orders', 'order', 'k0'],
  ['sales.revenues', 'order', 'k0'],
  ['mall.members', 'customer', ''],
  ['customer.customers', 'customer', ''],
  ['customer.enterprises', 'enterprise', ''],
  ['mall.products', 'product', ''],
] as const;

const KINDS_OF_2 = ['order', 'customer', 'enterprise', 'product'] as const;

/** Collections whose tables stay as they are, but for the indexes that have been declared since; in that order. */
const INDEXED_IN_2 = [
  ['mall.payments', ['id', 'reference']],
  ['mall.deliveries', ['id', 'tracking']],
  ['mall.boards', ['id']],
  ['master.waiting', ['said.id', 'said.reference', 'said.tracking']],
] as const;

const INDEXES_OF_1 = ['mall.orders.k0', 'mall.members.k0', 'sales.revenues.k0'] as const;

/** From shape 1: entities have one table a kind, and what is said of orders is found by its own ids. */
function toShape2(): Upgrade {
  const old = [...MOVED_IN_2.map(([collection]) => collection), 'master.flags'];
  const moved = MOVED_IN_2.map(([collection, kind, key]) => {
    const columns = key === '' ? DOCUMENT : `${DOCUMENT}, ${key}`;
    return `INSERT INTO "entities.${kind}" (${columns}, collection) SELECT ${columns}, '${collection}' FROM "1.${collection}"`;
  });
  const flags = [...KINDS_OF_2.map((kind) => [kind, `id GLOB '*.${kind}.*'`]), ['other', 'TRUE']].map(
    ([kind, where]) =>
      `INSERT INTO "entities.${kind}" (${DOCUMENT}, collection) SELECT ${DOCUMENT}, 'master.flags' FROM "1.master.flags" ` +
      `WHERE ${where}${kind === 'other' ? KINDS_OF_2.map((known) => ` AND id NOT GLOB '*.${known}.*'`).join('') : ''}`,
  );
  return {
    before: [
      ...INDEXES_OF_1.map((index) => `DROP INDEX "${index}"`),
      ...old.map((name) => `ALTER TABLE "${name}" RENAME TO "1.${name}"`),
      ...INDEXED_IN_2.flatMap(([name, paths]) =>
        paths.flatMap((path, n) => [
          `ALTER TABLE "${name}" ADD COLUMN k${n}`,
          `UPDATE "${name}" SET k${n} = json ->> '$.${path}' WHERE json IS NOT NULL`,
        ]),
      ),
    ],
    after: [...moved, ...flags, ...old.map((name) => `DROP TABLE "1.${name}"`)],
  };
}

/** `version` is the shape that the file has; 0 is that of a new one. */
export function upgradeOf(version: number): Upgrade {
  return version === 1 ? toShape2() : NOTHING;
}
