import { MasterflagError } from '../../schemas/errors.ts';
import type { Drop, Fix, Redrive } from '../../schemas/command.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import { problemOf } from '../../streams/pipeline/validate.ts';
import type { CommandRequest } from './commands.ts';
import type { Entry } from './entries.ts';
import { corrected, sendable, subjectOf, type Correction } from './subject.ts';

/** Who asks, and under which feed the verdicts of what this run sends again are counted. */
export interface Asking {
  readonly by: string;
  readonly feed: string;
}

/** A command about an entry, and what it sends, for whoever wants to try that first. */
export interface Request {
  readonly command: CommandRequest;
  readonly send: EffectItem | undefined;
}

/**
 * Makes commands of what people want done with entries, as ingress makes messages of feeds: here the present version
 * of a source is asked, and stamped. What one run wants of an entry has one idempotency key, so that it may be sent
 * again after whatever went wrong. Another run may want the same again, since a source may have been mended meanwhile;
 * it finds the entry, or that it is gone.
 */
export class Corrections {
  private readonly sources: SourceRegistry;

  constructor(sources: SourceRegistry) {
    this.sources = sources;
  }

  /** @throws MF_SOURCE_UNKNOWN, MF_WAITS_BEHIND */
  redrive(entry: Entry, { by, feed }: Asking): Request {
    if (entry.type === 'overflow') {
      throw new MasterflagError('MF_WAITS_BEHIND', `${entry._id} waits for its turn: ${entry.message}`);
    }
    const subject = subjectOf(entry, entry);
    // What is parked is heard where it is, as it stands there unless its source has another version by now.
    const isSent = entry.type !== 'poison' || (subject.type === 'record' && !this.isPresent(entry));
    const send = isSent ? sendable(subject, entry.entity, this.sources, { feed, corrects: entry._id }) : undefined;
    const data: Redrive = { entry: entry._id, by, ...(send === undefined ? {} : { send }) };
    return { command: commandOf(entry, 'redrive', data, feed), send };
  }

  private isPresent({ source, sourceVersion }: Entry): boolean {
    return source !== undefined && this.sources.newest(source).version === sourceVersion;
  }

  /** @throws MF_SOURCE_UNKNOWN, MF_FIX_INVALID, MF_NOT_FIXABLE, MF_RECORD_INVALID of a part */
  fix(entry: Entry, correction: Correction, { by, feed }: Asking): Request {
    if (entry.type === 'overflow') {
      throw new MasterflagError('MF_NOT_FIXABLE', `${entry._id} waits for its turn, and nothing is wrong with it`);
    }
    const subject = corrected(subjectOf(entry, entry), correction, this.sources);
    const problem = subject.type === 'part' ? problemOf(subject) : null;
    if (problem !== null) throw new MasterflagError('MF_RECORD_INVALID', problem.message);
    const send = sendable(subject, entry.entity, this.sources, { feed, corrects: entry._id });
    const data: Fix = { entry: entry._id, by, send };
    return { command: commandOf(entry, 'fix', data, feed), send };
  }

  drop(entry: Entry, why: string, { by, feed }: Asking): Request {
    const data: Drop = { entry: entry._id, by, why };
    return { command: commandOf(entry, 'drop', data, feed), send: undefined };
  }
}

function commandOf({ _id, entity: key, version }: Entry, name: string, data: object, run: string): CommandRequest {
  return { key, name, data, idempotencyKey: [run, name, _id, version].join('/') };
}
