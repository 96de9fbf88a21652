import type { BackupReport } from '../actors/node/backup.ts';
import type { Contents, Sum } from '../schemas/image.ts';
import type { OnProgress } from '../actors/node/image/image.ts';
import { count, Progress } from './progress.ts';

/** What a copy of a data set has, as programs read it. */
export interface Totals {
  readonly documents: number;
  readonly events: number;
  readonly messages: number;
}

export function totalsOf({ collections, events, messages }: Contents): Totals {
  return { documents: sum(collections), events: sum(events), messages: sum(messages) };
}

function sum(sums: Readonly<Record<string, Sum>>): number {
  return Object.values(sums).reduce((all, one) => all + one.count, 0);
}

export function totalsText({ documents, events, messages }: Totals): string {
  const waiting = `${count(messages)} messages that are still to be applied`;
  return `${count(documents)} documents, ${count(events)} batches of events, ${waiting}`;
}

/** Shows how a copy goes on, while it does. */
export async function withProgress<T>(silent: boolean, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const progress = new Progress(undefined, silent);
  try {
    return await work((what, done) => {
      progress.update(what, done);
    });
  } finally {
    progress.clear();
  }
}

export function backedUp({ manifest, heldMs }: BackupReport, folder: string, seconds: number) {
  const { id, mode, at, files, missing, contents } = manifest;
  const bytes = files.reduce((all, file) => all + file.bytes, 0);
  return { folder, id, at, mode, ...totalsOf(contents), bytes, missing, seconds, heldSeconds: heldMs / 1000 };
}

export function backedUpText(report: ReturnType<typeof backedUp>): string {
  const { folder, mode, bytes, missing, seconds, heldSeconds } = report;
  const held = mode === 'cluster' ? `; no partition went on for ${heldSeconds.toFixed(1)} s` : '';
  return [
    `Backed up to ${folder} in ${seconds.toFixed(1)} s (${(bytes / 1e6).toFixed(1)} MB)${held}`,
    `  ${totalsText(report)}`,
    ...missing.map((what) => `  not in it: ${what}`),
  ].join('\n');
}
