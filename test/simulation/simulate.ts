import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Pool, serve } from './pool.ts';
import { runSeed } from './run.ts';
import { lastLine, matrix, NOTHING, sum, summaryOf, type Summary } from './summary.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
    /** Started by the pool: seeds come as messages. */
    child: { type: 'boolean', default: false },
  },
});

if (values.child) serve();
else if (values.seed !== undefined) end(await one(Number(values.seed)));
else end(await many(Number(values.from), Number(values.seeds), Number(values.processes)));

/** One seed, with its trace. */
async function one(seed: number): Promise<readonly [Summary, number]> {
  const start = performance.now();
  const result = await runSeed(seed, { trace: (line) => console.log(line) });
  for (const violation of result.violations) console.log(`VIOLATION ${violation}`);
  return [summaryOf(result), (performance.now() - start) / 1000];
}

async function many(from: number, count: number, processes: number): Promise<readonly [Summary, number]> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const pool = new Pool(processes);
  let total = NOTHING;
  let told = 0;
  await pool.run({ from, count }, (share) => {
    total = sum(total, share);
    for (const failure of share.failures) tell(failure);
    if (seconds() - told < 5) return;
    told = seconds();
    console.log(`${total.seeds} of ${count}: ${lastLine(total, seconds())}`);
  });
  pool.close();
  console.log('How often each kind of fault met each phase of the protocol:');
  for (const line of matrix(total)) console.log(line);
  return [total, seconds()];
}

function tell({ seed, scenario, violations }: Summary['failures'][number]): void {
  console.log(`seed ${seed} (${scenario}), replay with: npm run simulate -- --seed ${seed}`);
  for (const violation of violations) console.log(`  ${violation.slice(0, 500)}`);
}

function end([summary, seconds]: readonly [Summary, number]): void {
  console.log(lastLine(summary, seconds));
  process.exitCode = summary.failures.length > 0 ? 1 : 0;
}
