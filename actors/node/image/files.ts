import { hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageFile } from '../../../schemas/image.ts';

/** A file whole or not at all, on the disk with its name; only its user may read it. */
export function writeWhole(path: string, text: string): void {
  const opened = openSync(`${path}.new`, 'w', 0o600);
  try {
    const bytes = Buffer.from(`${text}\n`);
    for (let from = 0; from < bytes.length;) from += writeSync(opened, bytes, from);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

/** The name of a file is in its folder's own pages. Windows cannot open a folder, and writes names through. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** Copies a small file into a backup, if it is not there yet. @returns what the manifest says of it */
export function copyFile(from: string, folder: string, name: string): ImageFile {
  const bytes = readFileSync(from);
  const to = join(folder, name);
  if (!existsSync(to)) {
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes, { mode: 0o600, flush: true });
  }
  return { name, bytes: bytes.length, sha256: hash('sha256', bytes) };
}
