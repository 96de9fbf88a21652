import { hash } from 'node:crypto';
import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { Contents, Sum } from '../../../schemas/image.ts';
import type { EventsAppend } from '../../../streams/log.ts';

/** Half of a SHA-256: sums are compared against accidents, not against people. */
const DIGITS = 32;
const MODULUS = 1n << 128n;

/**
 * Counts texts and sums their digests up: whatever the order, since two stores may sort ids of unusual characters
 * differently, and one text more or less, or another one, changes the sum.
 */
export class Summing {
  private count = 0;
  private sum = 0n;

  add(text: string): void {
    this.count += 1;
    this.sum = (this.sum + BigInt(`0x${hash('sha256', text).slice(0, DIGITS)}`)) % MODULUS;
  }

  get result(): Sum {
    return { count: this.count, digest: this.sum.toString(16).padStart(DIGITS, '0') };
  }
}

/** All of it but its keys, which follow from its body. */
export function documentText({ id, version, partition, seq, at, json, meta }: StoredDocument): string {
  return JSON.stringify({ id, version, partition, seq, at, meta, json });
}

export function messageText(body: string): string {
  return JSON.stringify(body);
}

export function eventsText({ seq, chunk, body }: EventsAppend): string {
  return JSON.stringify({ seq, chunk, body });
}

/** What of a checkpoint is the same wherever it is kept: neither in which log it counts, nor in which order its marks stand. */
export function checkpointText({ logId: _logId, marks, ...rest }: Checkpoint): string {
  const sorted = Object.entries(marks).sort(([a], [b]) => (a < b ? -1 : 1));
  const { id, v, epoch, owner, seq, openings, trying, positions, now, changes, outbox } = rest;
  return JSON.stringify([v, id, epoch, owner, seq, openings, trying, positions, now, changes, outbox, sorted]);
}

/** What differs between two contents, in words; nothing if they are the same. */
export function differencesOf(should: Contents, is: Contents): string[] {
  const of = (name: string, a: Readonly<Record<string, Sum>>, b: Readonly<Record<string, Sum>>): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key) => {
      const [one, other] = [a[key] ?? new Summing().result, b[key] ?? new Summing().result];
      if (one.count !== other.count) return [`${name} ${key}: ${other.count} instead of ${one.count}`];
      return one.digest === other.digest ? [] : [`${name} ${key}: ${one.count}, and not the same`];
    });
  return [
    ...of('documents of', should.collections, is.collections),
    ...of('events of', should.events, is.events),
    ...of('messages of', should.messages, is.messages),
    ...of('', { checkpoints: should.checkpoints }, { checkpoints: is.checkpoints }),
  ];
}
