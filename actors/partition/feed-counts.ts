import type { StoredDocument } from '../../schemas/document.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import { encode, type Stamp } from './encode.ts';

/** What every record of a feed gets exactly one of; waiting records are accepted ones. */
export type Verdict = 'accepted' | 'duplicate' | 'stale' | 'quarantined';

export type VerdictCounts = Record<Verdict, number>;

export function feedCountsId(feed: string, partition: PartitionId): string {
  return `${feed}.${partition}`;
}

interface FeedEntry {
  readonly source: string;
  readonly counts: VerdictCounts;
  changedBy: number;
}

/** Verdicts per feed in this partition: one document a feed, written by the commits that decide its records. */
export class FeedCounts {
  private readonly feeds = new Map<string, FeedEntry>();
  private readonly dirty = new Set<string>();
  private readonly partition: PartitionId;
  private readonly remembered: number;

  constructor(partition: PartitionId, remembered: number) {
    this.partition = partition;
    this.remembered = remembered;
  }

  knows(feed: string): boolean {
    return this.feeds.has(feed);
  }

  /** What the store says of a feed, or that it says nothing. */
  remember(feed: string, source: string, document: StoredDocument | undefined): void {
    const found =
      document?.json === undefined || document.json === null
        ? {}
        : upcast<Partial<VerdictCounts>>('management.feeds', JSON.parse(document.json));
    const { accepted = 0, duplicate = 0, stale = 0, quarantined = 0 } = found;
    this.feeds.set(feed, { source, counts: { accepted, duplicate, stale, quarantined }, changedBy: 0 });
  }

  count(feed: string, verdict: Verdict): void {
    const entry = this.feeds.get(feed);
    if (entry === undefined) throw new RangeError(`feed ${feed} was not loaded before its records were counted`);
    entry.counts[verdict] += 1;
    this.dirty.add(feed);
  }

  /** The documents of the feeds that this commit counted. */
  take(stamp: Stamp): StoredDocument[] {
    const documents: StoredDocument[] = [];
    for (const feed of this.dirty) {
      const entry = this.feeds.get(feed);
      if (entry === undefined) continue;
      entry.changedBy = stamp.seq;
      const { source, counts } = entry;
      const received = counts.accepted + counts.duplicate + counts.stale + counts.quarantined;
      const body = { v: 1, feed, source, partition: this.partition, received, ...counts };
      documents.push(encode(stamp, 'management.feeds', feedCountsId(feed, this.partition), stamp.seq, body, undefined));
    }
    this.dirty.clear();
    return documents;
  }

  /** Forgets the oldest feeds beyond the bound, of those that are settled. */
  settle(seq: number): void {
    for (const [feed, { changedBy }] of this.feeds) {
      if (this.feeds.size <= this.remembered) return;
      if (changedBy <= seq) this.feeds.delete(feed);
    }
  }
}
