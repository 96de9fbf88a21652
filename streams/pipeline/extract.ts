import { ERRORS, type ErrorCode } from '../../schemas/errors.ts';
import type { RecordBatch } from '../../schemas/inbox.ts';
import type { RecordMapping } from '../mapping/record.ts';
import type { SourceRegistry } from '../mapping/registry.ts';
import { ValueFault, type Raw } from '../mapping/scope.ts';
import type { ExtractedPart, Problem, RecordWork, StageFunction } from './batch.ts';
import { problem } from './problem.ts';

type MappingOf = (batch: RecordBatch, record: string) => RecordMapping | undefined;

/** Turns raw records into canonical parts, by the version of the source that their batch was stamped with. */
export function createExtract(sources: SourceRegistry): StageFunction {
  const mappingOf = rememberingBatch(sources);
  return (batch) => {
    for (const work of batch) if (work.problem === null) extract(work, mappingOf);
  };
}

/** Records of one batch come together, and of one kind mostly: what was found last is found first. */
export function rememberingBatch(sources: SourceRegistry): MappingOf {
  let last: { batch: RecordBatch; record: string; mapping: RecordMapping | undefined } | null = null;
  return (batch, record) => {
    if (last?.batch !== batch || last.record !== record) {
      const source = sources.find(batch.source, batch.sourceVersion);
      last = { batch, record, mapping: source?.mapping(record, batch.columns) };
    }
    return last.mapping;
  };
}

function extract(work: RecordWork, mappingOf: MappingOf): void {
  const { record, batch } = work;
  if (record.fault !== undefined) {
    work.problem = faultOf(record.fault, record.raw);
    return;
  }
  const mapping = mappingOf(batch, record.record);
  if (mapping === undefined || Array.isArray(record.raw) !== (batch.columns !== undefined)) {
    work.problem = unknownSource(batch, record.record);
    return;
  }
  try {
    work.parts = mapping.map(record.raw as Raw).map(({ kind, key, name, part }): ExtractedPart => {
      return { kind, key: key ?? record.key, name, part };
    });
  } catch (error) {
    work.problem = thrown(error);
  }
}

function faultOf({ code, detail }: { code: string; detail: string }, value: unknown): Problem {
  const fix = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].mend : 'Mend the record.';
  return problem({ code, stage: 'ingress', rule: ruleOf(code), value: shownOf(value), message: detail, fix });
}

/** What could not be read is kept as text, or as bytes in base64: that is its value. */
function shownOf(raw: unknown): unknown {
  const { text, base64 } = (raw ?? {}) as { readonly text?: unknown; readonly base64?: unknown };
  return text ?? base64 ?? raw;
}

/** MF_RECORD_NOT_UTF8: notUtf8 is the rule that was broken. */
function ruleOf(code: string): string {
  const words = code.toLowerCase().split('_').slice(2);
  return words.map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join('');
}

function unknownSource({ source, sourceVersion }: RecordBatch, record: string): Problem {
  return problem({
    code: 'MF_SOURCE_UNKNOWN',
    stage: 'extract',
    rule: 'source',
    message: `there is no kind of record ${JSON.stringify(record)} in version ${sourceVersion} of source ${source}`,
    fix: ERRORS.MF_SOURCE_UNKNOWN.mend,
  });
}

function thrown(error: unknown): Problem {
  const base = { code: 'MF_RECORD_UNMAPPED', stage: 'extract' } as const;
  if (error instanceof ValueFault) {
    const { rule, field, value, message, fix } = error;
    return problem({ ...base, rule, field, value, message, fix });
  }
  const message = error instanceof Error ? error.message : String(error);
  return problem({ ...base, rule: 'mapping', message, fix: ERRORS.MF_RECORD_UNMAPPED.mend });
}
