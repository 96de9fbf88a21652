import type { RecordBatch } from '../../../schemas/inbox.ts';
import { matchingKey } from '../../../schemas/key.ts';
import type { ExtractedPart, RecordWork } from '../../../streams/pipeline/batch.ts';

/** Rows of one batch on their way into the stages. */
export function workOf(
  source: string,
  record: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  key = matchingKey('main', 'order', source, 'routed'),
): RecordWork[] {
  const records = rows.map((raw) => ({ key, record, raw }));
  const batch: RecordBatch = { v: 1, type: 'records', source, sourceVersion: 1, feed: 'f1', columns, records };
  return workOfBatch(batch);
}

export function workOfBatch(batch: RecordBatch): RecordWork[] {
  return batch.records.map((record, item) => {
    return { position: 1, item, at: 0, batch, record, parts: [], duplicate: false, problem: null };
  });
}

/** A record that was extracted already. */
export function extracted(
  name: string,
  kind: string,
  body: object,
  merge: 'replace' | 'least' = 'replace',
): RecordWork {
  const key = matchingKey('main', kind, 'shop', 'x');
  const part: ExtractedPart = {
    kind,
    key,
    name,
    part: { v: 1, source: 'shop', slot: 's', merge, order: [], hash: 'h', body },
  };
  const batch: RecordBatch = { v: 1, type: 'records', source: 'shop', sourceVersion: 1, feed: 'f1', records: [] };
  const record = { key, record: 'r', raw: {} };
  return { position: 1, item: 0, at: 0, batch, record, parts: [part], duplicate: false, problem: null };
}
