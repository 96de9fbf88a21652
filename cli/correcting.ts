import { randomUUID } from 'node:crypto';
import { Corrections, type Request } from '../actors/node/corrections.ts';
import { Entries, type Entry } from '../actors/node/entries.ts';
import { openReadPorts, type ReadPorts } from '../actors/node/ports.ts';
import { openSources } from '../actors/node/reading.ts';
import type { SentRecord } from '../schemas/inbox.ts';
import type { Correction } from '../actors/node/subject.ts';
import { openTrials, type Trial, type Trials } from '../actors/node/trial.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { isErrorCode, MasterflagError } from '../schemas/errors.ts';
import { kindOfKey } from '../schemas/key.ts';
import type { Settings } from '../schemas/settings.ts';
import type { CommandOutcome } from './doing.ts';
import { matching, type Filter } from './quarantine.ts';
import { verdictsOf, type Verdicts } from './verdicts.ts';

/** What is to be done with entries. */
export type Wish =
  | { readonly type: 'redrive' }
  | { readonly type: 'fix'; readonly correction: Correction }
  | { readonly type: 'drop'; readonly why: string };

export interface CorrectRequest {
  readonly wish: Wish;
  readonly by: string;
  /** Entries by id, or by the beginning of one; or all that match. */
  readonly entries: readonly string[] | Filter;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told of every entry as soon as it is known what became of it. */
  readonly onResult: (result: Result) => Promise<void>;
}

/** What became of an entry, or would. */
export interface Result {
  readonly entry: string;
  readonly cause: string;
  /** `gone`: somebody else has seen to it. */
  readonly result: 'done' | 'refused' | 'gone' | 'untried' | Exclude<Trial['verdict'], 'refused'>;
  readonly code?: string;
  readonly reason?: string;
  readonly note?: string;
  /** Where a record or a part was sent. */
  readonly to?: string;
}

/** What became of all of them. */
export interface Corrected {
  readonly feed: string;
  readonly dryRun: boolean;
  readonly matched: number;
  readonly results: Readonly<Record<Result['result'], number>>;
  /** Verdicts on the records that were sent again. */
  readonly verdicts: Verdicts;
  readonly seconds: number;
}

/** Commands on their way at a time: enough to share commits, few enough to leave room for others. */
const AT_ONCE = 64;

/** Does what is wished with every entry that is meant, or tries it, and tells what came of it. */
export async function correct(settings: Settings, request: CorrectRequest): Promise<Corrected> {
  const started = Date.now();
  const ports = await openReadPorts(settings);
  // A dry run needs no engine, and starts none.
  const connection = request.dryRun ? undefined : await openConnection(settings);
  const run = new Run(settings, request, ports, connection);
  try {
    const results = await run.all();
    await connection?.idle();
    const verdicts = await verdictsOf(run.feed, ports.store);
    const matched = Object.values(results).reduce((sum, n) => sum + n, 0);
    const seconds = (Date.now() - started) / 1000;
    return { feed: run.feed, dryRun: request.dryRun, matched, results, verdicts, seconds };
  } finally {
    await connection?.close();
    await ports.close();
  }
}

class Run {
  readonly feed = randomUUID();
  private readonly request: CorrectRequest;
  private readonly connection: Connection | undefined;
  private readonly sources: ReturnType<typeof openSources>;
  private readonly admitted = new Map<string, Promise<void>>();
  private readonly entries: Entries;
  private readonly corrections: Corrections;
  private readonly trials: Trials;
  private readonly counts: Record<Result['result'], number> = {
    ...{ done: 0, refused: 0, gone: 0, untried: 0 },
    ...{ accepted: 0, duplicate: 0, stale: 0 },
  };

  constructor(settings: Settings, request: CorrectRequest, ports: ReadPorts, connection: Connection | undefined) {
    const sources = openSources(settings);
    this.sources = sources;
    this.request = request;
    this.connection = connection;
    this.entries = new Entries(ports);
    this.corrections = new Corrections(sources);
    this.trials = openTrials(ports, sources, settings);
  }

  /** In the order of their ids; several commands are on their way at a time, trials are made one after another. */
  async all(): Promise<Record<Result['result'], number>> {
    const underWay = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for await (const entry of await this.meant()) {
      this.request.signal.throwIfAborted();
      if (failures.length > 0) break;
      // What this very run has sent again, and was rejected again.
      if (entry.feed === this.feed) continue;
      const work = this.one(entry)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(work));
      underWay.add(work);
      if (underWay.size >= (this.request.dryRun ? 1 : AT_ONCE)) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    if (failures.length > 0) throw failures[0];
    return this.counts;
  }

  /** Ids are looked up before anything is done. */
  private async meant(): Promise<AsyncIterable<Entry> | Iterable<Entry>> {
    const { entries } = this.request;
    if (!isList(entries)) return matching(this.entries, entries);
    const found: Entry[] = [];
    for (const id of entries) found.push(await this.entries.find(id));
    return found;
  }

  private async one(entry: Entry): Promise<void> {
    const result = await this.attempt(entry);
    this.counts[result.result] += 1;
    await this.request.onResult(result);
  }

  private async attempt(entry: Entry): Promise<Result> {
    const about = { entry: entry._id, cause: entry.cause };
    try {
      const request = this.requestOf(entry);
      const to = request.send === undefined ? {} : { to: request.send.key };
      return {
        ...about,
        ...to,
        ...(this.connection === undefined ? await this.try(entry, request) : await this.send(request, this.connection)),
      };
    } catch (error) {
      if (!(error instanceof MasterflagError) || !ABOUT_ENTRY.has(error.code)) throw error;
      return { ...about, result: 'refused', code: error.code, reason: error.message };
    }
  }

  /** Of one, everything is said; of many, what they have in common. */
  private get isOne(): boolean {
    const { entries } = this.request;
    return isList(entries) && entries.length === 1;
  }

  private requestOf(entry: Entry): Request {
    const { wish, by } = this.request;
    const asking = { by, feed: this.feed };
    switch (wish.type) {
      case 'redrive':
        return this.corrections.redrive(entry, asking);
      case 'fix':
        return this.corrections.fix(entry, wish.correction, asking);
      case 'drop':
        return this.corrections.drop(entry, wish.why, asking);
    }
  }

  private async send({ command, send }: Request, connection: Connection): Promise<Omit<Result, 'entry' | 'cause'>> {
    if (send?.type === 'record') await this.admit((send.data as SentRecord).source, connection);
    const action = `${kindOfKey(command.key) ?? ''}.command`;
    const outcome = (await connection.call(action, { ...command })) as CommandOutcome;
    if (outcome.status === 'done') return { result: 'done' };
    const { code = 'MF_COMMAND_REFUSED', reason = '' } = outcome;
    if (code === 'MF_NOT_QUARANTINED') return { result: 'gone', code, reason };
    const trial = this.isOne && send !== undefined ? await this.trials.send(send) : undefined;
    const { from = [], value = '' } = trial?.verdict === 'refused' && trial.code === code ? trial : {};
    return { result: 'refused', code, reason: inDetail(reason, from, value) };
  }

  /** As a feed does: a version of a source means one mapping for as long as the data set lives. */
  private admit(name: string, connection: Connection): Promise<void> {
    const { version, digest } = this.sources.newest(name);
    const known = this.admitted.get(name) ?? connection.admit({ source: name, version, digest });
    this.admitted.set(name, known);
    return known;
  }

  private async try(entry: Entry, { send }: Request): Promise<Omit<Result, 'entry' | 'cause'>> {
    if (this.request.wish.type === 'drop') return { result: 'done' };
    // What ended an engine could end this process as well.
    if (entry.code === 'MF_KILLED_READER') return { result: 'untried', note: entry.message };
    const trial = send === undefined ? await this.trials.parked(entry.entity) : await this.trials.send(send);
    if (trial.verdict !== 'refused') {
      return { result: trial.verdict, ...(trial.note === undefined ? {} : { note: trial.note }) };
    }
    const { code, reason, from = [], value = '' } = trial;
    return { result: 'refused', code, reason: this.isOne ? inDetail(reason, from, value) : reason };
  }
}

/** With what the field is made of, and what stands there. */
function inDetail(reason: string, from: readonly string[], value: string): string {
  const facts = [...(from.length === 0 ? [] : [`made of ${from.join(', ')}`]), ...(value === '' ? [] : [value])];
  return facts.length === 0 ? reason : `${reason} (${facts.join(': ')})`;
}

function isList(entries: readonly string[] | Filter): entries is readonly string[] {
  return Array.isArray(entries);
}

/** What is the matter with one entry, and not with the run. */
const ABOUT_ENTRY: ReadonlySet<string> = new Set([
  ...['MF_SOURCE_UNKNOWN', 'MF_WAITS_BEHIND', 'MF_NOT_FIXABLE', 'MF_FIX_INVALID', 'MF_RECORD_INVALID'],
]);

/** The refusal of the one entry that was asked for. */
export function refusalOf({ code = '', reason = '' }: Result): MasterflagError {
  return new MasterflagError(isErrorCode(code) ? code : 'MF_COMMAND_REFUSED', reason);
}
