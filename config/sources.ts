import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MasterflagError } from '../schemas/errors.ts';
import { Source } from '../schemas/source.ts';
import { compileChecks, type Violation } from '../schemas/validate.ts';
import { parseYaml, problemText, violationProblem, type FileProblem, type ProblemAt } from './yaml-file.ts';
import { formatMisfit } from './format-misfit.ts';

/** All that is wrong with a file, or with several. */
export class SourceInvalid extends MasterflagError {
  override readonly name = 'SourceInvalid';
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    super('MF_SOURCE_INVALID', problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

/** A source as its file says it, with the way back to the lines of the file. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** Of the right shape as far as no problem says otherwise. */
  readonly source: Source;
  /** What its schema finds wrong with it; the mapping is checked when it is compiled. */
  readonly problems: readonly FileProblem[];
  /** Kinds of record whose rules are of the right shape, so that their mapping can be checked whatever else is wrong. */
  readonly shapely: readonly string[];
  readonly problem: ProblemAt;
  /** A file beside the source. @throws Error for one that cannot be read, or lies elsewhere */
  readonly beside: (name: string) => string;
}

export const SHIPPED_SOURCES = fileURLToPath(new URL('./sources/', import.meta.url));

/** Compiled when the first source is read: commands that read none need not wait for it. */
let checkSource: ReturnType<typeof compileChecks> | undefined;

/** Shipped sources, then those of further folders. Every file is read, so that no error waits for its first feed. */
export function loadSources(folders: readonly string[] = []): SourceFile[] {
  return sourceFiles(folders).map(readSource);
}

/** Paths of the files of all sources. */
export function sourceFiles(folders: readonly string[]): string[] {
  return [SHIPPED_SOURCES, ...folders].flatMap((folder) => sourceNames(folder).map((name) => join(folder, name)));
}

/** @throws MF_SOURCE_INVALID for a file that cannot be read at all */
export function readSource(file: string): SourceFile {
  return parseSource(readText(file), file);
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** It lies beside sources and is none: their cases, a table that they look values up in, the schema for editors. */
export function isBeside(file: string): boolean {
  return BESIDE.test(file);
}

const BESIDE = /\.(cases|table|schema)\.(ya?ml|json)$/;

function sourceNames(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name));
    return names.filter((name) => !isBeside(name)).sort();
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
  const { value, broken, problem } = parseYaml(text, file);
  checkSource ??= compileChecks(Source);
  const violations = broken.length > 0 ? [] : checkSource(value);
  const problems = violations.map((violation) => violationProblem(violation, problem, 'the source'));
  const source = (typeof value === 'object' && value !== null ? value : {}) as Source;
  return {
    file,
    text,
    source,
    problems: [...broken, ...problems, ...misfits(source, violations, problem)],
    shapely: shapelyRecords(source, violations),
    problem,
    beside: (name) => readFileSync(besideOf(file, name), 'utf8'),
  };
}

/** Looked at only where all has its shape. */
function misfits(source: Source, violations: readonly Violation[], problem: ProblemAt): FileProblem[] {
  if (violations.length > 0 || typeof source.format !== 'object') return [];
  const misfit = formatMisfit(source);
  return misfit === null ? [] : [problem(misfit.path, misfit.message)];
}

/** Keys that nobody knows change no shape. */
function shapelyRecords({ records, format }: Partial<Source>, violations: readonly Violation[]): string[] {
  if (typeof records !== 'object' || typeof format !== 'object') return [];
  const wrong = violations.filter(({ params }) => typeof params['additionalProperty'] !== 'string');
  const names = wrong.map(({ path }) => (path[0] === 'records' ? String(path[1]) : ''));
  return Object.keys(records).filter((name) => !names.includes(name));
}

function besideOf(file: string, name: string): string {
  const folder = normalize(join(dirname(file), '/'));
  const path = normalize(join(folder, name));
  if (path.startsWith(folder)) return path;
  throw new RangeError(`${name} does not lie beside the source`);
}
