import { randomUUID } from 'node:crypto';
import { COMMANDS } from '../../schemas/command.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts } from '../../schemas/partition.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { compileCheck, type Check } from '../../schemas/validate.ts';
import type { Log } from '../../streams/log.ts';
import type { Turnstile } from './turnstile.ts';
import type { Answer } from '../partition/batch.ts';
import { outcomeId, type Outcome } from '../partition/outcomes.ts';

export interface CommandRequest {
  readonly key: MatchingKey;
  readonly name: string;
  readonly data?: unknown;
  /** The same command under the same key has its effect once; without one, every call is a new command. */
  readonly idempotencyKey?: string;
  readonly expectedVersion?: number;
}

/** Sends commands down the fast lane, and tells their authors how they ended. */
export class Commands {
  private readonly log: Log;
  private readonly counts: PartitionCounts;
  private readonly turnstile: Turnstile;
  private readonly waiting = new Map<string, ((outcome: Outcome) => void)[]>();

  constructor(log: Log, counts: PartitionCounts, turnstile: Turnstile) {
    this.turnstile = turnstile;
    this.log = log;
    this.counts = counts;
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
    if (kind === undefined || this.counts[kind] === undefined) {
      throw new MasterflagError('MF_ENTITY_UNKNOWN', `${JSON.stringify(key)} is not a matching key of a known kind`);
    }
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    const body: CommandBody = { v: 1, type: 'command', key, name, data, idempotencyKey, ...version };
    const partition = partitionOf(kind, key, this.counts);
    const answered = this.answer(outcomeId(body));
    const arrived = this.turnstile.hurry(partition);
    try {
      await this.log.append(partition, 'fast', [JSON.stringify(body)]);
      return await answered;
    } finally {
      arrived();
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
