import type { DecodedRecord } from '../formats/format.ts';
import { isMap } from '../mapping/options.ts';
import { quoted } from '../mapping/path.ts';
import { ColumnSample, type Column } from './column.ts';

/** What the first records of a file say. */
export interface Sample {
  /** Names of columns, for formats that have them. */
  readonly header: readonly string[] | undefined;
  readonly records: number;
  /** Records that cannot be decoded. */
  readonly faults: number;
  readonly columns: readonly Column[];
  /** Lists of objects within the records. */
  readonly lists: readonly ListSample[];
}

export interface ListSample {
  readonly path: string;
  readonly columns: readonly Column[];
  /** Elements in all records. */
  readonly elements: number;
}

/** Records that are looked at: enough to tell what is unique, and little enough to be soon done. */
export const RECORDS_LIMIT = 50_000;

/** Deeper properties, and more of them, are not told one by one. */
const DEPTH_LIMIT = 6;
const PATHS_LIMIT = 500;

/** Gathers records one by one. */
export class SampleTaker {
  private readonly columns = new Map<string, ColumnSample>();
  private readonly lists = new Map<string, { columns: Map<string, ColumnSample>; elements: number }>();
  private header: readonly string[] | undefined;
  private records = 0;
  private faults = 0;

  get isFull(): boolean {
    return this.records + this.faults >= RECORDS_LIMIT;
  }

  /** The columns of the file, as soon as they are known. */
  begin(header: readonly string[]): void {
    if (this.header !== undefined) return;
    this.header = header;
    // A column without a name can be read by nobody.
    for (const name of header) if (name !== '') this.columns.set(name, new ColumnSample(name));
  }

  take(record: DecodedRecord): void {
    if (record.type === 'fault') {
      this.faults++;
      return;
    }
    this.records++;
    if (record.type === 'json') this.walk(record.value, '', this.columns, 0);
    else this.header?.forEach((name, i) => this.columns.get(name)?.add(record.fields[i]));
  }

  sample(): Sample {
    const { header, records, faults } = this;
    const lists = [...this.lists].map(([path, { columns, elements }]) => {
      return { path, elements, columns: [...columns.values()].map((column) => column.column(elements)) };
    });
    return {
      header,
      records,
      faults,
      lists,
      columns: [...this.columns.values()].map((column) => column.column(records)),
    };
  }

  private walk(
    value: Readonly<Record<string, unknown>>,
    path: string,
    columns: Map<string, ColumnSample>,
    depth: number,
  ): void {
    for (const [name, below] of Object.entries(value)) {
      const at = path === '' ? quoted(name) : `${path}.${quoted(name)}`;
      if (isMap(below)) {
        if (depth < DEPTH_LIMIT) this.walk(below, at, columns, depth + 1);
      } else if (Array.isArray(below)) this.list(below, at, columns);
      else this.add(below, at, columns);
    }
  }

  private add(value: unknown, path: string, columns: Map<string, ColumnSample>): void {
    let column = columns.get(path);
    if (column === undefined) {
      if (columns.size >= PATHS_LIMIT) return;
      columns.set(path, (column = new ColumnSample(path)));
    }
    column.add(value);
  }

  /** Objects of a list are a table of their own; lists within them are not gone into. */
  private list(items: readonly unknown[], path: string, columns: Map<string, ColumnSample>): void {
    const objects = items.filter(isMap);
    if (objects.length === 0) {
      for (const item of items) this.add(item, `${path}[*]`, columns);
      return;
    }
    if (columns !== this.columns) return;
    let list = this.lists.get(path);
    if (list === undefined) this.lists.set(path, (list = { columns: new Map(), elements: 0 }));
    list.elements += objects.length;
    for (const object of objects) this.walk(object, '', list.columns, 0);
  }
}
