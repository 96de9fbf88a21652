import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MasterflagError } from '../../../schemas/errors.ts';
import type { Contents } from '../../../schemas/image.ts';
import { allPartitions, LANES } from '../../../schemas/partition.ts';
import type { Settings } from '../../../schemas/settings.ts';
import { Holding } from '../holding.ts';
import { openTargetPorts, type TargetPorts } from '../ports.ts';
import { agreeOnSetup, type Setup } from '../setup.ts';
import { Copy } from './copy.ts';
import { refuseOtherFacts } from './facts.ts';
import { IMAGE_COLLECTIONS, type Image, type OnProgress } from './image.ts';
import { untilAborted } from './patience.ts';
import { compare } from './read-back.ts';
import { unfinishedFolder, unfinishedStore, type Unfinished } from './unfinished.ts';

export interface TargetRequest {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Called when the target is accepted, before anything is copied. */
  readonly begin?: () => void;
  /** The last before it may be served: what else belongs to a data set. */
  readonly finish?: () => void;
}

export interface Copied {
  readonly contents: Contents;
  /** A part of it was there already. */
  readonly wasBegun: boolean;
}

/**
 * Copies an image to where nothing is, or goes on with the same copy, and compares all of it. Guarantee: in between,
 * killed or not, nobody can serve what is there.
 * @throws MF_TARGET_NOT_EMPTY, MF_RESTORE_UNFINISHED, MF_RESTORE_DIFFERS, MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS,
 * MF_DATA_HELD, MF_DATA_OWNED
 */
export async function copyToFolder(settings: Settings, image: Image, request: TargetRequest): Promise<Copied> {
  refuseOtherFacts(image.facts, settings);
  const { data } = settings;
  const unfinished = unfinishedFolder(data);
  const begun = await begunBefore(unfinished, image, data);
  if (!begun) refuseUsedFolder(data);
  mkdirSync(data, { recursive: true });
  await unfinished.begin(image.id);
  const ports = await openTargetPorts(settings);
  try {
    return { ...(await copyAndCompare(ports, unfinished, image, request)), wasBegun: begun };
  } finally {
    await ports.close();
  }
}

/** The same for a cluster, which is set up as the image says. @throws as copyToFolder, and MF_MATCH_KEY */
export async function copyToCluster(
  settings: Settings,
  setup: Setup,
  image: Image,
  request: TargetRequest,
): Promise<Copied> {
  refuseOtherFacts(image.facts, settings);
  // First, because it says so when a server is not there; a broker waits for it.
  const ports = await openTargetPorts(settings);
  try {
    const holding = await Holding.begin(settings, 'restore');
    try {
      const unfinished = unfinishedStore(ports.store);
      const begun = await begunBefore(unfinished, image, `cluster ${settings.cluster}`);
      if (!begun) await refuseUsedCluster(ports, settings);
      request.begin?.();
      if (!begun) await unfinished.begin(image.id);
      await agreeOnSetup(ports.store, setup);
      return { ...(await copyAndCompare(ports, unfinished, image, request)), wasBegun: begun };
    } finally {
      await holding.end();
    }
  } finally {
    await ports.close();
  }
}

async function copyAndCompare(
  target: TargetPorts,
  unfinished: Unfinished,
  image: Image,
  { signal, onProgress, finish = () => undefined }: TargetRequest,
): Promise<{ readonly contents: Contents }> {
  const parts = { image, target, patience: untilAborted(signal), onProgress };
  const copy = new Copy(parts);
  const contents = await copy.run();
  await compare({ ...parts, copy, copied: contents });
  finish();
  await unfinished.end();
  return { contents };
}

async function begunBefore(unfinished: Unfinished, image: Image, where: string): Promise<boolean> {
  const begun = await unfinished.image();
  if (begun === undefined || begun === image.id) return begun !== undefined;
  throw new MasterflagError('MF_RESTORE_UNFINISHED', `${where} has a part of ${begun}, and not of ${image.id}`);
}

/** What is no data set: of a volume, and of a restore that was killed before it began. */
const NOTHING: readonly string[] = ['lost+found', 'restoring.json.new'];

/** A folder that was mounted is there, and has nothing in it. */
function refuseUsedFolder(data: string): void {
  if (!existsSync(data)) return;
  const [found] = readdirSync(data).filter((name) => !NOTHING.includes(name));
  if (found !== undefined) throw new MasterflagError('MF_TARGET_NOT_EMPTY', `there is something: ${join(data, found)}`);
}

/** A log that was used before has other messages, which would be applied to this data set. */
async function refuseUsedCluster({ log, store }: TargetPorts, { cluster, partitions }: Settings): Promise<void> {
  const [taken] = await store.progress();
  if (taken !== undefined) throw used(cluster, `${taken.id} was taken over by ${taken.owner}`);
  for (const collection of IMAGE_COLLECTIONS) {
    if ((await store.page(collection, { after: '', limit: 1 })).length > 0)
      throw used(cluster, `there are ${collection}`);
  }
  for (const partition of allPartitions(partitions)) {
    const tails = await Promise.all(LANES.map((lane) => log.tail(partition, lane)));
    const { position } = await log.eventsTail(partition);
    if ([...tails, position].some((tail) => tail > 0)) throw used(cluster, `the log has messages of ${partition}`);
  }
}

function used(cluster: string, what: string): MasterflagError {
  return new MasterflagError('MF_TARGET_NOT_EMPTY', `cluster ${cluster} is in use: ${what}`);
}
