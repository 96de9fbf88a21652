import type { StoredDocument } from '../../schemas/document.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import { fingerprint } from '../../schemas/key.ts';
import type { OutcomeDocument } from '../../schemas/tasks/books.ts';
import { upcast } from '../../schemas/upcast.ts';
import { encode, type Stamp } from './encode.ts';

/** How a command ended; kept as a document, so that the same command again gets the same answer. */
export type Outcome = OutcomeDocument;

/** Seven days: as long as a client may take to ask what became of its command. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

export function outcomeId({ key, idempotencyKey }: Pick<CommandBody, 'key' | 'idempotencyKey'>): string {
  return `${key}.${fingerprint(idempotencyKey)}`;
}

export function outcomeOf(
  { key, name }: CommandBody,
  version: number,
  now: number,
  refused?: { readonly code: string; readonly reason: string },
): Outcome {
  const status = refused === undefined ? 'done' : 'refused';
  const why = refused === undefined ? {} : { code: refused.code, reason: refused.reason };
  return { v: 1, entity: key, command: name, status, ...why, version, expires: now + KEPT_MS };
}

export function outcomeDocument(stamp: Stamp, id: string, outcome: Outcome): StoredDocument {
  return encode(stamp, 'master.outcomes', id, stamp.seq, { ...outcome }, undefined);
}

export function readOutcome(document: StoredDocument): Outcome | null {
  return document.json === null ? null : upcast<Outcome>('master.outcomes', JSON.parse(document.json));
}

/** Outcomes of commits that are not settled yet: the store does not show them, and the same command may come again. */
export class RecentOutcomes {
  private readonly byId = new Map<string, { readonly outcome: Outcome; readonly seq: number }>();

  get(id: string): Outcome | undefined {
    return this.byId.get(id)?.outcome;
  }

  add(id: string, outcome: Outcome, seq: number): void {
    this.byId.set(id, { outcome, seq });
  }

  settle(settled: number): void {
    for (const [id, { seq }] of this.byId) if (seq <= settled) this.byId.delete(id);
  }
}
