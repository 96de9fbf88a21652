import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { MasterflagError } from '../schemas/errors.ts';
import { uncompressedName, type SourceFormat } from '../schemas/format.ts';

/** One file of a feed, or standard input. */
export interface Input {
  readonly name: string;
  /** Bytes; undefined for standard input, which has no end that is known before. */
  readonly size: number | undefined;
  readonly open: () => Readable;
}

/** A file of a folder that is not fed. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  readonly skipped: readonly Skipped[];
}

const CHUNK_BYTES = 256 * 1024;

/** What is fed of a folder, in which licences and notes lie too. */
export interface FolderRule {
  readonly format: SourceFormat['type'];
  /** The source itself says what files of this name are. */
  readonly names: (file: string) => boolean;
}

/** How files of a format are mostly called, whether they are compressed or not. */
const EXTENSIONS: Readonly<Record<SourceFormat['type'], RegExp>> = {
  csv: /\.(csv|tsv|txt)$/i,
  tsv: /\.(tsv|tab|txt|csv)$/i,
  fixed: /\.(txt|dat|fix|prn|asc)$/i,
  ndjson: /\.(ndjson|jsonl|json)$/i,
  json: /\.(json|ndjson|jsonl)$/i,
  xml: /\.xml$/i,
};

/**
 * Files as they are named, the files of a folder by name, `-` for standard input.
 * @throws MF_USAGE for a path that cannot be read
 */
export function openInputs(paths: readonly string[], rule: FolderRule, stdinName: string): Inputs {
  const inputs: Input[] = [];
  const skipped: Skipped[] = [];
  for (const path of paths) {
    if (path === '-') inputs.push({ name: stdinName, size: undefined, open: () => process.stdin });
    else if (stat(path).isDirectory()) folder(path, rule, inputs, skipped);
    else inputs.push(file(path));
  }
  return { inputs, skipped };
}

function folder(path: string, { format, names }: FolderRule, inputs: Input[], skipped: Skipped[]): void {
  for (const name of readdirSync(path).sort()) {
    const whole = join(path, name);
    if (name.startsWith('.') || !stat(whole).isFile()) continue;
    if (names(name) || EXTENSIONS[format].test(uncompressedName(name))) inputs.push(file(whole));
    else skipped.push({ name: whole, reason: `its name does not say that it is ${format}; name the file to feed it` });
  }
}

function file(path: string): Input {
  const { size } = stat(path);
  return { name: path, size, open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) };
}

function stat(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new MasterflagError('MF_USAGE', `cannot read ${path}: ${message}`, { cause });
  }
}
