import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * What takes longer than CI may: 100,000 seeds of the simulator, 1,000 random mutations of every payload, 200 kills over
 * every day of Online Retail, and 300 faults of a cluster, of which docs/faults.md tells then. MASTERFLAG_TEST_DATA has the
 * data; the servers are found as the tests find them. Ends with the number of parts that failed.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const PARTS: readonly (readonly [name: string, words: readonly string[], more: Readonly<Record<string, string>>])[] = [
  ['100,000 seeds', ['run', 'simulate', '--', '--seeds', '100000'], {}],
  ['1,000 mutations of every payload', ['test', '--', 'integration/mutations'], { MASTERFLAG_MUTATIONS: '1000' }],
  ['200 kills', ['test', '--', 'fault/kill'], { MASTERFLAG_KILLS: '200', MASTERFLAG_KILL_DAYS: '1000' }],
  [
    '300 faults of a cluster, with everything that the two data sets have',
    ['test', '--', 'fault/cluster.test'],
    {
      ...{ MASTERFLAG_FAULTS: '300', MASTERFLAG_FAULT_DAYS: '1000', MASTERFLAG_FAULT_ORDERS: '1000000' },
      UPDATE_DOCS: '1',
    },
  ],
  [
    'verification of everything that the two data sets have',
    ['test', '--', 'cli-verify-live'],
    { MASTERFLAG_VERIFY_DATA: process.env['MASTERFLAG_TEST_DATA'] ?? '' },
  ],
  ['a store that is slower than the feed', ['test', '--', 'fault/slow-store'], {}],
  ['100 moves of partitions', ['test', '--', 'fault/cluster-moves'], { MASTERFLAG_MOVES: '100' }],
];

function npm(words: readonly string[], more: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn('npm', words, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, MASTERFLAG_CHAOS: '1', ...more },
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

const failed: string[] = [];
for (const [name, words, more] of PARTS) if ((await npm(words, more)) !== 0) failed.push(name);
console.log(failed.length === 0 ? 'all parts passed' : `failed: ${failed.join(', ')}`);
process.exitCode = failed.length;
