import { allPartitions, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import { LIMITS, type Limits } from '../../actors/partition/limits.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { RULES, type Rules } from '../../actors/partition/rules.ts';
import type { Followers } from './adapters.ts';
import { checkAccounting, checkBodies, checkEvents, isQuiet } from './checks.ts';
import { Client } from './client.ts';
import { FaultPlan, type FaultCount } from './faults.ts';
import { SimulatedNode } from './node.ts';
import { LogServer, SERVER_RULES, StoreServer, type ServerRules } from './servers.ts';
import { toyFeed, toyStage } from './toy-feed.ts';
import { ToyModel } from './toy-model.ts';
import { ledger, tally } from './toys.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly rules?: Rules;
  readonly serverRules?: ServerRules;
  readonly trace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly records: number;
  readonly faults: readonly FaultCount[];
  readonly steps: number;
  readonly virtualMs: number;
}

const COUNTS: PartitionCounts = { tally: 3, ledger: 2 };
const NODES = ['n1', 'n2', 'n3'];
const MOST_STEPS = 200_000;
/** Longer than any operation can be late, so that every zombie write has happened before bodies are compared. */
const AFTERMATH_MS = 4000;

/** Small, so that every bound is met: batches are cut, chunks are many, states are passivated. */
const SMALL: Limits = {
  ...LIMITS,
  fastItems: 6,
  bulkItems: 10,
  readBytes: 2000,
  bulkShare: 3,
  commitBytes: 12_000,
  chunkBytes: 400,
  residentBytes: 3000,
  redriveBatch: 5,
  forwardsRemembered: 20,
  retryMost: 200,
};

/** One seed: real workers over a simulated log and store, faults of every kind, then rest, then the model decides. */
export async function runSeed(seed: number, { rules = RULES, serverRules = SERVER_RULES, trace }: RunOptions = {}): Promise<RunResult> {
  const world = new World(seed);
  const start = world.now;
  const say = (text: string): void => trace?.(`${String(world.now - start).padStart(7)} ms  ${text}`);
  const log = new LogServer(serverRules, () => world.now);
  const store = new StoreServer(serverRules);
  const partitions = allPartitions(COUNTS);
  const followers: Followers = new Map();
  const feed = toyFeed(world.random, COUNTS, world.random.below(3));
  const plan = new FaultPlan(world, partitions, NODES, say);
  plan.nodes = (name) =>
    new SimulatedNode({
      name,
      world,
      chance: () => plan.wireChance,
      onFault: (fault, operation) => {
        plan.count(fault, operation);
      },
      log,
      store,
      followers,
      counts: COUNTS,
      stages: [toyStage],
      limits: SMALL,
      rules,
      onAnswer: () => undefined,
      trace: say,
      actors: (node) => toyActors(plan, node),
    });
  plan.trim = () => log.trimEvents(world.now - 20);
  const client = new Client(world, plan, log, followers, feed.appends);
  plan.start();
  client.start();

  const violations: string[] = [];
  const rested = await comeToRest();
  if (rested) {
    const model = new ToyModel(log, feed);
    const actors = new Map<string, AnyActor>([
      ['tally', tally({ poison: () => undefined }) as AnyActor],
      ['ledger', ledger as AnyActor],
    ]);
    violations.push(
      ...checkBodies(store, ['mall.orders', 'mall.payments'], model.bodies, withoutTicks),
      ...checkEvents(log, store, actors, (key) => `mall.orders/${key}`),
      ...checkAccounting(log, store),
      ...unticked(store),
    );
  } else {
    violations.push(`did not come to rest: ${partitions.map((id) => describe(log, store, id)).join('; ')}`);
  }
  return { seed, violations, records: feed.records, faults: plan.counts, steps: world.steps, virtualMs: world.now - start };

  async function comeToRest(): Promise<boolean> {
    if (!(await world.run(() => client.isDone && plan.isOver, MOST_STEPS))) return false;
    say('the faults end, what was broken is mended');
    plan.heal();
    for (let round = 0; round < 20; round++) {
      if (!(await quietFor(AFTERMATH_MS))) return false;
      const parked = new Set(store.page('master.parked', { after: '', limit: 10_000 }).map(({ keys }) => String(keys[0])));
      if (parked.size === 0) return true;
      for (const { json } of store.page('management.quarantine', { after: '', limit: 100 })) say(`quarantined: ${json?.slice(0, 400) ?? ''}`);
      say(`redrive ${[...parked].join(' ')}`);
      client.redrive([...parked], COUNTS, round);
    }
    return false;
  }

  async function quietFor(ms: number): Promise<boolean> {
    for (;;) {
      if (!(await world.run(() => isQuiet(log, store, partitions), MOST_STEPS))) return false;
      const until = world.now + ms;
      let seqs = sumOfSeqs(store);
      if (!(await world.run(() => world.now >= until, MOST_STEPS))) return true;
      if (isQuiet(log, store, partitions) && sumOfSeqs(store) === seqs) return true;
      seqs = sumOfSeqs(store);
    }
  }
}

function toyActors(plan: FaultPlan, node: SimulatedNode): ReadonlyMap<string, AnyActor> {
  const toys = {
    poison: (kind: 'throws' | 'kills') => {
      if (plan.isMended) return;
      if (kind === 'kills') plan.crash(node.name);
      throw new Error('poisoned');
    },
  };
  return new Map([
    ['tally', tally(toys) as AnyActor],
    ['ledger', ledger as AnyActor],
  ]);
}

// When a timer fires relative to what comes after it is free; that the last one fires is checked by `unticked`.
function withoutTicks(body: string): string {
  return body.replace(/,"ticked":\d+/, '');
}

function unticked(store: StoreServer): string[] {
  return store
    .page('mall.orders', { after: '', limit: 10_000 })
    .filter(({ json }) => {
      const { generation, ticked } = JSON.parse(json ?? '{}') as { generation?: number; ticked?: number };
      return generation !== ticked;
    })
    .map(({ id }) => `${id}: its last timer never fired`);
}

function sumOfSeqs(store: StoreServer): number {
  return store.checkpoints().reduce((sum, { seq }) => sum + seq, 0);
}

function describe(log: LogServer, store: StoreServer, id: PartitionId): string {
  const { positions, openings, seq, trying } = store.checkpoint(id) ?? {};
  return `${id} seq ${seq ?? 0} fast ${positions?.fast.after ?? 0}/${log.tail(id, 'fast')} bulk ${positions?.bulk.after ?? 0}/${log.tail(id, 'bulk')} openings ${openings ?? 0} trying ${JSON.stringify(trying)}`;
}
