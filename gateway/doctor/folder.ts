import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openReading } from '../../actors/node/reading.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import { socketPath } from '../local/address.ts';
import { LocalClient } from '../local/client.ts';
import { observe, type Observation } from './observation.ts';

export interface FileSystem {
  /** The file system's magic number (statfs(2)); only Linux has numbers that can be told. */
  readonly magic: number | undefined;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** The secret that identifiers are hashed with, as a file. */
export interface KeyFile {
  readonly path: string;
  readonly length: number;
  /** Whether others than its owner and group may read it. */
  readonly open: boolean;
}

export interface FolderFacts {
  readonly folder: string;
  /** The folder, or the nearest one above that there is. */
  readonly writable: Observation<string>;
  readonly fileSystem: Observation<FileSystem>;
  /** Bytes of the data set; the code of the refusal when it cannot be read: MF_DATA_ABSENT, MF_NEWER_VERSION ... */
  readonly data: Observation<{ readonly bytes: number }>;
  readonly owner: Observation<string>;
  /** When the newest file of the data set was written, in ms since the epoch; 0 of none. */
  readonly newest: number;
}

/** Looks at an embedded data set. Changes nothing, whether an engine runs or not. */
export async function lookAtFolder(settings: Settings): Promise<FolderFacts> {
  const folder = settings.data;
  const [writable, fileSystem, owner, newest] = await Promise.all([
    observe(() => nearest(folder).then(canWrite)),
    observe(() => nearest(folder).then(fileSystemOf)),
    observe(() => ownerOf(folder)),
    newestFile(folder),
  ]);
  return { folder, writable, fileSystem, owner, newest, data: await observe(() => dataOf(settings)) };
}

/** @throws what reading it throws */
export async function lookAtKeyFile(path: string): Promise<KeyFile> {
  const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
  // Where containers are given secrets, nobody else is there to read them.
  const isOpen = process.platform !== 'win32' && !path.startsWith('/run/secrets/') && (mode & 0o007) !== 0;
  return { path, length: text.trim().length, open: isOpen };
}

async function nearest(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return nearest(above);
  }
}

async function canWrite(folder: string): Promise<string> {
  await access(folder, constants.W_OK | constants.X_OK);
  return folder;
}

async function fileSystemOf(folder: string): Promise<FileSystem> {
  const { type, bsize, blocks, bavail } = await statfs(folder);
  const magic = process.platform === 'linux' ? type >>> 0 : undefined;
  return { magic, totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

/** An owner listens on the socket of its folder. @throws when none does */
async function ownerOf(folder: string): Promise<string> {
  const path = socketPath(folder);
  const client = await LocalClient.open(path);
  client.close();
  return path;
}

async function dataOf(settings: Settings): Promise<{ bytes: number }> {
  const files = await dataFiles(settings.data);
  // Opening what is not there would say so in the words of a lower layer.
  if (files.length === 0) throw new MasterflagError('MF_DATA_ABSENT', `there is no data set in ${settings.data}`);
  const reading = await openReading(settings);
  reading.close();
  return { bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

async function newestFile(folder: string): Promise<number> {
  return Math.max(0, ...(await dataFiles(folder)).map(({ at }) => at));
}

async function dataFiles(folder: string): Promise<{ size: number; at: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.startsWith('masterflag.db'));
  return Promise.all(
    files.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
      return { size, at: mtimeMs };
    }),
  );
}
