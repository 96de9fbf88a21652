import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MasterflagError } from '../schemas/errors.ts';
import type { Settings } from '../schemas/settings.ts';

type Place = Pick<Settings, 'data' | 'matchKeyFile'>;

/** Shorter secrets are guessed. */
const SHORTEST = 16;

/**
 * The secret of the data set, which identifiers are hashed with. Made at the first start, in a file of the data folder
 * that only its user may read, unless the settings name another file. The folder also keeps by which secret it was
 * made (a hash of it): with another one, whatever is heard from now on would meet nothing that was heard before.
 * Call it as the owner of the folder. @throws MF_MATCH_KEY
 */
export function ownMatchKey(settings: Place): string {
  const check = checkFile(settings.data);
  const known = matchCheckOf(settings.data);
  const file = fileOf(settings);
  if (settings.matchKeyFile === '' && known === undefined && !existsSync(file)) {
    write(file, randomBytes(32).toString('base64url'));
  }
  const key = read(file);
  if (known === undefined) write(check, checkOf(key));
  else if (known !== checkOf(key)) throw wrong(file, 'is not the secret that this data set was made with');
  return key;
}

/**
 * The secret of a cluster, which every node has in a file of its own: a key that each made for itself would tie what one
 * of them heard to nothing that another heard. @throws MF_MATCH_KEY
 */
export function clusterMatchKey({ matchKeyFile }: Pick<Settings, 'matchKeyFile'>): string {
  if (matchKeyFile === '') {
    const message = 'a cluster has no folder to keep its secret in: MASTERFLAG_MATCH_KEY_FILE has to name its file';
    throw new MasterflagError('MF_MATCH_KEY', message);
  }
  return read(matchKeyFile);
}

/** The same for whoever only reads: undefined where it is not to be had. */
export function findMatchKey(settings: Place): string | undefined {
  const file = fileOf(settings);
  return existsSync(file) ? read(file) : undefined;
}

/** By which secret the data set of a folder was made, as a hash; undefined of one that has matched nothing yet. */
export function matchCheckOf(data: string): string | undefined {
  const check = checkFile(data);
  return existsSync(check) ? readFileSync(check, 'utf8').trim() : undefined;
}

/**
 * The secret that a data set from elsewhere was made with: from the file that the settings name, or else the one that
 * came with it. @throws MF_MATCH_KEY when there is none, or another
 */
export function foreignMatchKey(
  { matchKeyFile }: Pick<Settings, 'matchKeyFile'>,
  came: string | undefined,
  check: string,
): string {
  if (matchKeyFile === '' && came === undefined) {
    const message = 'the secret did not come with the data set: MASTERFLAG_MATCH_KEY_FILE has to name its file';
    throw new MasterflagError('MF_MATCH_KEY', message);
  }
  const key = matchKeyFile === '' ? (came ?? '') : read(matchKeyFile);
  if (checkOf(key) === check) return key;
  throw wrong(
    matchKeyFile === '' ? 'what came with the data set' : matchKeyFile,
    'is not the secret that it was made with',
  );
}

/** Puts the secret of a data set from elsewhere where `ownMatchKey` looks for it. */
export function keepMatchKey({ data, matchKeyFile }: Place, key: string): void {
  if (matchKeyFile === '') write(join(data, KEY_FILE), key);
  write(checkFile(data), checkOf(key));
}

const KEY_FILE = 'matching.key';

function checkFile(data: string): string {
  return join(data, 'matching.check');
}

function fileOf({ data, matchKeyFile }: Place): string {
  return matchKeyFile === '' ? join(data, KEY_FILE) : matchKeyFile;
}

function read(file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw wrong(file, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (key.length < SHORTEST) throw wrong(file, `holds ${key.length} characters, and a secret has at least ${SHORTEST}`);
  return key;
}

/** Whole or not at all. */
function write(file: string, text: string): void {
  const opened = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(opened, `${text}\n`);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(`${file}.new`, file);
}

/** Tells secrets apart without telling them. */
export function checkOf(key: string): string {
  return createHmac('sha256', key).update('masterflag matching').digest('hex');
}

function wrong(file: string, what: string, cause?: unknown): MasterflagError {
  return new MasterflagError('MF_MATCH_KEY', `${file} ${what}`, { cause });
}
