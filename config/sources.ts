import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { MasterflagError } from '../schemas/errors.ts';
import { didYouMean } from '../schemas/nearest.ts';
import { Source } from '../schemas/source.ts';
import { compileChecks, type Violation } from '../schemas/validate.ts';

export type SourcePath = readonly (string | number)[];

/** What is wrong with a source, and where: line and column count from 1. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** All that is wrong with a file, or with several. */
export class SourceInvalid extends MasterflagError {
  override readonly name = 'SourceInvalid';
  readonly problems: readonly SourceProblem[];

  constructor(problems: readonly SourceProblem[]) {
    super('MF_SOURCE_INVALID', problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

export function problemText({ file, line, column, message }: SourceProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** A source as its file says it, with the way back to the lines of the file. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** Of the right shape as far as no problem says otherwise. */
  readonly source: Source;
  /** What its schema finds wrong with it; the mapping is checked when it is compiled. */
  readonly problems: readonly SourceProblem[];
  /** Kinds of record whose rules are of the right shape, so that their mapping can be checked whatever else is wrong. */
  readonly shapely: readonly string[];
  /** Names the line of what stands at a path, or of the name at its end. */
  readonly problem: (path: SourcePath, message: string, at?: 'name' | 'value') => SourceProblem;
  /** A file beside the source. @throws Error for one that cannot be read, or lies elsewhere */
  readonly beside: (name: string) => string;
}

export const SHIPPED_SOURCES = fileURLToPath(new URL('./sources/', import.meta.url));

/** Compiled when the first source is read: commands that read none need not wait for it. */
let checkSource: ReturnType<typeof compileChecks> | undefined;

/** Shipped sources, then those of further folders. Every file is read, so that no error waits for its first feed. */
export function loadSources(folders: readonly string[] = []): SourceFile[] {
  return [SHIPPED_SOURCES, ...folders].flatMap((folder) =>
    sourceNames(folder).map((name) => readSource(join(folder, name))),
  );
}

/** @throws MF_SOURCE_INVALID for a file that cannot be read at all */
export function readSource(file: string): SourceFile {
  try {
    return parseSource(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    throw unreadable(`the source ${file}`, cause);
  }
}

function sourceNames(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name));
    return names.filter((name) => !/\.cases\.ya?ml$/.test(name) && !/\.schema\.json$/.test(name)).sort();
  } catch (cause) {
    throw unreadable('the folder of sources', cause);
  }
}

function unreadable(what: string, cause: unknown): MasterflagError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new MasterflagError('MF_SOURCE_INVALID', `${what} cannot be read: ${message}`, { cause });
}

/** A source of text, whatever is wrong with it: `problems` says what. */
export function parseSource(text: string, file: string): SourceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): SourceProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };
  const problem: SourceFile['problem'] = (path, message, place = 'value') =>
    at(offsetOf(document, path, place), message);
  const broken = document.errors.map(({ pos, message }) => at(pos[0], message));
  const source: unknown = broken.length > 0 ? {} : document.toJS({ maxAliasCount: 1000 });
  checkSource ??= compileChecks(Source);
  const violations = broken.length > 0 ? [] : checkSource(source);
  const problems = violations.map((violation) => problem(placeOf(violation), explain(violation), atOf(violation)));
  return {
    file,
    text,
    source: (typeof source === 'object' && source !== null ? source : {}) as Source,
    problems: broken.length > 0 ? broken : problems,
    shapely: shapelyRecords(source, violations),
    problem,
    beside: (name) => readFileSync(besideOf(file, name), 'utf8'),
  };
}

/** Keys that nobody knows change no shape. */
function shapelyRecords(source: unknown, violations: readonly Violation[]): string[] {
  const records = (source as Partial<Source> | null)?.records;
  if (typeof records !== 'object' || typeof (source as Partial<Source>).format !== 'object') return [];
  const wrong = violations.filter(({ params }) => typeof params['additionalProperty'] !== 'string');
  const names = wrong.map(({ path }) => (path[0] === 'records' ? String(path[1]) : ''));
  return Object.keys(records).filter((name) => !names.includes(name));
}

function besideOf(file: string, name: string): string {
  const folder = dirname(file);
  const path = normalize(join(folder, name));
  if (path.startsWith(normalize(join(folder, '/')))) return path;
  throw new RangeError(`${name} does not lie beside the source`);
}

/** Where the innermost node on the path begins that the file has; of the last name itself, if that is meant. */
function offsetOf(document: Document, path: SourcePath, at: 'name' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [i, step] of path.entries()) {
    const known = resolved(node, document);
    const key = isMap(known)
      ? known.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(step))?.key
      : undefined;
    const found = isNode(known) && 'getIn' in known ? known.getIn([step], true) : undefined;
    if (at === 'name' && i === path.length - 1 && isNode(key)) return key.range?.[0] ?? offset;
    if (!isNode(found)) return offset;
    node = found;
    // What stands in an alias stands at its anchor.
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function placeOf(violation: Violation): SourcePath {
  const unknown = violation.params['additionalProperty'];
  return typeof unknown === 'string' ? [...violation.path, unknown] : violation.path;
}

function atOf({ params }: Violation): 'name' | 'value' {
  return typeof params['additionalProperty'] === 'string' ? 'name' : 'value';
}

function explain(violation: Violation): string {
  const place = violation.path.join('.') || 'the source';
  const { params, message, known } = violation;
  const unknown = params['additionalProperty'];
  if (typeof unknown === 'string') return `${place} has no ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`;
  const missing = params['missingProperty'];
  if (typeof missing === 'string') return `${place} needs ${missing}`;
  const allowed = params['allowedValues'];
  if (!Array.isArray(allowed)) return `${place} ${message}`;
  const words = allowed.map(String);
  const near = typeof violation.value === 'string' ? didYouMean(violation.value, words) : '';
  return `${place} is one of ${words.join(', ')}${near}`;
}
