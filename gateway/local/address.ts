import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest path of a Unix socket on the platforms that run this: 104 bytes with the terminating zero on macOS. */
const LONGEST_PATH = 100;

/** Where the owner of a data folder listens: in the folder, or, where its path is too long for a socket, beside it. */
export function socketPath(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\masterflag-${name}`;
  const path = join(folder, 'owner.sock');
  return Buffer.byteLength(path) <= LONGEST_PATH ? path : join(tmpdir(), `masterflag-${name}.sock`);
}
