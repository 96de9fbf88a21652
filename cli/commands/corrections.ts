import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Correction } from '../../actors/node/subject.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Result, Wish } from '../correcting.ts';
import type { Filter } from '../quarantine.ts';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { Output } from '../output.ts';
import { filterOf, hasFilter, withFilter, type FilterOptions } from './filters.ts';

interface CorrectOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly by?: string;
}

interface ManyOptions extends CorrectOptions, FilterOptions {
  readonly all?: true;
}

interface FixOptions extends CorrectOptions {
  readonly field?: readonly string[];
  readonly payload?: string;
}

/** Given as text, or as JSON. */
type Value = readonly [kind: 'text' | 'json', text: string];

const STOPPED = 'stopped: what was done is done, and the rest is where it was. Run the same command again to go on.';

export function redriveCommand(): Command {
  return withFilter(
    command(
      'redrive',
      'send entries again through the present version of their source; parked messages are heard again in their order',
      'masterflag quarantine redrive q0fWJ1ZQ --dry-run      # what would happen?',
      'masterflag quarantine redrive q0fWJ1ZQ',
      'masterflag quarantine redrive --source online-retail --rule number --dry-run',
      'masterflag quarantine redrive --all',
    ),
  )
    .argument('[ids...]', 'ids, or how they begin; without any, all that match the options')
    .option('--all', 'everything that is in quarantine')
    .option('--dry-run', 'change nothing; say of each whether it would be accepted, or why not')
    .option('--by <name>', 'who does it, for whoever asks later (default: your user name)')
    .action(async (ids: string[], options: ManyOptions) => {
      await correctAll({ type: 'redrive' }, ids, await meant(ids, options), options);
    });
}

export function dropCommand(): Command {
  return withFilter(
    command(
      'drop',
      'give entries up; of a parked entity the message that parks it, and those behind it are heard',
      'masterflag quarantine drop q0fWJ1ZQ --why "a test order"',
      `masterflag quarantine drop --cause online-retail/MF_RECORD_WIDTH --why "fed again, complete" --dry-run`,
    ),
  )
    .argument('[ids...]', 'ids, or how they begin; without any, all that match the options')
    .option('--all', 'everything that is in quarantine')
    .option('--dry-run', 'change nothing; say which would go')
    .option('--by <name>', 'who does it, for whoever asks later (default: your user name)')
    .requiredOption('--why <reason>', 'the reason, for whoever asks later')
    .action(async (ids: string[], options: ManyOptions & { readonly why: string }) => {
      await correctAll({ type: 'drop', why: options.why }, ids, await meant(ids, options), options);
    });
}

export function fixCommand(): Command {
  // In the order in which they stand, whichever of the two options they are given by.
  const values: Value[] = [];
  const value = (kind: Value[0]) => (text: string) => void values.push([kind, text]);
  return command(
    'fix',
    'send a record with other values, or another one, in the place of an entry',
    'masterflag quarantine fix q0fWJ1ZQ --field Quantity --value 3',
    'masterflag quarantine fix q0fWJ1ZQ --field lines[0].price --value-json 12.5 --dry-run',
    'masterflag quarantine fix q0fWJ1ZQ --payload row.csv',
  )
    .argument('<id>', 'the id of the entry, or its beginning')
    .option('--field <path>', 'column of the record, or path into it; several, each with its value', gather)
    .option('--value <text>', 'what stands there from now on, as text', value('text'))
    .option('--value-json <json>', 'what stands there from now on, as JSON', value('json'))
    .option('--payload <file>', 'the whole record: a row or record as its source has it, or JSON; - for standard input')
    .option('--dry-run', 'change nothing; say whether it would be accepted, or why not')
    .option('--by <name>', 'who does it, for whoever asks later (default: your user name)')
    .action(async (id: string, options: FixOptions) => {
      await correctAll({ type: 'fix', correction: correctionOf(options, values) }, [id], [id], options);
    });
}

function gather(field: string, all: readonly string[] = []): string[] {
  return [...all, field];
}

/** @throws MF_USAGE */
function correctionOf({ field = [], payload }: FixOptions, values: readonly Value[]): Correction {
  if (payload !== undefined && field.length + values.length === 0) {
    return { type: 'payload', payload: readFile(payload) };
  }
  if (payload !== undefined || field.length === 0 || field.length !== values.length) {
    throw new MasterflagError('MF_USAGE', 'fix takes --field and --value, as often as needed, or --payload');
  }
  return { type: 'fields', changes: field.map((name, n) => [name, valueOf(values[n] ?? ['text', ''])]) };
}

function valueOf([kind, text]: Value): unknown {
  if (kind === 'text') return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MasterflagError('MF_USAGE', `--value-json ${text} is not JSON`, { cause });
  }
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (cause) {
    throw new MasterflagError('MF_USAGE', `cannot read ${path}: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

/** @throws MF_USAGE */
async function meant(ids: readonly string[], options: ManyOptions): Promise<readonly string[] | Filter> {
  const byFilter = options.all === true || hasFilter(options);
  if (ids.length > 0 && byFilter) {
    throw new MasterflagError('MF_USAGE', 'name entries by their ids, or by what they have in common, but not both');
  }
  if (ids.length > 0) return ids;
  if (byFilter) return filterOf(options);
  throw new MasterflagError('MF_USAGE', 'say which entries: an id, --cause and its like, or --all of them');
}

async function correctAll(
  wish: Wish,
  ids: readonly string[],
  entries: readonly string[] | Filter,
  { by = userInfo().username, data, dryRun = false, json, ...common }: CorrectOptions,
): Promise<void> {
  const { correct, refusalOf } = await import('../correcting.ts');
  const { correctedText, oneText, Refusals, trialLine } = await import('../correcting-text.ts');
  const settings = await settingsOf({ ...common, ...(data === undefined ? {} : { data }) });
  const { signal, done } = interruption(STOPPED);
  const output = new Output();
  const refusals = new Refusals();
  let last: Result | undefined;
  try {
    const isOne = ids.length === 1;
    const onResult = async (result: Result): Promise<void> => {
      refusals.add((last = result));
      if (json === true && !isOne) await output.json(result);
      else if (json !== true && dryRun) await output.line(trialLine(result));
    };
    const corrected = await correct(settings, { wish, by, entries, dryRun, signal, onResult });
    if (isOne && !dryRun && (last?.result === 'refused' || last?.result === 'gone')) throw refusalOf(last);
    if (json === true)
      await output.json(isOne ? { ...last, feed: corrected.feed, verdicts: corrected.verdicts } : corrected);
    else if (isOne && !dryRun && last !== undefined) await output.line(oneText(wish, last, corrected));
    else if (!isOne) await output.line(correctedText(wish, corrected, refusals, data));
  } finally {
    await output.flush();
    done();
  }
}
