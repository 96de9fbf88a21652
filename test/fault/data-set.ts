import { COLLECTIONS } from '../../config/tasks.ts';
import { readSettings } from '../../config/settings.ts';
import { loadSources } from '../../config/sources.ts';
import { findMatchKey } from '../../config/match-key.ts';
import { kindsOf } from '../../actors/node/kinds.ts';
import { matchingOf } from '../../actors/node/matching.ts';
import { createMatching } from '../../actors/party/matching.ts';
import { openReadPorts, type ReadPorts } from '../../actors/node/ports.ts';
import { recordsOf } from '../../actors/partition/resident.ts';
import type { RecordBatch } from '../../schemas/inbox.ts';
import { kindOfKey } from '../../schemas/key.ts';
import { allPartitions } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { ResolutionDocument } from '../../schemas/tasks/quarantine.ts';
import { SourceRegistry } from '../../streams/mapping/registry.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import { Model } from '../simulation/model.ts';

/** What depends on how often something was fed, and not on what it said. */
const NOT_COMPARED: readonly string[] = [
  'management.setup',
  'management.sources',
  ...['management.feeds', 'management.resolutions', 'management.exports', 'master.outcomes', 'master.timers'],
];

export interface ReadEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: object;
}

/** Everything that a data set says, for comparing it with another one. */
export interface DataSet {
  /** Body texts by `collection/id`. */
  readonly bodies: ReadonlyMap<string, string>;
  /** Events by entity, in order. */
  readonly events: ReadonlyMap<string, readonly ReadEvent[]>;
  readonly versions: ReadonlyMap<string, number>;
  /** What became of the entries that are in quarantine no more. */
  readonly resolutions: readonly ResolutionDocument[];
  /** Sums of the verdicts of all feeds. */
  readonly verdicts: Readonly<Record<string, number>>;
}

export function readDataSet(data: string): Promise<DataSet> {
  return dataSetOf(readSettings({}, { data }));
}

/** The same of a cluster. */
export async function dataSetOf(settings: Settings): Promise<DataSet> {
  const ports = await openReadPorts(settings);
  try {
    const bodies = new Map<string, string>();
    const versions = new Map<string, number>();
    for (const collection of COLLECTIONS) {
      if (NOT_COMPARED.includes(collection)) continue;
      for await (const { id, json, version } of documents(ports, collection)) {
        bodies.set(`${collection}/${id}`, json ?? '');
        if (collection === 'master.flags') versions.set(id, version);
      }
    }
    const resolutions: ResolutionDocument[] = [];
    for await (const { json } of documents(ports, 'management.resolutions'))
      resolutions.push(JSON.parse(json ?? '') as ResolutionDocument);
    return { bodies, versions, resolutions, events: await readEvents(ports), verdicts: await readVerdicts(ports) };
  } finally {
    await ports.close();
  }
}

/** What `export` prints of these collections, by `collection/id`, read without a process for each. */
export async function exportsOf(settings: Settings, collections: readonly string[]): Promise<Map<string, string>> {
  const ports = await openReadPorts(settings);
  const bodies = new Map<string, string>();
  try {
    for (const collection of collections) {
      for await (const { id, json } of documents(ports, collection)) {
        if (json !== null && !isPrintedNowhere(json)) bodies.set(`${collection}/${id}`, json);
      }
    }
    return bodies;
  } finally {
    await ports.close();
  }
}

/** Flags of identifiers, which the secret of the data set is in, and of what nobody speaks of any more. */
function isPrintedNowhere(json: string): boolean {
  return json.includes('"kind":"match"') || json.includes('"status":"forgotten"');
}

/** The plain model of the records that the data set's own log holds: no engine, no batches, one after another. */
export async function modelOf(data: string): Promise<ReadonlyMap<string, string>> {
  const ports = await openReadPorts(readSettings({}, { data }));
  const settings = readSettings({}, { data });
  const { partitions } = settings;
  const sources = new SourceRegistry(loadSources());
  // By its own secret: keys of identifiers are made with it.
  const kinds = kindsOf(matchingOf(findMatchKey(settings) ?? '', settings, sources));
  const model = new Model(kinds, createStages(sources, settings));
  try {
    for (const partition of allPartitions(partitions)) {
      for await (const { body } of pages(
        (after) => ports.log.read(partition, 'bulk', after, PAGE),
        ({ position }) => position,
        0,
      )) {
        model.hearRecords(JSON.parse(body) as RecordBatch);
      }
    }
    return model.bodies;
  } finally {
    await ports.close();
  }
}

/** Events of an entity are numbered from 1 to its version, each once, and fold to its body. */
export function brokenStories({ bodies, events, versions }: DataSet): string[] {
  const broken: string[] = [];
  for (const [key, version] of versions) {
    const own = events.get(key) ?? [];
    const gapless = own.length === version && own.every(({ sequence }, n) => sequence === String(n + 1));
    if (!gapless) broken.push(`${key}: version ${version}, events ${own.map(({ sequence }) => sequence).join(' ')}`);
    else if (!foldsToBodies(key, own, bodies)) broken.push(`${key}: its events do not fold to its bodies`);
  }
  for (const key of events.keys()) if (!versions.has(key)) broken.push(`${key} has events and no flag`);
  return broken;
}

/** How events fold depends on no secret. */
const KINDS = kindsOf(createMatching({ key: 'any secret' }));

function foldsToBodies(key: string, events: readonly ReadEvent[], bodies: ReadonlyMap<string, string>): boolean {
  const actor = KINDS.get(kindOfKey(key) ?? '');
  if (actor === undefined) return false;
  // That its messages were parked is the worker's word about the entity, not a change of it.
  const own = events.filter(({ type }) => !/\.(un)?parked$/.test(type));
  const state = own.reduce((before, event) => actor.evolve(before, event), actor.initial(key));
  const { records } = actor.project(state, [], recordsOf(new Map()));
  return records.every(({ collection, id, body }) => {
    const stored = bodies.get(`${collection}/${id}`);
    return body === null ? stored === undefined : stored === JSON.stringify({ _id: id, ...body });
  });
}

const PAGE = { messages: 200, bytes: 16 << 20 } as const;

async function* documents(ports: ReadPorts, collection: string) {
  yield* pages(
    (after) => ports.store.page(collection, { after, limit: 1000 }),
    ({ id }) => id,
    '',
  );
}

async function* pages<T, P>(read: (after: P) => Promise<T[]>, place: (item: T) => P, start: P): AsyncGenerator<T> {
  for (let after = start; ;) {
    const page = await read(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = place(last);
  }
}

async function readEvents(ports: ReadPorts): Promise<Map<string, ReadEvent[]>> {
  const events = new Map<string, ReadEvent[]>();
  for (const { id } of await ports.store.progress()) {
    for await (const { body } of pages(
      (after) => ports.log.readEvents(id, after, PAGE),
      ({ position }) => position,
      0,
    )) {
      for (const event of JSON.parse(body) as ReadEvent[]) {
        const own = events.get(event.subject);
        if (own === undefined) events.set(event.subject, [event]);
        else own.push(event);
      }
    }
  }
  return events;
}

async function readVerdicts(ports: ReadPorts): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for await (const { json } of documents(ports, 'management.feeds')) {
    for (const [name, count] of Object.entries(JSON.parse(json ?? '{}') as Record<string, unknown>)) {
      if (typeof count === 'number' && name !== 'v') sums[name] = (sums[name] ?? 0) + count;
    }
  }
  return sums;
}
