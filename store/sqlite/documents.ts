import type { DocumentRef, StoredDocument } from '../../schemas/document.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Cell, ProgramAnswer, SqlStep } from './program.ts';
import { keysOf, tableOf, type DocumentTable } from './tables.ts';

/** The steps that write documents, one a table: within one transaction nobody sees their order. */
export function applySteps(changes: readonly StoredDocument[]): ApplySteps {
  const groups = new Map<DocumentTable, StoredDocument[]>();
  for (const document of changes) {
    const table = tableOf(document.collection, document.id);
    const group = groups.get(table);
    if (group === undefined) groups.set(table, [document]);
    else group.push(document);
  }
  const documents = [...groups.values()];
  const steps = [...groups].map(([table, group]) => upsertStep(table, group));
  return { steps, foreign: (answer) => documents.flatMap((group, n) => foreignOf(group, answer[n] ?? [])) };
}

export interface ApplySteps {
  readonly steps: readonly SqlStep[];
  /** From the answers to the steps: the documents that another hand had written. */
  readonly foreign: (answer: ProgramAnswer) => DocumentRef[];
}

function upsertStep(table: DocumentTable, group: readonly StoredDocument[]): SqlStep {
  const cells: Cell[] = [];
  for (const document of group) addRow(cells, table, document);
  return { sql: table.upsert, width: table.width, cells, otherwise: table.overwrite };
}

function addRow(cells: Cell[], { shared, keys }: DocumentTable, document: StoredDocument): void {
  const { collection, id, version, partition, seq, at, json, meta, keys: values } = document;
  if (values.length !== keysOf(collection)) {
    throw new RangeError(`${collection}/${id} has ${values.length} keys of ${keysOf(collection)}`);
  }
  cells.push(id, version, partition, seq, at, json, meta);
  for (let n = 0; n < keys; n++) cells.push(values[n] ?? null);
  if (shared) cells.push(collection);
}

function foreignOf(group: readonly StoredDocument[], rows: readonly Cell[]): DocumentRef[] {
  return rows.flatMap((row) => {
    const document = group[Number(row)];
    return document === undefined ? [] : [{ collection: document.collection, id: document.id }];
  });
}

/** From a row of the columns that `selected` names. */
export function documentOf(collection: string, row: readonly Cell[]): StoredDocument {
  const [id, version, partition, seq, at, json, meta, ...keys] = row as DocumentRow;
  return { collection, id, version, partition, seq, at, json, meta, keys };
}

type DocumentRow = [
  id: string,
  version: number,
  partition: PartitionId,
  seq: number,
  at: number,
  json: string | null,
  meta: string,
  ...keys: Cell[],
];
