import type { Corrected, Result, Wish } from './correcting.ts';
import { count } from './progress.ts';
import { typed } from './shell.ts';

/** Reasons that are told; of more, how many there are. */
const MOST_REASONS = 10;

/** Refusals by their reason, gathered as they come. */
export class Refusals {
  private readonly reasons = new Map<string, { count: number; readonly example: string }>();

  add({ result, code = '', reason = '', entry }: Result): void {
    if (result !== 'refused') return;
    const text = `${code}: ${reason}`;
    const known = this.reasons.get(text);
    if (known !== undefined) known.count += 1;
    else if (this.reasons.size < 1000) this.reasons.set(text, { count: 1, example: entry });
  }

  lines(): string[] {
    const all = [...this.reasons].sort(([, a], [, b]) => b.count - a.count);
    const shown = all
      .slice(0, MOST_REASONS)
      .map(([text, { count: n, example }]) => `    ${count(n)}  ${text} (${example})`);
    return all.length > MOST_REASONS
      ? [...shown, `    ... and ${count(all.length - MOST_REASONS)} more reasons`]
      : shown;
  }
}

/** What would happen to one entry. */
export function trialLine({ entry, result, code, reason, note }: Result): string {
  const word = result === 'done' ? 'would go' : result;
  const why = [...(code === undefined ? [] : [`${code}: ${reason ?? ''}`]), ...(note === undefined ? [] : [note])];
  return [entry, word, ...why].join('  ');
}

const DONE: Readonly<Record<Wish['type'], string>> = {
  redrive: 'sent again, or heard where they waited',
  fix: 'sent in another form',
  drop: 'given up',
};

/** What became of many. */
export function correctedText(wish: Wish, corrected: Corrected, refusals: Refusals, data: string | undefined): string {
  const { matched, dryRun, results, seconds } = corrected;
  if (matched === 0) return 'Nothing in quarantine matches.';
  const head = `${count(matched)} ${matched === 1 ? 'entry' : 'entries'}${dryRun ? ', tried and left as they were' : ''} (${seconds.toFixed(1)} s)`;
  const rows = dryRun ? trialRows(wish, results) : [['done', results.done, DONE[wish.type]] as const];
  const rest = [
    ['refused', results.refused, dryRun ? 'would stay, and why:' : 'still here, and why:'],
    ['untried', results.untried, 'they ended the process that heard them, and could end this one'],
    ['gone', results.gone, 'in quarantine no more: somebody else has seen to them'],
  ] as const;
  const lines = [...rows, ...rest]
    .filter(([, n]) => n > 0)
    .map(([name, n, what]) => `  ${name.padEnd(10)} ${count(n)}   ${what}`);
  const after = results.refused > 0 ? refusals.lines() : [];
  return [head, ...lines, ...after, ...sentLines(corrected, data)].join('\n');
}

function trialRows(wish: Wish, results: Corrected['results']) {
  if (wish.type === 'drop') return [['done', results.done, 'would be given up']] as const;
  return [
    ['accepted', results.accepted, 'would be accepted'],
    ['duplicate', results.duplicate, 'say what is known already'],
    ['stale', results.stale, 'say less than what is known already'],
  ] as const;
}

function sentLines({ verdicts, feed }: Corrected, data: string | undefined): string[] {
  const told = Object.entries(verdicts).filter(([, n]) => n > 0);
  if (told.length === 0) return [];
  const again =
    verdicts.quarantined === 0 ? [] : [`  ${typed(['quarantine', 'list', '--where', JSON.stringify({ feed })], data)}`];
  return [`Records sent again: ${told.map(([verdict, n]) => `${count(n)} ${verdict}`).join(', ')}`, ...again];
}

/** What became of the one that was asked for. */
export function oneText(wish: Wish, { entry, to }: Result, { verdicts }: Corrected): string {
  const verdict = Object.entries(verdicts).find(([, n]) => n > 0)?.[0];
  const what = { redrive: 'Redriven', fix: 'Fixed', drop: 'Dropped' }[wish.type];
  const sent =
    to === undefined || wish.type === 'drop' ? '' : ` Sent to ${to}${verdict === undefined ? '' : `: ${verdict}`}.`;
  return `${what}: ${entry} is in quarantine no more.${sent}`;
}
