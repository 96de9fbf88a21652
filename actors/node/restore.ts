import { join } from 'node:path';
import { clusterMatchKey, foreignMatchKey, keepMatchKey } from '../../config/match-key.ts';
import { isCluster } from '../../config/settings.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Manifest } from '../../schemas/image.ts';
import type { Settings } from '../../schemas/settings.ts';
import { copyFile } from './image/files.ts';
import { FolderImage, QUARANTINE, SECRET } from './image/folder-image.ts';
import type { OnProgress } from './image/image.ts';
import { differencesOf } from './image/sums.ts';
import { copyToCluster, copyToFolder, type Copied } from './image/target.ts';
import { refuseOtherFacts } from './image/facts.ts';
import { setupOf } from './setup.ts';

export interface RestoreRequest {
  /** Of the backup. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface RestoreReport {
  readonly manifest: Manifest;
  readonly wasBegun: boolean;
}

/**
 * Makes a data set of a backup, where there is none. Killed at any moment, it goes on when it is run again, and nobody
 * can serve what is there until all of it has been compared with what the backup says.
 * @throws MF_BACKUP_DAMAGED before anything is written, MF_MATCH_KEY, and what copyToFolder and copyToCluster throw
 */
export async function restore(settings: Settings, request: RestoreRequest): Promise<RestoreReport> {
  const { folder, signal, onProgress } = request;
  const image = await FolderImage.open(folder, (file) => {
    signal.throwIfAborted();
    onProgress(`looking at ${file}`, { records: 0, bytes: 0 });
  });
  refuseOtherFacts(image.facts, settings);
  const copied = await (isCluster(settings) ? toCluster : toFolder)(settings, image, request);
  const wrong = differencesOf(image.manifest.contents, copied.contents);
  if (wrong.length > 0)
    throw new MasterflagError('MF_BACKUP_DAMAGED', `${folder} does not hold what it says: ${wrong[0]}`);
  return { manifest: image.manifest, wasBegun: copied.wasBegun };
}

function toCluster(
  settings: Settings,
  image: FolderImage,
  { folder, signal, onProgress }: RestoreRequest,
): Promise<Copied> {
  const { matching } = image.facts;
  if (settings.matchKeyFile === '' && image.secret !== undefined) {
    const message = `MASTERFLAG_MATCH_KEY_FILE has to name the file of the secret; the backup has it in ${join(folder, SECRET)}`;
    throw new MasterflagError('MF_MATCH_KEY', message);
  }
  const secret = clusterMatchKey(settings);
  if (matching !== '') foreignMatchKey(settings, image.secret, matching);
  return copyToCluster(settings, setupOf(settings, secret), image, { signal, onProgress });
}

function toFolder(
  settings: Settings,
  image: FolderImage,
  { folder, signal, onProgress }: RestoreRequest,
): Promise<Copied> {
  const { matching } = image.facts;
  const key = matching === '' ? undefined : foreignMatchKey(settings, image.secret, matching);
  const finish = (): void => {
    if (key !== undefined) keepMatchKey(settings, key);
    for (const name of image.quarantine) {
      copyFile(join(folder, QUARANTINE, name), settings.data, `${QUARANTINE}/${name}`);
    }
  };
  return copyToFolder(settings, image, { signal, onProgress, finish });
}
