import { relative, sep } from 'node:path';

/**
 * The suites, by folder under test/, with the seconds that all files of one may take together on two cores.
 * In CI an overdrawn budget fails the run; elsewhere it is only reported. What takes longer is `npm run soak`.
 */
const BUDGET_SECONDS = {
  unit: 180,
  contract: 120,
  simulation: 500,
  integration: 1100,
  fault: 900,
};

/** What tests may need that does not come with the project. Without it they are skipped, and named. */
const RESOURCES = [
  { anyOf: ['MASTERFLAG_TEST_DATA'], is: 'a folder with the full data sets online_retail/ and olist/' },
  { anyOf: ['MASTERFLAG_CHAOS'], is: '1, to run faults of whole clusters for some minutes (npm run soak does)' },
  {
    anyOf: ['NATS_URL', 'NATS_SERVER_BIN'],
    is: 'a NATS server with JetStream, or the program to start one, if it is not on the PATH',
  },
  {
    anyOf: ['MONGODB_URL', 'MONGOMS_SYSTEM_BINARY', 'MONGO_STANDIN_BIN'],
    is: 'a MongoDB, or the mongod (https://www.mongodb.com/try/download/community) or stand-in to start one',
  },
];

/** Closes a run with the seconds of each suite against its budget, and with what was skipped and why. */
export default class SuiteReporter {
  /** @type {string[]} */
  #overdrawn = [];

  /**
   * @param {Set<unknown>} _contexts
   * @param {import('@jest/reporters').AggregatedResult} results
   */
  onRunComplete(_contexts, { testResults }) {
    const files = testResults.map((result) => ({ ...result, path: relative(process.cwd(), result.testFilePath) }));
    console.error(['', ...this.#suites(files), ...skipped(files), ''].join('\n'));
  }

  getLastError() {
    if (process.env.CI && this.#overdrawn.length > 0) {
      return new Error(`over the time budget in jest.reporter.js: ${this.#overdrawn.join(', ')}`);
    }
    return undefined;
  }

  /** @param {TestFile[]} files */
  #suites(files) {
    const lines = Object.entries(Object.groupBy(files, ({ path }) => path.split(sep)[1])).map(([suite, group]) => {
      const seconds = sum(group, ({ perfStats }) => perfStats.end - perfStats.start) / 1000;
      const budget = BUDGET_SECONDS[suite] ?? 0;
      if (seconds > budget) this.#overdrawn.push(suite);
      const counts = [
        `${sum(group, (file) => file.numPassingTests)} passed`,
        `${sum(group, (file) => file.numFailingTests)} failed`,
        `${sum(group, (file) => file.numPendingTests)} skipped`,
      ];
      const time = `${seconds.toFixed(1).padStart(7)} s of ${budget} s${seconds > budget ? ' OVER BUDGET' : ''}`;
      return `${suite.padEnd(12)} ${counts.join(', ').padEnd(36)} ${time}`;
    });
    return ['Suite        tests                                   time', ...lines.sort()];
  }
}

/** @param {TestFile[]} files */
function skipped(files) {
  const some = files.filter((file) => file.numPendingTests > 0);
  if (some.length === 0) return [];
  const missing = RESOURCES.filter(({ anyOf }) => anyOf.every((name) => !process.env[name]));
  return [
    '',
    'SKIPPED:',
    ...some.map(({ path, numPendingTests }) => `  ${path}: ${numPendingTests} tests`),
    ...(missing.length > 0 ? ['Set these in the environment to run what needs them:'] : []),
    ...missing.map(({ anyOf, is }) => `  ${anyOf.join(' or ').padEnd(36)} ${is}`),
  ];
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => number} of
 */
function sum(items, of) {
  return items.reduce((total, item) => total + of(item), 0);
}

/** @typedef {import('@jest/reporters').TestResult & { path: string }} TestFile */
