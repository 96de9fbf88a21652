import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MasterflagError } from '../../schemas/errors.ts';
import { sqliteCode, SQLITE_BUSY } from './connection.ts';

const LOCK_FILE = 'owner.lock';

/**
 * Makes this process the only owner of a data folder. The lock is a transaction held open on a file of its own: the
 * operating system lets go of it when the process dies, however it dies, and no pid can be taken for another's.
 * @throws MasterflagError MF_DATA_OWNED when another opening holds it.
 */
export function ownFolder(folder: string): () => void {
  const lock = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    throw new MasterflagError('MF_DATA_OWNED', `another process owns ${folder}`, { cause: error });
  }
  return () => {
    lock.close();
  };
}
