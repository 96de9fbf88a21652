import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { MasterflagError } from '../schemas/errors.ts';
import { didYouMean } from '../schemas/nearest.ts';
import { Source } from '../schemas/source.ts';
import { compileCheck, type Violation } from '../schemas/validate.ts';
import { formatMisfit } from './format-misfit.ts';

export type SourcePath = readonly (string | number)[];

/** A source as its file says it, with the way back to the lines of the file. */
export interface SourceFile {
  readonly file: string;
  readonly source: Source;
  /** An error that names file and line of what stands at a path. */
  readonly error: (path: SourcePath, message: string) => MasterflagError;
}

export const SHIPPED_SOURCES = fileURLToPath(new URL('./sources/', import.meta.url));

const checkSource = compileCheck(Source);

/** Shipped sources, then those of further folders. Every file is read, so that no error waits for its first feed. */
export function loadSources(folders: readonly string[] = []): SourceFile[] {
  return [SHIPPED_SOURCES, ...folders].flatMap(loadFolder);
}

function loadFolder(folder: string): SourceFile[] {
  return sourceNames(folder).map((name) => {
    const file = join(folder, name);
    return parseSource(readFileSync(file, 'utf8'), file);
  });
}

function sourceNames(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name));
    return names.filter((name) => !/\.cases\.ya?ml$/.test(name)).sort();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new MasterflagError('MF_SOURCE_INVALID', `the folder of sources cannot be read: ${message}`, { cause });
  }
}

/** @throws MF_SOURCE_INVALID that names file, line, and the nearest right name. */
export function parseSource(text: string, file: string): SourceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) throw new MasterflagError('MF_SOURCE_INVALID', `${file}: ${problem.message}`);
  const error = (path: SourcePath, message: string) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return new MasterflagError('MF_SOURCE_INVALID', `${file}:${line}:${col}: ${message}`);
  };
  const source: unknown = document.toJS({ maxAliasCount: 1000 });
  const violation = checkSource(source);
  if (violation !== null) throw error(placeOf(violation), explain(violation));
  const misfit = formatMisfit(source as Source);
  if (misfit !== null) throw error(misfit.path, misfit.message);
  return { file, source: source as Source, error };
}

/** Where the innermost node on the path begins that the file has. */
function offsetOf(document: Document, path: SourcePath): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function placeOf(violation: Violation): SourcePath {
  const unknown = violation.params['additionalProperty'];
  return typeof unknown === 'string' ? [...violation.path, unknown] : violation.path;
}

function explain(violation: Violation): string {
  const { path, params, known, rule, message } = violation;
  const place = path.join('.') || 'the source';
  const unknown = params['additionalProperty'];
  if (typeof unknown === 'string') return `${place} has no ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`;
  const allowed = allowedBy(violation);
  if (allowed !== null) {
    const { value, tag } = allowed;
    const hint = typeof value === 'string' ? didYouMean(value, allowed.values) : '';
    return `${place}${tag} must be one of ${allowed.values.join(', ')}${hint}`;
  }
  const { $comment: words } = violation.schema as { readonly $comment?: string };
  if (rule === 'pattern' && words !== undefined) return `${place} must be ${words}`;
  return `${place} ${rule === 'type' ? message.replaceAll(',', ' or ') : message}`;
}

interface Allowed {
  /** `.type` where it is a tag that tells the members of a union apart. */
  readonly tag: string;
  readonly value: unknown;
  readonly values: readonly string[];
}

interface Union {
  readonly oneOf: readonly { readonly properties: Readonly<Record<string, { readonly const?: string }>> }[];
}

function allowedBy({ rule, params, value, schema }: Violation): Allowed | null {
  const { allowedValues, tag, tagValue } = params;
  if (Array.isArray(allowedValues)) return { tag: '', value, values: allowedValues.map(String) };
  if (rule !== 'discriminator' || typeof tag !== 'string') return null;
  const values = (schema as Union).oneOf.map(({ properties }) => properties[tag]?.const ?? '');
  return { tag: `.${tag}`, value: tagValue, values };
}
