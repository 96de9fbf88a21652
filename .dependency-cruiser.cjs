// Imports point one way (docs/architecture.md). Each room lists all that it may import of ours.
const ROOMS = '^(schemas|config|streams|store|actors|gateway|cli|console|bench|test)/';

/**
 * @param {string} room
 * @param {string[]} allowed paths, as regular expressions
 * @param {string} comment
 */
const room = (room, allowed, comment) => ({
  name: `${room}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: ROOMS, pathNot: [`^${room}/`, ...allowed] },
});

const outside = [
  '^schemas/',
  '^config/',
  '^streams/(ingress|formats|trial|infer)(/|[.]ts$)',
  '^store/store[.]ts$',
  '^actors/node/',
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    room('schemas', [], 'Shapes know nothing of what is done with them.'),
    room('config', ['^schemas/'], 'Settings are read once, by whoever starts the process, and handed on.'),
    room('streams', ['^schemas/', '^config/'], 'The log is a port; it does not know the store.'),
    room('store', ['^schemas/', '^config/'], 'The store is a port; it does not know the log.'),
    room(
      'actors',
      ['^schemas/', '^config/', '^streams/', '^store/'],
      'Actors are reached through the broker; they know nothing of who asks.',
    ),
    room(
      'gateway',
      outside,
      "Actors are reached through the broker, documents through the store's port; only actors/node*.ts puts a node together.",
    ),
    room(
      'cli',
      [...outside, '^gateway/'],
      "Actors are reached through the broker, documents through the store's port; only actors/node*.ts puts a node together.",
    ),
    room('console', [], 'The console speaks HTTP only.'),
    {
      name: 'no-import-of-tests',
      comment: 'What the product needs does not live with its tests.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-circular',
      comment: 'Modules in a circle can only be understood all at once; types may point back.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'An installed package has no devDependencies.',
      severity: 'error',
      from: { path: '^(schemas|config|streams|store|actors|gateway|cli)/|^moleculer[.]config[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // type imports count as well
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
