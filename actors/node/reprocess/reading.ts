import type { CleansingPolicy } from '../../../schemas/settings.ts';
import type { RawRecord, RecordBatch } from '../../../schemas/inbox.ts';
import { Router } from '../../../streams/ingress/router.ts';
import type { SourceRegistry } from '../../../streams/mapping/registry.ts';
import type { CompiledSource } from '../../../streams/mapping/source.ts';
import type { RecordWork, StageFunction } from '../../../streams/pipeline/batch.ts';
import { createStages } from '../../../streams/pipeline/stages.ts';
import { placeOf } from './inbox-records.ts';

/** A record that an older version read, and the same as the newest version reads it. */
export interface Reread {
  readonly older: RecordWork;
  readonly newer: RecordWork;
  /** Of the entity that the newest version routes it to. */
  readonly kind: string;
  /** As it is appended: a RawRecord as JSON text. */
  readonly text: string;
}

/** Reads records by the version that they are stamped with, and by the newest, as ingress and the stages would. */
export class Rereader {
  readonly newest: CompiledSource;
  private readonly stages: readonly StageFunction[];
  private router: { readonly id: string; readonly router: Router } | undefined;

  constructor(sources: SourceRegistry, policy: CleansingPolicy, source: string) {
    this.newest = sources.newest(source);
    this.stages = createStages(sources, policy);
  }

  /** The parts that a batch became, or why it did not. */
  asStamped(batch: RecordBatch): RecordWork[] {
    const works = batch.records.map((record, item) => workOf(batch, record, item));
    for (const stage of this.stages) stage(works);
    return works;
  }

  again(older: RecordWork): Reread {
    const { batch, record } = older;
    const { kind, text } = this.route(batch, record);
    const stamped = { ...batch, sourceVersion: this.newest.version };
    const newer = workOf(stamped, JSON.parse(text) as RawRecord, older.item);
    for (const stage of this.stages) stage([newer]);
    return { older, newer, kind, text };
  }

  /** By its own file and columns, so that it is recognised as it was when it came. */
  private route({ columns }: RecordBatch, record: RawRecord) {
    const { file, line, column } = placeOf(record);
    const id = JSON.stringify([file, columns]);
    if (this.router?.id !== id) {
      const router = new Router(this.newest, file);
      router.begin(columns);
      this.router = { id, router };
    }
    const { raw } = record;
    return this.router.router.route(
      columns === undefined
        ? { type: 'json', line, column, value: raw as Readonly<Record<string, unknown>>, text: JSON.stringify(raw) }
        : { type: 'row', line, fields: raw as readonly string[] },
    );
  }
}

function workOf(batch: RecordBatch, record: RawRecord, item: number): RecordWork {
  return { position: 0, item, at: 0, batch, record, parts: [], duplicate: false, problem: null };
}
