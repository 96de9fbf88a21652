import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { clusterMatchKey, foreignMatchKey, matchCheckOf } from '../../config/match-key.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Contents } from '../../schemas/image.ts';
import type { Settings } from '../../schemas/settings.ts';
import { ownFolder } from '../../store/sqlite/owner.ts';
import { refuseOtherTenant } from './image/facts.ts';
import { SECRET } from './image/folder-image.ts';
import type { Image, OnProgress } from './image/image.ts';
import { untilAborted } from './image/patience.ts';
import { checkpointsOf, portsImage } from './image/ports-image.ts';
import { copyToCluster } from './image/target.ts';
import { markMigrated, migratedTo, refuseHalfFolder, type Migrated } from './image/unfinished.ts';
import { openReadPorts, type ReadPorts } from './ports.ts';
import { refuseOtherSettings } from './reading.ts';
import { setupOf } from './setup.ts';

export interface MigrateRequest {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface MigrateReport {
  readonly contents: Contents;
  readonly wasBegun: boolean;
}

/**
 * Copies the data set of a folder into a cluster that has none, and compares all of it. From its first moment on nobody
 * can serve the folder, and until its last nobody can serve the cluster. Killed at any moment, it goes on when it is
 * run again.
 * @throws MF_DATA_OWNED while the folder is served, MF_DATA_MIGRATED when it is done, MF_DATA_OLDER, MF_MATCH_KEY, and
 * what copyToCluster throws
 */
export async function migrate(settings: Settings, { signal, onProgress }: MigrateRequest): Promise<MigrateReport> {
  const { data, cluster } = settings;
  refuseHalfFolder(data);
  const folder = { ...settings, natsUrl: '', mongodbUrl: '' };
  const ports = await openReadPorts(folder);
  try {
    const disown = ownFolder(data);
    try {
      const id = idOf(data);
      const image = await imageOf(folder, ports, `folder ${id}`, signal);
      const setup = setupOf(settings, secretOf(settings, image));
      const mark = (state: Migrated['state']): void => {
        markMigrated(data, { id, state, cluster, at: new Date().toISOString() });
      };
      const begin = (): void => {
        mark('begun');
      };
      const copied = await copyToCluster(settings, setup, image, { signal, onProgress, begin });
      mark('done');
      return copied;
    } finally {
      disown();
    }
  } finally {
    await ports.close();
  }
}

/** Of this migration: one that was begun goes on. @throws MF_DATA_MIGRATED */
function idOf(data: string): string {
  const before = migratedTo(data);
  if (before?.state !== 'done') return before?.id ?? randomUUID();
  throw new MasterflagError('MF_DATA_MIGRATED', `${data} was migrated to cluster ${before.cluster} (${before.at})`);
}

async function imageOf(settings: Settings, { log, store }: ReadPorts, id: string, signal: AbortSignal): Promise<Image> {
  const { data, tenant, partitions } = settings;
  await refuseOtherSettings(store, settings);
  await refuseOtherTenant(store, settings);
  const facts = { tenant, partitions, matching: matchCheckOf(data) ?? '' };
  const checkpoints = await checkpointsOf(store);
  return portsImage({ id, facts, log, store, checkpoints, patience: untilAborted(signal) });
}

/** @throws MF_MATCH_KEY */
function secretOf(settings: Settings, { facts }: Image): string {
  if (settings.matchKeyFile === '') {
    const message = `MASTERFLAG_MATCH_KEY_FILE has to name the file of the secret, and every node needs it: ${join(settings.data, SECRET)}`;
    throw new MasterflagError('MF_MATCH_KEY', message);
  }
  const secret = clusterMatchKey(settings);
  return facts.matching === '' ? secret : foreignMatchKey(settings, undefined, facts.matching);
}
