import type { StoredDocument } from '../../../schemas/document.ts';
import { refName } from '../../../schemas/document.ts';
import type { MatchingKey } from '../../../schemas/key.ts';
import { allPartitions, type PartitionCounts } from '../../../schemas/partition.ts';
import type { LogReads } from '../../../streams/log.ts';
import { BOOKS, judgeBook, type BookRules } from '../../verify/books.ts';
import { ownerOf, type Seqs } from '../../verify/document.ts';
import { judgeEntity, type EntityRules } from '../../verify/entity.ts';
import type { EntityLook } from '../../verify/look.ts';
import type { Finding, Wrong } from '../../verify/finding.ts';
import type { KeptEvent } from '../../verify/truth.ts';
import { EventBook } from './event-book.ts';
import { Looks, type ReadStore } from './looks.ts';
import type { Mender } from './mender.ts';
import { Rest } from './rest.ts';
import { documentsOf, walk, type Walked } from './walk.ts';

export interface VerifyParts {
  readonly log: Pick<LogReads, 'tail' | 'pending' | 'readEvents' | 'eventsTail'>;
  readonly store: ReadStore;
  readonly rules: EntityRules & BookRules;
  /** Who writes anew what can be mended; null to change nothing. */
  readonly mender: Mender | null;
  readonly signal: AbortSignal;
  readonly onFinding: (finding: Reported) => Promise<void>;
  readonly onProgress?: (documents: number) => void;
  /** Characters of events held in memory. */
  readonly eventsInMemory?: number;
}

/** A finding, and whether it is mended now. */
export type Reported = Finding & { readonly mended?: boolean; readonly note?: string };

export interface Verified {
  readonly entities: number;
  readonly documents: number;
  readonly events: number;
  /** Entities that were compared with all of their events, and not with their state alone. */
  readonly folded: number;
  /** Entities of which something could not be told, since it moved, or nobody hears what waits for it. */
  readonly unsettled: number;
  readonly found: number;
  readonly mended: number;
  readonly wrong: Readonly<Partial<Record<Wrong, number>>>;
}

/** An entity of which something is wrong that can be mended. */
interface Damaged {
  readonly key: MatchingKey;
  readonly findings: readonly Finding[];
  readonly events: readonly KeptEvent[] | null;
}

/** Entities that are judged at a time: what others say of them is asked for together. */
const AT_ONCE = 100;

/** Entities whose findings depend on others, looked at again together. */
const CROSSING_AT_ONCE = 2000;

/** How often such a finding has to stay as it is, while what is under way passes, before it is believed. */
const ROUNDS = 12;

/**
 * Reads everything of a data set and says what is wrong with it, beside an owner that writes or without one. Whatever is
 * found is looked at again, as of one commit, before it is said; what follows from other entities' documents, again and
 * again until nothing is under way any more.
 */
export class Verify {
  private readonly parts: VerifyParts;
  private readonly looks: Looks;
  private readonly rest: Rest;
  private readonly book: EventBook;
  private readonly counts: PartitionCounts;
  private readonly crossing = new Set<MatchingKey>();
  private readonly strays: StoredDocument[] = [];
  private readonly damaged: Damaged[] = [];
  private readonly wrong: Partial<Record<Wrong, number>> = {};
  private readonly tally = { entities: 0, documents: 0, events: 0, folded: 0, unsettled: 0, found: 0, mended: 0 };
  private seqs: Seqs = new Map();

  constructor(parts: VerifyParts) {
    this.parts = parts;
    this.counts = parts.rules.counts;
    this.looks = new Looks(parts.store, this.counts);
    this.rest = new Rest(parts.log, parts.store);
    this.book = new EventBook(parts.eventsInMemory);
  }

  async run(): Promise<Verified> {
    try {
      await this.book.read(this.parts.log, this.parts.store, allPartitions(this.counts));
      this.seqs = await this.looks.seqs();
      await this.entities();
      await this.books();
      await this.settleCrossing();
      return { ...this.tally, wrong: this.wrong };
    } finally {
      this.book.close();
    }
  }

  private async entities(): Promise<void> {
    let batch: Walked[] = [];
    for await (const walked of walk(this.parts.store, this.book, (document) => this.strays.push(document))) {
      batch.push(walked);
      if (batch.length < AT_ONCE) continue;
      await this.judgeAll(batch);
      batch = [];
    }
    await this.judgeAll(batch);
  }

  private async judgeAll(batch: readonly Walked[]): Promise<void> {
    this.parts.signal.throwIfAborted();
    await this.keepUp(batch.flatMap(({ flag, records }) => (flag === undefined ? records : [flag, ...records])));
    const crossing = await Promise.all(
      batch.map(async ({ flag }) => (flag === undefined ? null : this.looks.crossing(flag))),
    );
    for (const [n, walked] of batch.entries()) {
      const events = this.eventsFor(walked.flag, walked.events);
      const look: EntityLook = { ...walked, events, crossing: crossing[n] ?? null };
      this.count(look);
      if (judgeEntity(look, this.seqs, this.parts.rules).length > 0) await this.confirm(walked.key, walked.events);
    }
    await this.mendAll();
    for (const document of this.strays.splice(0)) await this.stray(document);
    if (this.crossing.size >= CROSSING_AT_ONCE) await this.settleCrossing();
    this.parts.onProgress?.(this.tally.documents);
  }

  /** A document that is newer than what is known of its partition: it has moved on, or the document lies. */
  private async keepUp(documents: readonly StoredDocument[]): Promise<void> {
    if (documents.some(({ partition, seq }) => seq > (this.seqs.get(partition) ?? 0)))
      this.seqs = await this.looks.seqs();
  }

  private count({ flag, records, events }: EntityLook): void {
    this.tally.entities += 1;
    this.tally.documents += records.length + Number(flag !== undefined);
    this.tally.events += events?.length ?? 0;
    if (events?.[0]?.sequence === 1) this.tally.folded += 1;
  }

  /** None of one that has moved since the events were read. */
  private eventsFor(
    flag: StoredDocument | undefined,
    events: readonly KeptEvent[] | null,
  ): readonly KeptEvent[] | null {
    if (flag === undefined || events === null) return events;
    const owner = ownerOf(flag.id, this.counts);
    const upTo = owner === undefined ? 0 : (this.book.upTo.get(owner) ?? 0);
    // A commit that the partition has not made tells of no move.
    const made = owner === undefined ? 0 : (this.seqs.get(owner) ?? 0);
    return flag.seq > upTo && flag.seq <= made ? null : events;
  }

  /** Looks at an entity as of one commit, and says what is wrong with it still. */
  private async confirm(key: MatchingKey, events: readonly KeptEvent[] | null): Promise<void> {
    if (!this.isKnownKind(key)) {
      await this.judgeUnknownKind(key, events);
      return;
    }
    const findings = await this.lookAgain(key, events);
    if (findings === null) {
      this.tally.unsettled += 1;
      return;
    }
    if (findings.some(({ crossing }) => crossing === true)) this.crossing.add(key);
    const own = findings.filter(({ crossing }) => crossing !== true);
    const isMendable = this.parts.mender !== null && own.some(({ mendedBy }) => mendedBy !== null);
    if (isMendable) this.damaged.push({ key, findings: own, events });
    else for (const finding of own) await this.report(finding);
  }

  private isKnownKind(key: MatchingKey): boolean {
    return ownerOf(key, this.counts) !== undefined;
  }

  private async judgeUnknownKind(key: MatchingKey, events: readonly KeptEvent[] | null): Promise<void> {
    const documents = await this.looks.documents(key);
    const flag = documents.find(({ collection }) => collection === 'master.flags');
    const records = documents.filter((document) => document !== flag);
    const look = { key, flag, records, events, crossing: null };
    for (const finding of judgeEntity(look, this.seqs, this.parts.rules)) await this.report(finding);
  }

  private async lookAgain(key: MatchingKey, events: readonly KeptEvent[] | null): Promise<Finding[] | null> {
    const steady = await this.looks.entity(key, async (flag) => {
      this.seqs = await this.looks.seqs();
      return this.eventsFor(flag, events);
    });
    return steady === null ? null : judgeEntity(steady.look, steady.seqs, this.parts.rules);
  }

  /** Has what was found written anew, and looks at it once more. */
  private async mendAll(): Promise<void> {
    const damaged = this.damaged.splice(0);
    if (this.parts.mender === null || damaged.length === 0) return;
    const notes = await this.parts.mender.mend(damaged.map(({ key }) => key));
    for (const one of damaged) await this.afterMending(one, notes.get(one.key));
  }

  private async afterMending({ key, findings, events }: Damaged, note: string | undefined): Promise<void> {
    const again = (await this.lookAgain(key, events)) ?? findings;
    if (again.some(({ crossing }) => crossing === true)) this.crossing.add(key);
    const left = again.filter(({ crossing }) => crossing !== true);
    const [known, names] = [new Set(findings.map(nameOf)), new Set(left.map(nameOf))];
    for (const finding of findings) {
      const mended = !names.has(nameOf(finding));
      await this.report({ ...finding, mended, ...(!mended && note !== undefined && { note }) });
    }
    for (const finding of left) if (!known.has(nameOf(finding))) await this.report(finding);
  }

  private async stray(document: StoredDocument): Promise<void> {
    if ((await this.looks.document(document)) === undefined) return;
    const { collection, id } = document;
    await this.report({
      ...{ collection, id, wrong: 'unknown', is: 'its _id begins with no matching key', should: 'not there' },
      ...{ mendedBy: null, advice: 'Nothing of Masterflag wrote it: remove it with the tools of the store.' },
    });
  }

  private async books(): Promise<void> {
    for (const collection of BOOKS) {
      for await (const document of documentsOf(this.parts.store, collection)) {
        this.parts.signal.throwIfAborted();
        this.tally.documents += 1;
        await this.keepUp([document]);
        if (judgeBook(document, this.seqs, this.parts.rules).length === 0) continue;
        const again = await this.looks.document(document);
        if (again === undefined) continue;
        this.seqs = await this.looks.seqs();
        for (const finding of judgeBook(again, this.seqs, this.parts.rules)) await this.report(finding);
      }
    }
  }

  /** What follows from others is believed once nothing is under way, or once it stays as it is whatever passes. */
  private async settleCrossing(): Promise<void> {
    let pending = new Map([...this.crossing].map((key) => [key, { seen: '', times: 0 }]));
    this.crossing.clear();
    for (;;) {
      if (pending.size === 0) return;
      this.parts.signal.throwIfAborted();
      const before = await this.sum();
      const passed = await this.rest.pass();
      if (passed === 'stuck') {
        this.tally.unsettled += pending.size;
        return;
      }
      const left: typeof pending = new Map();
      const certain: Finding[] = [];
      for (const [key, { seen, times }] of pending) {
        const findings = ((await this.lookAgain(key, null)) ?? []).filter(({ crossing }) => crossing === true);
        if (findings.length === 0) continue;
        const now = JSON.stringify(findings);
        if (now === seen && times + 1 >= ROUNDS) certain.push(...findings);
        else left.set(key, { seen: now, times: now === seen ? times + 1 : 0 });
      }
      // Nothing was under way, and nothing happened meanwhile: it stays as it is.
      const isStill = passed === 'still' && (await this.sum()) === before && (await this.rest.pass()) === 'still';
      for (const finding of certain) await this.report(finding);
      if (isStill) {
        for (const { seen } of left.values())
          for (const finding of JSON.parse(seen) as Finding[]) await this.report(finding);
        return;
      }
      pending = left;
    }
  }

  private async sum(): Promise<number> {
    return (await this.parts.store.progress()).reduce((sum, { seq }) => sum + seq, 0);
  }

  private async report(finding: Reported): Promise<void> {
    this.tally.found += 1;
    if (finding.mended === true) this.tally.mended += 1;
    this.wrong[finding.wrong] = (this.wrong[finding.wrong] ?? 0) + 1;
    await this.parts.onFinding(finding);
  }
}

function nameOf(finding: Finding): string {
  return `${finding.wrong} ${refName(finding)}`;
}
