import type { MessagePort } from 'node:worker_threads';

/** What SQLite keeps in a cell, as far as Masterflag uses it. */
export type Cell = string | number | null;

/**
 * One statement and the rows it is run for. Cells lie in one flat array, because a structured clone of flat arrays
 * costs a fraction of one of nested objects.
 */
export interface SqlStep {
  readonly sql: string;
  /** Cells per row; 0 runs the statement once, without parameters. */
  readonly width: number;
  readonly cells: readonly Cell[];
  /** A row that changes nothing undoes the whole program; the answer is the last rowid inserted. */
  readonly must?: boolean;
  /** The statement has a RETURNING clause; the answer is the cells of the last row's result. */
  readonly returning?: boolean;
  /** Run instead, with the same cells, for a row that changed nothing; the answer is the rows that this changed. */
  readonly otherwise?: string;
}

/** Per step of the program: its answer, empty for a step that asks for none. */
export type ProgramAnswer = readonly (readonly Cell[])[];

/**
 * One data file as its users see it. A program is a list of steps that happens as a whole or not at all; programs
 * of many callers share a transaction and its fsync, and none sees another's failure.
 */
export interface SqlFile extends SqlReader {
  /**
   * Resolves when the program is durable; `undefined` when a step that must change something did not. When somebody
   * waits for the answer, it is `hurried`: it goes before others, and is written even while the file is synced.
   * @throws MasterflagError MF_DISK_FULL or MF_DATA_UNWRITABLE when nothing was written.
   * @throws UnknownOutcome when it cannot say.
   */
  run(steps: readonly SqlStep[], hurried?: boolean): Promise<ProgramAnswer | undefined>;
}

/** Reads of what is committed, synchronously, each in a transaction of its own. */
export interface SqlReader {
  /** Random, given to the file when it was created. */
  readonly identity: string;
  all(sql: string, cells: readonly Cell[]): Cell[][];
  get(sql: string, cells: readonly Cell[]): Cell[] | undefined;
  /** The statement's row for each of these cells that has one, all as of one moment. */
  gets(sql: string, cells: readonly (readonly Cell[])[]): Cell[][];
  /** The rows up to the one that `enough` refuses, without reading further. */
  some(sql: string, cells: readonly Cell[], enough: (row: Cell[], taken: number) => boolean): Cell[][];
}

/** A program on its way to the writer thread. */
export interface Request {
  readonly id: number;
  readonly weight: number;
  readonly hurried: boolean;
  readonly steps: readonly SqlStep[];
}

/** `null` closes the file after what was sent before. */
export type WriterInput = Request | null;

export type Outcome =
  | { readonly kind: 'done'; readonly answer: ProgramAnswer }
  | { readonly kind: 'refused' }
  | { readonly kind: 'full'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** What became of the programs of one group. */
export type WriterOutput = readonly (readonly [id: number, Outcome])[];

export interface WriterOptions {
  readonly path: string;
  readonly maxPages: number | null;
}

export interface CheckpointerOptions {
  readonly path: string;
  readonly writer: MessagePort;
}

/** In characters and cells: what bounds a group, so that one fsync does not keep the first in it waiting long. */
export function weigh(steps: readonly SqlStep[]): number {
  let weight = 0;
  for (const { cells } of steps) {
    weight += cells.length * 8;
    for (const cell of cells) if (typeof cell === 'string') weight += cell.length;
  }
  return weight;
}
