import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { bareLoop } from './bare-loop.ts';
import { commandsUnderLoad } from './commands-under-load.ts';
import { BenchEngine } from './engine.ts';
import { eventLatency } from './event-latency.ts';
import { residentBytes } from './memory.ts';
import { orderOf, writeOrders } from './orders.ts';

/**
 * How many orders a second does the engine take, against a bare loop in the same run; how soon is an event there; do
 * memory and speed hold over a million orders; are commands answered meanwhile? Writes bench/RESULTS.md.
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '100000' },
    million: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    'no-million': { type: 'boolean', default: false },
  },
});
/** How often memory is looked at, in ms. */
const LOOK_MS = 500;

const orders = Number(values.orders);
const folder = mkdtempSync(join(tmpdir(), 'masterflag-bench-'));
const file = join(folder, 'orders.ndjson');
const lines: string[] = [];
let rows = '';

function say(line: string): void {
  console.log(line);
  lines.push(line);
}

try {
  say(`# Results of \`npm run bench\`\n`);
  say(
    `Generated on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, SQLite ${sqliteVersion()}, Masterflag ${packageVersion()}.\n`,
  );
  await writeOrders(file, orders);
  const rate = await throughput();
  await latency(rate);
  await commands();
  if (!values['no-million']) await million();
  writeFileSync(join(dirname(fileURLToPath(import.meta.url)), 'RESULTS.md'), `${lines.join('\n')}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Bare loop and engine in turn, since this hardware is noisy: the ratio of each pair counts. */
async function throughput(): Promise<number> {
  say(`## Throughput: ${orders} orders, 1 to 5 lines each\n`);
  say('| run | bare loop, orders/s | engine, orders/s | engine / bare |\n|---|---|---|---|');
  const running: number[] = [];
  const rates: number[] = [];
  for (let run = 1; run <= Number(values.runs); run++) {
    const [bareFolder, data] = [join(folder, `bare-${run}`), join(folder, `data-${run}`)];
    mkdirSync(bareFolder);
    const bare = await bareLoop(bareFolder, file, 'matching keys');
    const engine = await BenchEngine.open({ data });
    const seconds = await engine.feed(file);
    await engine.close();
    const [bareRate, engineRate] = [bare.orders / bare.seconds, orders / seconds];
    rates.push(engineRate);
    say(`| ${run} | ${Math.round(bareRate)} | ${Math.round(engineRate)} | ${(engineRate / bareRate).toFixed(2)} |`);
    if (run === 1) rowsWritten(data);
    running.push(await bareOfRunningNumbers(run));
    rmSync(data, { recursive: true });
    rmSync(bareFolder, { recursive: true });
  }
  say(
    `\nThe bare loop keeps its rows as the engine does: under their matching keys (hashes), with the indexes by which they are found. Under running numbers and without indexes, where nothing is found, it writes ${running.map(Math.round).join(', ')} orders/s.\n`,
  );
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
}

async function bareOfRunningNumbers(run: number): Promise<number> {
  const bareFolder = join(folder, `running-${run}`);
  mkdirSync(bareFolder);
  const { orders: written, seconds } = await bareLoop(bareFolder, file, 'running numbers');
  rmSync(bareFolder, { recursive: true });
  return written / seconds;
}

function rowsWritten(data: string): void {
  const db = new DatabaseSync(join(data, 'masterflag.db'), { readOnly: true });
  const count = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%.%'").all();
  const documents = tables.reduce((sum, { name }) => sum + count(`SELECT count(*) FROM "${String(name)}"`), 0);
  const messages = count('SELECT count(*) FROM inbox') + count('SELECT count(*) FROM events');
  rows = `The bare loop writes 5 rows an order. The engine leaves ${(documents / orders).toFixed(2)} documents an order (a customer's are written again with every order), and ${(messages / orders).toFixed(3)} log messages.`;
  db.close();
}

async function latency(rate: number): Promise<void> {
  say(`${rows}\n\n## From append to event, at half load\n`);
  const engine = await BenchEngine.open({ data: join(folder, 'latency') });
  await engine.feed(file);
  const { orders: seen, p50, p99 } = await eventLatency(engine, rate / 2, 10, orders * 2);
  await engine.close();
  say(
    `${Math.round(rate / 2)} orders/s for 10 s, ${seen} orders: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms.\n`,
  );
}

async function commands(): Promise<void> {
  const engine = await BenchEngine.open({ data: join(folder, 'commands') });
  const load = join(folder, 'load.ndjson');
  await writeOrders(load, 100_000);
  const result = await commandsUnderLoad(engine, load, JSON.stringify(orderOf(0)).length);
  await engine.close();
  say('## Commands and queries while 100,000 records are fed, and everything is exported\n');
  say(
    `${result.commands} commands: p99 ${result.commandP99.toFixed(1)} ms; as many queries: p99 ${result.queryP99.toFixed(1)} ms; ${result.exports} exports meanwhile.\n`,
  );
}

async function million(): Promise<void> {
  const count = Number(values.million);
  const big = join(folder, 'million.ndjson');
  const starts = await writeOrders(big, count);
  const engine = await BenchEngine.open({ data: join(folder, 'million') });
  let peak = 0;
  const state = { feeding: true };
  const watching = (async () => {
    while (state.feeding) {
      peak = Math.max(peak, await residentBytes());
      await pause(LOOK_MS);
    }
  })();
  const deciles = await feedInTenths(engine, big, starts, count).finally(() => {
    state.feeding = false;
  });
  await watching;
  await engine.close();
  const [first = 0, last = 0] = [deciles[0], deciles.at(-1)];
  say(`## ${count} orders\n`);
  say(
    `Peak memory ${Math.round(peak / 2 ** 20)} MiB (resident, of the engine's process and the one that feeds it together). Orders/s by tenth: ${deciles.map(Math.round).join(', ')}; last / first ${(last / first).toFixed(2)}.`,
  );
}

async function feedInTenths(
  engine: BenchEngine,
  big: string,
  starts: readonly number[],
  count: number,
): Promise<number[]> {
  const rates: number[] = [];
  for (const [tenth, start] of starts.slice(0, -1).entries()) {
    const end = (starts[tenth + 1] ?? 0) - 1;
    rates.push(count / 10 / (await engine.feed(big, { start, end })));
  }
  return rates;
}

function sqliteVersion(): string {
  return String(process.versions['sqlite']);
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
