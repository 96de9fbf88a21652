import { follow, parsePath } from '../mapping/path.ts';
import { originOf, ROUTE } from '../mapping/paths.ts';
import type { SourceRegistry } from '../mapping/registry.ts';
import type { Raw } from '../mapping/scope.ts';
import type { CompiledSource } from '../mapping/source.ts';
import type { Problem, RecordWork, StageFunction } from './batch.ts';
import { shortJson } from './problem.ts';

/**
 * Adds to what is wrong with a record what only its source knows: which raw fields the offending one is made of, and
 * by what the record is told from others. Nothing is done for records that nothing is wrong with.
 */
export function createExplain(sources: SourceRegistry): StageFunction {
  return (batch) => {
    for (const work of batch) {
      if (work.problem === null) continue;
      const source = sources.find(work.batch.source, work.batch.sourceVersion);
      if (source !== undefined) work.problem = explained(work, work.problem, source);
    }
  };
}

function explained(work: RecordWork, problem: Problem, source: CompiledSource): Problem {
  const { record, batch } = work;
  const rule = source.rule(record.record);
  const field = problem.code === 'MF_RECORD_UNROUTABLE' ? ROUTE : problem.field;
  if (rule === undefined || field === '') return { ...problem, identity: identityOf(work, source) };
  const { name, from: paths } = originOf(rule, field, record.raw as Raw);
  const columns = batch.columns === undefined ? undefined : new Set(batch.columns);
  const from = paths.filter((path) => columns?.has(path) !== false);
  const value = field === ROUTE ? routeValue(work, from) : problem.value;
  return { ...problem, field: name, value, from, identity: identityOf(work, source) };
}

/** Of a record that cannot be routed only what stands where its id should be. */
function routeValue({ record, batch }: RecordWork, from: readonly string[]): string {
  const [path] = from;
  if (path === undefined || from.length > 1) return '';
  const { raw } = record;
  if (Array.isArray(raw)) return shortJson((raw as readonly unknown[])[batch.columns?.indexOf(path) ?? -1]);
  return shortJson(follow(parsePath(path))(raw));
}

/** A record that says wrong what it is told by has none. */
function identityOf({ record, batch }: RecordWork, source: CompiledSource): string {
  const mapping = record.fault === undefined ? source.mapping(record.record, batch.columns) : undefined;
  if (mapping === undefined || mapping.byContent) return '';
  try {
    return mapping.identity(record.raw as Raw);
  } catch {
    return '';
  }
}
