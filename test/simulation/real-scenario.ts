import { fileURLToPath } from 'node:url';
import { readSettings } from '../../config/settings.ts';
import { loadSources, parseSource, type SourceFile } from '../../config/sources.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import { matchingKey, partitionOf } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { Router } from '../../streams/ingress/router.ts';
import { SourceRegistry } from '../../streams/mapping/registry.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import { kindsOf, type Kinds } from '../../actors/node/kinds.ts';
import { order } from '../../actors/order/index.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { createMatching } from '../../actors/party/matching.ts';
import { earlyCommands, planCorrections } from './corrections.ts';
import { restates } from './restates.ts';
import { PEOPLE, realFeed, shuffled, type FeedFile } from './real-feed.ts';
import { interleave, smallLimits, type Append, type CommandSent, type Poison, type Scenario } from './scenario.ts';
import type { Random } from './world.ts';

const COUNTS: PartitionCounts = { order: 2, customer: 2, enterprise: 1, match: 2, product: 1 };

const KINDS = kindsOf(createMatching({ key: 'a secret of the simulator' }));

/** Compiled once a process, as a node does. */
const FILES = loadSources([fileURLToPath(new URL('./sources/', import.meta.url))]);

/** The next version of a source, which reads some fields of orders, lines and parties otherwise. */
function corrected({ text, file }: SourceFile): SourceFile {
  const version = text.replace(/^version: 1$/m, 'version: 2');
  return parseSource(
    version.replace(/channel: \{ const: \w+ \}/, 'channel: { const: other }').replaceAll('collapse', 'trim'),
    file,
  );
}

const CORRECTED = ['online-retail', 'olist'];

const SOURCES = new SourceRegistry([
  ...FILES,
  ...FILES.filter(({ source }) => CORRECTED.includes(source.name)).map(corrected),
]);
const STAGES = createStages(SOURCES, readSettings({}));

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Which parts make the order actor fail: those whose hash begins so. */
interface PoisonMark {
  readonly kind: Poison;
  readonly hash: string;
}

/** The real stages and actors on small feeds of the shipped sources, in any order and any interleaving. */
export function realScenario(random: Random): Scenario {
  const files = realFeed(random).flatMap((file) => readings(random, file));
  const mark = drawPoison(random);
  const verdicts = verdictsOn(random);
  const batches = files.flatMap((file) => batchesOf(random, file));
  const corrections = planCorrections(random, SOURCES, STAGES, COUNTS, batches);
  return {
    name: 'real actors',
    counts: COUNTS,
    limits: {
      ...smallLimits(random),
      residentBytes: 10_000 + random.below(40_000),
      commitBytes: 30_000 + random.below(60_000),
    },
    stages: STAGES,
    appends: interleave(
      random,
      shuffled(random, [
        ...batches,
        ...earlyCommands(random, corrections),
        ...restates(batches.length, COUNTS, batches),
      ]),
      verdicts.flatMap((command) => appendsOf(random, command)),
    ),
    commands: verdicts,
    corrections,
    records: files.reduce((sum, { records }) => sum + records.length, 0),
    independent: ['order'],
    actors: (fail) => actorsWith(mark, fail),
    comparable: (body) => body,
  };
}

/**
 * What persons say of some people: of each pair, one hears all that is said of the two, so that it is said in an order.
 * Some come before anybody has heard of whom they are about.
 */
function verdictsOn(random: Random): CommandSent[] {
  const keys = Array.from({ length: PEOPLE }, (_, n) => matchingKey('main', 'customer', 'crm', `p-${n}`));
  const people = shuffled(random, keys);
  const about = Array.from({ length: 4 }, (_, n) => [people[2 * n], people[2 * n + 1]] as const);
  return Array.from({ length: 14 }, (_, n) => {
    const [key = '', other = ''] = random.pick(about);
    const why = 'a person says so';
    const said = random.chance(0.5)
      ? { name: 'split', data: { from: [other], why } }
      : { name: 'join', data: { with: other, why, ...(random.chance(0.5) && { undo: [other] }) } };
    return { key, ...said, idempotencyKey: `verdict-${n}` };
  });
}

function appendsOf(random: Random, command: CommandSent): Append[] {
  const body: CommandBody = { v: 1, type: 'command', ...command };
  const append: Append = {
    partition: partitionOf('customer', command.key, COUNTS),
    lane: 'fast',
    body: JSON.stringify(body),
  };
  return random.chance(0.2) ? [append, append] : [append];
}

function drawPoison(random: Random): PoisonMark | null {
  if (random.chance(0.6)) return null;
  const letter = (): string => BASE64URL.charAt(random.below(BASE64URL.length));
  return random.chance(0.8) ? { kind: 'throws', hash: letter() } : { kind: 'kills', hash: letter() };
}

function actorsWith(mark: PoisonMark | null, fail: (kind: Poison) => void): Kinds {
  return mark === null ? KINDS : new Map(KINDS).set('order', poisoned(order, mark, fail));
}

function poisoned(actor: AnyActor, { kind, hash }: PoisonMark, fail: (kind: Poison) => void): AnyActor {
  return {
    ...actor,
    decide: (state, message, records) => {
      if (message.type === 'part' && (message.data as Part).hash.startsWith(hash)) fail(kind);
      return actor.decide(state, message, records);
    },
  };
}

/** A file as read by one version of its source, by another, or by both: fed, corrected and reprocessed at any moment. */
interface Reading extends FeedFile {
  readonly version: number;
}

function readings(random: Random, file: FeedFile): Reading[] {
  const { version: newest } = SOURCES.newest(file.source);
  const versions = newest === 1 ? [1] : random.pick([[1], [2], [1, 2], [2, 1]]);
  return versions.map((version) => ({ ...file, version }));
}

function batchesOf(random: Random, { source, version, file, columns, records }: Reading): Append[] {
  const compiled = SOURCES.find(source, version) ?? SOURCES.newest(source);
  const router = new Router(compiled, file);
  router.begin(columns);
  const texts = new Map<PartitionId, string[]>();
  for (const record of records) {
    const { kind, key, text } = router.route(record);
    const partition = partitionOf(kind, key, COUNTS);
    texts.set(partition, [...(texts.get(partition) ?? []), text]);
  }
  const head = { v: 1, type: 'records', source, sourceVersion: compiled.version, feed: file, columns };
  const begin = `${JSON.stringify(head).slice(0, -1)},"records":[`;
  return [...texts].flatMap(([partition, queue]) =>
    cut(random, queue).map((some) => ({
      partition,
      lane: 'bulk' as const,
      body: `${begin}${some.join(',')}]}`,
    })),
  );
}

function cut(random: Random, texts: readonly string[]): string[][] {
  const cuts: string[][] = [];
  for (let from = 0; from < texts.length; from += cuts.at(-1)?.length ?? 0)
    cuts.push(texts.slice(from, from + 1 + random.below(25)));
  return cuts;
}
