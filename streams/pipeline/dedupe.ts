import type { RecordBatch } from '../../schemas/inbox.ts';
import type { SourceRegistry } from '../mapping/registry.ts';
import type { RecordWork, StageFunction } from './batch.ts';
import { rememberingBatch } from './extract.ts';

/**
 * Marks records that stood earlier in the batch. Only of records that are identified by their content, and are read by
 * the newest version of their source: these have one state, so the same again is a duplicate whatever came before. What
 * an older version reads is stale where a newer one has read it. For all others the actor alone can tell a duplicate
 * from a stale one, and its verdict must not depend on how batches were cut.
 */
export function createDedupe(sources: SourceRegistry): StageFunction {
  const mappingOf = rememberingBatch(sources);
  const isNewest = rememberingVersion(sources);
  return (batch) => {
    const seen = new Set<string>();
    for (const work of batch) {
      if (work.problem !== null) continue;
      const identity = identityOf(work);
      if (identity === null || !isNewest(work.batch) || mappingOf(work.batch, work.record.record)?.byContent !== true)
        continue;
      if (seen.has(identity)) work.duplicate = true;
      else seen.add(identity);
    }
  };
}

/** Whether a batch is stamped with the newest version; records of one batch come together. */
function rememberingVersion(sources: SourceRegistry): (batch: RecordBatch) => boolean {
  let last: { readonly batch: RecordBatch; readonly isNewest: boolean } | null = null;
  return (batch) => {
    if (last?.batch !== batch) {
      last = { batch, isNewest: sources.newest(batch.source).version === batch.sourceVersion };
    }
    return last.isNewest;
  };
}

/** The slot of a content-identified statement is made of all that the record says. */
function identityOf({ batch, record, parts }: RecordWork): string | null {
  for (const { part } of parts) {
    if (part.merge === 'replace') return `${batch.source} ${batch.sourceVersion} ${record.key} ${part.slot}`;
  }
  return null;
}
