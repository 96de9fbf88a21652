import type { MatchingKey } from '../../schemas/key.ts';
import { allPartitions, type PartitionId } from '../../schemas/partition.ts';
import { RULES, type Rules } from '../../actors/partition/rules.ts';
import type { HostTimes } from '../../actors/placement/host.ts';
import { PLACEMENT_RULES, type PlacementRules } from '../../actors/placement/rules.ts';
import type { Answer } from '../../actors/partition/batch.ts';
import type { Followers } from './adapters.ts';
import { Client } from './client.ts';
import { Cluster } from './cluster.ts';
import { FaultPlan, type FaultCount, type Weather } from './faults.ts';
import { Fleet } from './fleet.ts';
import { checkEnd, checkUnparked, isQuiet, parkedKeys, sumOfSeqs } from './checks.ts';
import { SimulatedNode } from './node.ts';
import type { Poison, Scenario } from './scenario.ts';
import { LogServer, SERVER_RULES, StoreServer, type ServerRules } from './servers.ts';
import { scenarioOf } from './scenarios.ts';
import { LATEST_MS } from './wire.ts';
import { World, type Random } from './world.ts';

export interface RunOptions {
  readonly rules?: Rules;
  readonly serverRules?: ServerRules;
  readonly placementRules?: PlacementRules;
  /** What is simulated; without it, the seed decides. */
  readonly scenario?: (random: Random) => Scenario;
  /** What goes wrong beside what the actors bring; without it, the seed decides. */
  readonly weather?: Weather;
  /** What is parked is redriven once before it is mended. */
  readonly hasty?: boolean;
  readonly trace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly scenario: string;
  readonly violations: readonly string[];
  readonly records: number;
  readonly faults: readonly FaultCount[];
  readonly steps: number;
  readonly virtualMs: number;
}

/** Every so many seeds, nodes come, go and are drained, but nothing goes wrong. */
const ORDERLY_SEEDS = 10;

/** Far more than a seed takes; one that takes more goes round in circles. */
const MOST_STEPS = 100_000;

/** Longest time to come to rest, in virtual ms. */
const PATIENCE_MS = 60_000;

/** How often the simulator looks whether all is at rest, in virtual ms. */
const LOOK_MS = 50;

/** One seed: real workers over a simulated log and store, faults of every kind, then rest, then the model decides. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  // Thousands of unknown outcomes a second: their stacks cost more than all else, and nobody reads them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await new Simulation(seed, options).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class Simulation {
  private readonly seed: number;
  private readonly options: RunOptions;
  private readonly world: World;
  private readonly start: number;
  private readonly scenario: Scenario;
  private readonly partitions: readonly PartitionId[];
  private readonly log: LogServer;
  private readonly store: StoreServer;
  private readonly weather: Weather;
  private readonly times: HostTimes;
  private readonly plan: FaultPlan;
  private readonly cluster: Cluster;
  private readonly fleet: Fleet;
  private readonly client: Client;
  private readonly violations: string[] = [];
  private isMended = false;

  constructor(seed: number, options: RunOptions) {
    this.seed = seed;
    this.options = options;
    const { serverRules = SERVER_RULES, scenario = scenarioOf(seed) } = options;
    this.weather = options.weather ?? (seed % ORDERLY_SEEDS === 3 ? 'orderly' : 'stormy');
    this.world = new World(seed);
    this.start = this.world.now;
    this.log = new LogServer(serverRules, () => this.world.now);
    this.store = new StoreServer(serverRules);
    this.scenario = scenario(this.world.random);
    this.partitions = allPartitions(this.scenario.counts);
    const say = (text: string): void => {
      this.say(text);
    };
    this.plan = new FaultPlan(this.world, this.partitions, say, this.weather);
    const heartbeatMs = 80 + this.world.random.below(240);
    const handoverMs = this.weather === 'stormy' ? 20 + this.world.random.below(400) : 10 * heartbeatMs;
    this.times = { heartbeatMs, handoverMs };
    this.cluster = new Cluster({ world: this.world, heartbeatMs, chance: () => this.plan.wireChance });
    const followers: Followers = new Map();
    this.fleet = new Fleet({
      ...{ world: this.world, cluster: this.cluster, store: this.store, partitions: this.partitions },
      counts: this.scenario.counts,
      isOrderly: this.weather !== 'stormy',
      node: (name, life) => this.node(name, life, followers),
      violate: (violation) => this.violations.push(violation),
      trace: say,
    });
    this.plan.trim = () => {
      this.log.trimEvents(this.world.now - 20);
    };
    this.client = new Client(this.world, this.plan, this.log, followers, this.scenario.appends);
  }

  async run(): Promise<RunResult> {
    this.fleet.start();
    this.plan.start(this.fleet);
    this.client.start();
    if (!(await this.live())) {
      const why = [...this.fleet.misplaced(), ...this.partitions.map((id) => this.describe(id))];
      this.violations.push(`did not come to rest: ${why.join('; ')}`);
    }
    this.violations.push(...checkEnd(this.scenario, this.log, this.store));
    const { seed, scenario, violations, world, plan } = this;
    return {
      seed,
      scenario: scenario.name,
      violations,
      records: scenario.records,
      faults: plan.counts,
      steps: world.steps,
      virtualMs: world.now - this.start,
    };
  }

  /** Faults; then rest, and what was rejected is corrected; then what was poisoned is mended and redriven; then everything is opened once more. */
  private async live(): Promise<boolean> {
    while (!(this.client.isDone && this.plan.isOver)) {
      if (!(await this.world.runFor(LOOK_MS, MOST_STEPS))) return false;
    }
    this.say('the faults end');
    this.plan.heal();
    if (!(await this.rest(LATEST_MS + 1000))) return false;
    if (!(await this.correct())) return false;
    const parked = parkedKeys(this.store);
    this.violations.push(...checkUnparked(this.scenario, this.log, this.store, parked));
    if (this.options.hasty === true && !(await this.tryHastily(parked))) return false;
    this.isMended = true;
    if (!(await this.redrive())) return false;
    this.say('all is trimmed that may be, and opened again');
    this.log.trimEvents(this.world.now + 1);
    this.fleet.restart();
    return this.rest(500);
  }

  /** Nothing comes of it but that the same keys are parked still, by a message that is named. */
  private async tryHastily(parked: ReadonlySet<MatchingKey>): Promise<boolean> {
    this.say('redrive in vain');
    this.client.redrive([...parked], this.scenario.counts, -1);
    if (!(await this.rest(1000))) return false;
    const still = parkedKeys(this.store);
    if ([...parked].some((key) => !still.has(key))) this.violations.push(`${[...parked].join(', ')} is parked no more`);
    for (const key of parked) {
      const entries = this.store.query('management.quarantine', 'entity', key, { after: '', limit: 1000 });
      if (!entries.some(({ json }) => json?.includes('"type":"poison"')))
        this.violations.push(`nothing says why ${key} is parked`);
    }
    return true;
  }

  private async redrive(): Promise<boolean> {
    for (let round = 0; round < 20; round++) {
      const parked = parkedKeys(this.store);
      if (parked.size === 0) return true;
      this.say(`redrive ${[...parked].join(' ')}`);
      this.client.redrive([...parked], this.scenario.counts, round);
      if (!(await this.rest(500))) return false;
    }
    return false;
  }

  /** Whatever came of them before: now each is there to be found, or has been seen to. */
  private async correct(): Promise<boolean> {
    const { corrections } = this.scenario;
    if (corrections.length === 0) return true;
    this.say(`correct ${corrections.map(({ entry }) => entry).join(' ')}`);
    this.client.send(corrections.flatMap(({ append }) => [append(2), append(2)]));
    return this.rest(500);
  }

  /** Until every lane is applied, everything is where it should be, and nothing has been committed for `ms`. */
  private async rest(ms: number): Promise<boolean> {
    const { world, log, store, partitions } = this;
    const patience = world.now + PATIENCE_MS;
    for (let [seqs, since] = [-1, world.now]; world.now < patience;) {
      if (!(await world.runFor(LOOK_MS, MOST_STEPS))) return false;
      const sum = sumOfSeqs(store);
      const isQuietNow = sum === seqs && this.client.isDone && isQuiet(log, store, partitions);
      if (!isQuietNow || this.fleet.misplaced().length > 0) [seqs, since] = [sum, world.now];
      else if (world.now - since >= ms) return true;
    }
    return false;
  }

  private node(name: string, life: number, followers: Followers): SimulatedNode {
    const { world, plan, log, store, scenario, cluster, times } = this;
    return new SimulatedNode({
      ...{ name, life, world, cluster, times },
      chance: () => plan.wireChance,
      onFault: (fault, operation) => {
        this.say(`${name} ${operation}: ${fault}`);
        plan.count(fault, operation);
      },
      onCall: (operation, partition) => {
        plan.met(name, operation, partition);
      },
      onStraggler: (operation, partition) => {
        plan.straggled(operation, partition);
      },
      log,
      store,
      followers,
      counts: scenario.counts,
      stages: scenario.stages,
      limits: scenario.limits,
      rules: this.options.rules ?? RULES,
      placementRules: this.options.placementRules ?? PLACEMENT_RULES,
      onAnswer: (answer) => {
        this.answered(answer);
      },
      onLost: (partition) => {
        this.lost(name, partition);
      },
      violate: (violation) => {
        this.say(violation);
        this.violations.push(violation);
      },
      trace: (text) => {
        this.say(text);
      },
      actors: () => scenario.actors((kind) => this.poison(name, kind)),
    });
  }

  /** Where all see the same, whoever takes over waits for the former owner; only one that was too late may get between. */
  private lost(name: string, partition: PartitionId): void {
    const by = this.store.checkpoint(partition)?.owner ?? '';
    if (this.weather === 'stormy' || !this.fleet.isWanted(by, partition)) return;
    this.violations.push(`${name} lost ${partition} to ${by}, though nobody disagreed`);
  }

  private poison(name: string, kind: Poison): void {
    if (this.isMended) return;
    if (kind === 'kills') this.fleet.crash(name);
    throw new Error('poisoned');
  }

  /** Whoever gets an answer reads what the command wrote. */
  private answered({ id }: Answer): void {
    if (this.store.load([{ collection: 'master.outcomes', id }]).length === 0) {
      this.violations.push(`${id} was answered before its commit was applied`);
    }
  }

  private say(text: string): void {
    this.options.trace?.(`${String(this.world.now - this.start).padStart(7)} ms  ${text}`);
  }

  private describe(id: PartitionId): string {
    const { positions, openings, seq, trying } = this.store.checkpoint(id) ?? {};
    const lanes = (['fast', 'bulk'] as const).map(
      (lane) => `${lane} ${positions?.[lane].after ?? 0}/${this.log.tail(id, lane)}`,
    );
    return `${id} seq ${seq ?? 0} ${lanes.join(' ')} openings ${openings ?? 0} trying ${JSON.stringify(trying)}`;
  }
}
