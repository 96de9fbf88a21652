import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredDocument } from '../../schemas/document.ts';

/** The folder of the files, in that of the data set. */
const FOLDER = 'quarantine';

/** Text gathered before it is written. */
const BUFFER_LENGTH = 256 * 1024;

/**
 * Documents as NDJSON, one a line, as `masterflag export --meta` prints them. Guarantee: when `finish` returns, the file
 * has its name and is on the disk with all that was added; a file that was begun and not finished ends with `.part`.
 */
export class ExportFile {
  readonly name: string;
  private readonly folder: string;
  private readonly fd: number;
  private lines: string[] = [];
  private length = 0;

  constructor(data: string, what: string) {
    this.folder = join(data, FOLDER);
    mkdirSync(this.folder, { recursive: true });
    this.name = `${what}-${new Date().toISOString().replace(/[-:]/g, '').replace('.', '-')}.ndjson`;
    this.fd = openSync(`${this.path}.part`, 'wx', 0o600);
  }

  add(document: StoredDocument): void {
    if (document.json === null) return;
    const line = `${withMeta(document.json, document)}\n`;
    this.lines.push(line);
    this.length += line.length;
    if (this.length >= BUFFER_LENGTH) this.flush();
  }

  /** @returns its name in the folder */
  finish(): string {
    this.flush();
    fsyncSync(this.fd);
    closeSync(this.fd);
    renameSync(`${this.path}.part`, this.path);
    syncFolder(this.folder);
    return this.name;
  }

  /** Nothing of it is needed. */
  abandon(): void {
    closeSync(this.fd);
    rmSync(`${this.path}.part`, { force: true });
  }

  private get path(): string {
    return join(this.folder, this.name);
  }

  private flush(): void {
    const bytes = Buffer.from(this.lines.join(''));
    for (let from = 0; from < bytes.length;) from += writeSync(this.fd, bytes, from);
    [this.lines, this.length] = [[], 0];
  }
}

/** A body with what depends on the way here beside it, as JSON text. */
export function withMeta(json: string, { version, partition, seq, at, meta }: StoredDocument): string {
  const more = {
    ...{ version, partition, seq, at: new Date(at).toISOString() },
    meta: meta === '' ? null : (JSON.parse(meta) as unknown),
  };
  return `${json.slice(0, -1)},"_meta":${JSON.stringify(more)}}`;
}

/** The name is in the folder's own pages. Windows cannot open a folder, and writes names through. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
