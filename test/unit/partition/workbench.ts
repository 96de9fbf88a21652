import { readSettings } from '../../../config/settings.ts';
import { parseSource, type SourceFile } from '../../../config/sources.ts';
import type { Collection } from '../../../config/tasks.ts';
import { Corrections } from '../../../actors/node/corrections.ts';
import { Entries, type Entry } from '../../../actors/node/entries.ts';
import { kindsOf, type Kinds } from '../../../actors/node/kinds.ts';
import { Trials } from '../../../actors/node/trial.ts';
import type { CommandRequest } from '../../../actors/node/commands.ts';
import { realTime } from '../../../actors/partition/clock.ts';
import { LIMITS, type Limits } from '../../../actors/partition/limits.ts';
import { outcomeId, type Outcome } from '../../../actors/partition/outcomes.ts';
import type { AnyActor } from '../../../actors/partition/resident.ts';
import { createMatching } from '../../../actors/party/matching.ts';
import { RULES } from '../../../actors/partition/rules.ts';
import { PartitionWorker } from '../../../actors/partition/worker.ts';
import type { CommandBody } from '../../../schemas/inbox.ts';
import { kindOfKey, partitionOf } from '../../../schemas/key.ts';
import { allPartitions, type PartitionCounts } from '../../../schemas/partition.ts';
import { Ingress } from '../../../streams/ingress/ingress.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { createStages } from '../../../streams/pipeline/stages.ts';
import { simulatedLog, simulatedStore, type Followers } from '../../simulation/adapters.ts';
import { isQuiet } from '../../simulation/checks.ts';
import { LogServer, SERVER_RULES, StoreServer } from '../../simulation/servers.ts';
import type { Line } from '../../simulation/wire.ts';

const COUNTS: PartitionCounts = { order: 2, customer: 1, enterprise: 1, match: 1, product: 1 };
const KINDS = kindsOf(createMatching({ key: 'a secret of the test' }));
const POLICY = readSettings({});
const ALL = { after: '', limit: Number.MAX_SAFE_INTEGER };

/** Real workers of every kind over servers in memory, with nothing between them that could go wrong. */
export class Workbench {
  readonly log = new LogServer(SERVER_RULES, () => Date.now());
  readonly server = new StoreServer(SERVER_RULES);
  readonly store = simulatedStore(this.server, LINE);
  readonly entries = new Entries({ store: this.store });
  sources: SourceRegistry;
  private readonly followers: Followers = new Map();
  private readonly limits: Limits;
  private readonly actors: Kinds;
  private workers: PartitionWorker[] = [];
  private running: Promise<void>[] = [];
  private settled: () => void = () => undefined;
  private openings = 0;

  constructor(sources: readonly SourceFile[], options: { limits?: Partial<Limits>; bug?: Bug } = {}) {
    this.sources = new SourceRegistry(sources);
    this.limits = { ...LIMITS, ...options.limits };
    this.actors = options.bug === undefined ? KINDS : withBug(options.bug);
  }

  /** Opens every partition, in a process of its own as it were. */
  start(): void {
    const log = simulatedLog(this.log, LINE, this.followers);
    this.workers = allPartitions(COUNTS).map((partition) => {
      return new PartitionWorker({
        ...{ partition, owner: `opening ${this.openings++}`, log, store: this.store, counts: COUNTS, rules: RULES },
        ...{ clock: realTime, limits: this.limits, actors: this.actors },
        stages: createStages(this.sources, POLICY),
        observer: {
          opened: () => undefined,
          settled: () => this.settled(),
          answered: () => undefined,
          repaired: () => undefined,
        },
      });
    });
    this.running = this.workers.map((worker) => worker.run());
  }

  async stop(): Promise<void> {
    for (const worker of this.workers) worker.stop();
    await Promise.all(this.running);
  }

  /** Whatever was appended, and what follows from it, is applied. */
  async idle(): Promise<void> {
    const failed = Promise.all(this.running);
    for (;;) {
      const settled = new Promise<void>((resolve) => (this.settled = resolve));
      if (isQuiet(this.log, this.server, allPartitions(COUNTS))) return;
      await Promise.race([settled, failed]);
    }
  }

  async feed(source: string, text: string, file = 'file'): Promise<void> {
    const ingress = new Ingress({
      log: simulatedLog(this.log, LINE, this.followers),
      counts: COUNTS,
      sources: this.sources,
    });
    await ingress.feed({ source, feed: file, file, chunks: [Buffer.from(text)] });
    await this.idle();
  }

  /** Sends a command, and answers how it ended. */
  async command({
    key,
    name,
    data = {},
    idempotencyKey = `${name} ${this.openings++}`,
  }: CommandRequest): Promise<Outcome> {
    const body: CommandBody = { v: 1, type: 'command', key, name, data, idempotencyKey };
    const partition = partitionOf(kindOfKey(key) ?? '', key, COUNTS);
    this.log.append(partition, 'fast', [JSON.stringify(body)]);
    for (const wake of this.followers.get(partition) ?? []) wake();
    await this.idle();
    const [outcome] = this.server.load([{ collection: 'master.outcomes', id: outcomeId(body) }]);
    return JSON.parse(outcome?.json ?? 'null') as Outcome;
  }

  corrections(): Corrections {
    return new Corrections(this.sources);
  }

  trials(): Trials {
    return new Trials({ store: this.store }, createStages(this.sources, POLICY), this.actors);
  }

  async quarantine(): Promise<Entry[]> {
    const all: Entry[] = [];
    for await (const entry of this.entries.all()) all.push(entry);
    return all;
  }

  /** Bodies of a collection. */
  documents(collection: Collection): Record<string, unknown>[] {
    return this.server.page(collection, ALL).map(({ json }) => JSON.parse(json ?? '') as Record<string, unknown>);
  }

  /** Types of the events of an entity, in order. */
  events(key: string): string[] {
    const all = this.log.history.flatMap(({ body }) => JSON.parse(body) as { subject: string; type: string }[]);
    return all.filter(({ subject }) => subject === key).map(({ type }) => type);
  }
}

/** Every call is answered at once. */
export const LINE: Line = {
  call: async (_, execute) => execute(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Throws at what an actor had better not hear. */
export type Bug = (data: unknown) => void;

function withBug(bug: Bug): Kinds {
  const wrapped = [...KINDS].map(([kind, actor]): [string, AnyActor] => {
    const decide: AnyActor['decide'] = (state, message, records) => {
      bug(message.data);
      return actor.decide(state, message, records);
    };
    return [kind, { ...actor, decide }];
  });
  return new Map(wrapped);
}

/** A shop whose orders come one by one, as NDJSON; `amount` is how its mapping reads the amount. */
export function shop(version: number, amount = '[amount, { money: EUR }]', order = 'arrival'): SourceFile {
  const text = `
name: shop
version: ${version}
namespace: shop
format: { type: ndjson }
records:
  payment:
    route: { kind: order, id: order }
    identity: id
    order: ${order}
    parts:
      - name: payment
        fields: { method: method, amount: ${amount}, currency: { const: EUR }, status: { const: captured } }
      - name: customer
        of: { kind: customer, id: customer }
        when: customer
        fields: { id: customer, email: email }
`;
  return parseSource(text, 'shop.yaml');
}
