import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { COMMANDS } from '../../schemas/command.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { compileCheck, type Check } from '../../schemas/validate.ts';
import type { Log } from '../../streams/log.ts';
import type { StoreReads } from '../../store/store.ts';
import type { Turnstile } from './turnstile.ts';
import type { Answer } from '../partition/batch.ts';
import { outcomeId, readOutcome, type Outcome } from '../partition/outcomes.ts';

export interface CommandRequest {
  readonly key: MatchingKey;
  readonly name: string;
  readonly data?: unknown;
  /** The same command under the same key has its effect once; without one, every call is a new command. */
  readonly idempotencyKey?: string;
  readonly expectedVersion?: number;
}

export interface CommandsParts {
  readonly log: Pick<Log, 'append'>;
  readonly store: Pick<StoreReads, 'load'>;
  readonly counts: PartitionCounts;
  readonly turnstile: Turnstile;
  /** Whether this process runs the partition, and so hears by itself how a command of it ended. */
  readonly isOwned: (partition: PartitionId) => boolean;
}

/** How soon the outcome of a command is looked for that another node decides, in ms; the time doubles. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;

/** Sends commands down the fast lane, and tells their authors how they ended. */
export class Commands {
  private readonly parts: CommandsParts;
  private readonly waiting = new Map<string, ((outcome: Outcome) => void)[]>();

  constructor(parts: CommandsParts) {
    this.parts = parts;
  }

  /** Answers when the command's commit is applied, so that its author reads what it wrote. */
  async send(request: CommandRequest): Promise<Outcome> {
    refuseWrong(request.name, request.data ?? {});
    return this.sendOwn(request);
  }

  /** The data set's own commands too, which nobody else may send. */
  async sendOwn(request: CommandRequest): Promise<Outcome> {
    const { key, name, data = {}, idempotencyKey = randomUUID(), expectedVersion } = request;
    const kind = kindOfKey(key);
    const { counts, turnstile, log } = this.parts;
    if (kind === undefined || counts[kind] === undefined) {
      throw new MasterflagError('MF_ENTITY_UNKNOWN', `${JSON.stringify(key)} is not a matching key of a known kind`);
    }
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    const body: CommandBody = { v: 1, type: 'command', key, name, data, idempotencyKey, ...version };
    const partition = partitionOf(kind, key, counts);
    const id = outcomeId(body);
    const answered = this.answer(id);
    const arrived = turnstile.hurry(partition);
    const over = new AbortController();
    try {
      await log.append(partition, 'fast', [JSON.stringify(body)]);
      return await Promise.race([answered, this.found(partition, id, over.signal)]);
    } finally {
      over.abort();
      arrived();
    }
  }

  /**
   * The outcome as the store has it. Looked for now and then even where the partition is this process's own: it may
   * have come here after its former owner had decided the command, and told nobody here.
   */
  private async found(partition: PartitionId, id: string, over: AbortSignal): Promise<Outcome> {
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
      await pause(this.parts.isOwned(partition) ? LONGEST_LOOK_MS : wait, undefined, { ref: false });
      if (over.aborted) return new Promise(() => undefined);
      const [document] = await this.parts.store.load([{ collection: 'master.outcomes', id }]).catch(() => []);
      const outcome = document === undefined ? null : readOutcome(document);
      if (outcome !== null) return outcome;
    }
  }

  settle({ id, outcome }: Answer): void {
    const waiting = this.waiting.get(id) ?? [];
    this.waiting.delete(id);
    for (const resolve of waiting) resolve(outcome);
  }

  private answer(id: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(id) ?? [];
      this.waiting.set(id, [...waiting, resolve]);
    });
  }
}

const CHECKS = new Map<string, Check>(Object.entries(COMMANDS).map(([name, { data }]) => [name, compileCheck(data)]));

/** A command is checked before it is appended, so that no actor hears what it cannot understand. */
function refuseWrong(name: string, data: unknown): void {
  const check = CHECKS.get(name);
  if (check === undefined) {
    const hint = didYouMean(name, [...CHECKS.keys()]);
    throw new MasterflagError('MF_MESSAGE_UNKNOWN', `there is no command ${JSON.stringify(name)}${hint}`);
  }
  const violation = check(data);
  if (violation === null) return;
  const place = ['data', ...violation.path].join('.');
  throw new MasterflagError('MF_RECORD_INVALID', `${place} of the command ${name} ${violation.message}`);
}
