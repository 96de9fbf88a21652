import { createHash, hash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import { Manifest, type ImageFile } from '../../../schemas/image.ts';
import { upcast } from '../../../schemas/upcast.ts';
import { compileCheck } from '../../../schemas/validate.ts';
import type { EventsAppend } from '../../../streams/log.ts';
import type { Image } from './image.ts';
import { PAGE } from './ports-image.ts';

export const MANIFEST = 'manifest.json';
export const SECRET = 'matching.key';
export const CHECKPOINTS = 'checkpoints.ndjson.gz';

export const documentsFile = (collection: string): string => `documents/${collection}.ndjson.gz`;
export const messagesFile = (partition: string, lane: string): string => `messages/${partition}.${lane}.ndjson.gz`;
export const eventsFile = (partition: string): string => `events/${partition}.ndjson.gz`;

/** The folder of what went out of the quarantine into files, in the backup as in the data folder. */
export const QUARANTINE = 'quarantine';

/** Characters of a page of lines, beyond its last. */
const PAGE_LENGTH = 4 << 20;

/** Damaged files that an error names. */
const NAMED = 5;

const violationOf = compileCheck(Manifest);

/**
 * A backup, every file of which is as it was written.
 * @throws MF_BACKUP_DAMAGED that names the files; MF_NEWER_VERSION
 */
export class FolderImage implements Image {
  readonly manifest: Manifest;
  private readonly folder: string;

  private constructor(folder: string, manifest: Manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  static async open(folder: string, onProgress: (file: string) => void = () => undefined): Promise<FolderImage> {
    const image = new FolderImage(folder, readManifest(folder));
    const damage: string[] = [];
    for (const file of image.manifest.files) {
      onProgress(file.name);
      const wrong = await damageOf(folder, file);
      if (wrong !== undefined) damage.push(`${join(folder, file.name)} ${wrong}`);
    }
    if (damage.length === 0) return image;
    const more = damage.length > NAMED ? ` and ${damage.length - NAMED} more` : '';
    throw new MasterflagError('MF_BACKUP_DAMAGED', `${damage.slice(0, NAMED).join('; ')}${more}`);
  }

  get id(): string {
    return `backup ${this.manifest.id}`;
  }

  get facts(): Manifest['facts'] {
    return this.manifest.facts;
  }

  /** Undefined of a backup that was made without it. */
  get secret(): string | undefined {
    return this.has(SECRET) ? readFileSync(join(this.folder, SECRET), 'utf8').trim() : undefined;
  }

  /** Names of the files of the quarantine. */
  get quarantine(): readonly string[] {
    const prefix = `${QUARANTINE}/`;
    return this.manifest.files.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    const found: Checkpoint[] = [];
    for await (const page of this.lines(CHECKPOINTS)) {
      found.push(...page.map((line) => upcast<Checkpoint>('checkpoint', JSON.parse(line))));
    }
    return found;
  }

  async *documents(collection: string): AsyncGenerator<readonly StoredDocument[]> {
    for await (const page of this.lines(documentsFile(collection))) {
      yield page.map((line) => ({
        ...(JSON.parse(line) as Omit<StoredDocument, 'collection' | 'keys'>),
        collection,
        keys: [],
      }));
    }
  }

  async *messages(partition: string, lane: string): AsyncGenerator<readonly string[]> {
    for await (const page of this.lines(messagesFile(partition, lane))) {
      yield page.map((line) => JSON.parse(line) as string);
    }
  }

  async *events(partition: string): AsyncGenerator<readonly EventsAppend[]> {
    for await (const page of this.lines(eventsFile(partition))) {
      yield page.map((line) => JSON.parse(line) as EventsAppend);
    }
  }

  /** A collection that an older version did not have has no file. */
  private lines(name: string): AsyncIterable<readonly string[]> {
    return this.has(name) ? readLines(join(this.folder, name)) : none();
  }

  private has(name: string): boolean {
    return this.manifest.files.some((file) => file.name === name);
  }
}

export function digestOf({ digest: _digest, ...rest }: Manifest): string {
  return hash('sha256', JSON.stringify(rest));
}

function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw damaged(path, 'is not there: this is no backup, or one that was not finished');
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw damaged(path, 'is no JSON', cause);
  }
  const { v } = (manifest ?? {}) as { readonly v?: unknown };
  if (typeof v === 'number' && v > 1) {
    throw new MasterflagError('MF_NEWER_VERSION', `${path} is of version ${v}; this version reads up to 1`);
  }
  const violation = violationOf(manifest);
  if (violation !== null) throw damaged(path, `is no manifest: ${violation.path.join('.')} ${violation.message}`);
  const read = manifest as Manifest;
  if (digestOf(read) !== read.digest) throw damaged(path, 'is not what was written');
  return read;
}

async function damageOf(folder: string, { name, bytes, sha256 }: ImageFile): Promise<string | undefined> {
  const path = join(folder, name);
  if (!existsSync(path)) return 'is not there';
  const digest = createHash('sha256');
  let found = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    found += chunk.length;
  }
  if (found !== bytes) return `has ${found} bytes instead of ${bytes}`;
  return digest.digest('hex') === sha256 ? undefined : 'is not what was written';
}

function damaged(path: string, what: string, cause?: unknown): MasterflagError {
  return new MasterflagError('MF_BACKUP_DAMAGED', `${path} ${what}`, { cause });
}

async function* none(): AsyncGenerator<readonly string[]> {
  // Nothing is in a file that is not there.
}

/** Pages of lines. Cut at line feeds alone: a text may have other characters that some take for the end of a line. */
async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  const file = createReadStream(path);
  const unzipped = createGunzip({ chunkSize: 256 * 1024 });
  file.on('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  try {
    let page: string[] = [];
    let length = 0;
    for await (const line of linesOf(unzipped as AsyncIterable<Buffer>)) {
      page.push(line);
      length += line.length;
      if (page.length < PAGE && length < PAGE_LENGTH) continue;
      yield page;
      [page, length] = [[], 0];
    }
    if (page.length > 0) yield page;
  } finally {
    file.destroy();
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let begun: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    begun.push(first);
    for (const other of others) {
      yield begun.join('');
      begun = [other];
    }
  }
}
