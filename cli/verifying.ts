import { verify, type Reported, type Verified } from '../actors/node/verify/open.ts';
import { openConnection } from '../gateway/connection.ts';
import type { Settings } from '../schemas/settings.ts';
import { Output } from './output.ts';
import { count, Progress } from './progress.ts';

export interface VerifyDataRequest {
  readonly repair: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Prints every finding as soon as it is certain, then what was looked at. */
export async function verifyData(settings: Settings, { repair, json, signal }: VerifyDataRequest): Promise<Verified> {
  const started = Date.now();
  const output = new Output();
  const progress = new Progress(undefined, json);
  const connection = repair ? await openConnection(settings) : undefined;
  try {
    const verified = await verify(settings, {
      signal,
      ...(connection !== undefined && { owner: connection }),
      onFinding: (finding) => (json ? output.json(lineOf(finding)) : output.line(findingText(finding))),
      onProgress: (documents) => {
        progress.update('documents', { records: documents, bytes: 0 });
      },
    });
    progress.clear();
    const seconds = (Date.now() - started) / 1000;
    if (json) await output.json({ summary: { data: settings.data, ...verified, seconds } });
    else for (const line of summaryLines(verified, repair, seconds)) await output.line(line);
    await output.flush();
    return verified;
  } finally {
    progress.clear();
    await connection?.close();
  }
}

/** One finding for programs. */
function lineOf({ collection, id, wrong, is, should, mendedBy, mended, advice, note }: Reported): object {
  return { collection, id, wrong, is, should, mendedBy, mended, advice, note };
}

/** One finding for people: where, what is wrong, what it should be, and what mends it. */
export function findingText(finding: Reported): string {
  const { collection, id, wrong, is, should } = finding;
  return `${collection} ${id}  ${wrong}: ${is}; should be: ${should}  [${mendText(finding)}]`;
}

function mendText({ mendedBy, mended, advice, note }: Reported): string {
  if (mended === true) return `mended from its ${mendedBy ?? 'entity'}`;
  if (mended === false) return `not mended: ${note ?? advice ?? 'verify again'}`;
  return mendedBy === null
    ? `--repair cannot mend it. ${advice ?? ''}`.trimEnd()
    : `--repair mends it from its ${mendedBy}`;
}

function summaryLines(verified: Verified, repair: boolean, seconds: number): string[] {
  const { documents, entities, events, folded, unsettled, found, mended, wrong } = verified;
  const kinds = Object.entries(wrong).map(([name, n]) => `${name} ${count(n)}`);
  return [
    `${count(documents)} documents of ${count(entities)} entities in ${seconds.toFixed(1)} s; ` +
      `${count(folded)} entities compared with all of their ${count(events)} events, the others with their state`,
    ...(unsettled > 0
      ? [`${count(unsettled)} entities moved all the time, or wait for what nobody hears: verify again`]
      : []),
    found === 0 ? 'nothing is wrong' : `${count(found)} wrong: ${kinds.join(', ')}`,
    ...(repair && found > 0 ? [`${count(mended)} mended, ${count(found - mended)} left`] : []),
    ...(!repair && found > 0 ? ['docs/verify.md says what each of them means'] : []),
  ];
}
