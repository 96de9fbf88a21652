/** What SQLite keeps in a cell, as far as the log uses it. */
export type Cell = string | number | null;

/** One statement and the rows it is run for, their cells in one flat array. */
export interface SqlStep {
  readonly sql: string;
  readonly width: number;
  readonly cells: readonly Cell[];
  /** A row that changes nothing undoes the whole program; the answer is the last rowid inserted. */
  readonly must?: boolean;
}

/** What the log needs to read from a data file. */
export interface SqlReader {
  readonly identity: string;
  all(sql: string, cells: readonly Cell[]): Cell[][];
  get(sql: string, cells: readonly Cell[]): Cell[] | undefined;
  /** The rows up to the one that `enough` refuses, without reading further. */
  some(sql: string, cells: readonly Cell[], enough: (row: Cell[], taken: number) => boolean): Cell[][];
}

/** What the log needs of a data file. Its table `file` has one row, whose `at` is a clock that never goes back. */
export interface SqlFile extends SqlReader {
  /**
   * Resolves when all steps are durable, or with `undefined` when one that must change something did not. Hurried ones
   * go before all that waits.
   */
  run(steps: readonly SqlStep[], hurried?: boolean): Promise<readonly (readonly Cell[])[] | undefined>;
}
