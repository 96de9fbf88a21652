import type { CollectionDifference, Example } from '../actors/node/reprocess/differences.ts';
import type { Plan } from '../actors/node/reprocess/plan.ts';
import { count } from './progress.ts';
import type { Rehearsed, Reprocessed } from './reprocessing.ts';
import { verdictLines } from './verdicts.ts';

/** Values of examples, in characters of JSON. */
const VALUE_LENGTH = 60;

/** The one object of --json. */
export function summaryOf({ plan, feed, received, accepted, duplicate, stale, quarantined, seconds }: Reprocessed) {
  const { source, version, records, current, before, quarantined: redrivable, unreachable } = plan;
  return {
    ...{ source, version, records, feed, received, accepted, duplicate, stale, quarantined, seconds },
    left: { current, before, quarantined: redrivable },
    unreachable,
  };
}

export function reprocessedText(result: Reprocessed): string {
  const { plan, received, seconds } = result;
  if (received === 0) return [nothing(plan), ...leftLines(plan)].join('\n');
  return [
    `${counted(received, 'record')} of ${plan.source} read again by version ${plan.version} in ${seconds.toFixed(1)} s (${readBy(plan)})`,
    ...verdictLines(result),
    ...leftLines(plan),
  ].join('\n');
}

export function rehearsedText(result: Rehearsed): string {
  const { plan, received, differences } = result;
  if (received === 0) return [nothing(plan), ...leftLines(plan)].join('\n');
  return [
    `${counted(received, 'record')} of ${plan.source} would be read again by version ${plan.version} (${readBy(plan)})`,
    ...(differences.length === 0 ? ['No body would change.'] : differences.flatMap(differenceLines)),
    ...leftLines(plan),
    'Nothing was written.',
  ].join('\n');
}

function nothing({ source, version }: Plan): string {
  return `Nothing to do: the inbox has no record of ${source} that an older version than ${version} accepted.`;
}

function readBy({ records }: Plan): string {
  return Object.entries(records)
    .map(([version, number]) => `${count(number)} by version ${version}`)
    .join(', ');
}

function differenceLines({ collection, changed, added, removed, fields }: CollectionDifference): string[] {
  const parts = [
    ...(changed > 0 ? [`${counted(changed, 'body', 'bodies')} would change`] : []),
    ...(added > 0 ? [`${count(added)} would be new`] : []),
    ...(removed > 0 ? [`${count(removed)} would be gone`] : []),
  ];
  const width = Math.max(...fields.map(({ path }) => path.length));
  return [
    `${collection}: ${parts.join(', ')}`,
    ...fields.flatMap(({ path, bodies, examples }) => [
      `  ${path.padEnd(width)}  ${counted(bodies, 'body', 'bodies')}`,
      ...examples.map((example) => `    ${exampleText(example)}`),
    ]),
  ];
}

function exampleText({ id, before, after }: Example): string {
  return `${id}: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length <= VALUE_LENGTH ? json : `${json.slice(0, VALUE_LENGTH - 1).toWellFormed()}…`;
}

/** What was not read again, and what to do about it. */
function leftLines({ source, version, current, before, quarantined, unreachable }: Plan): string[] {
  const lines: string[] = [];
  if (current > 0) lines.push(`${counted(current, 'record')} had been read by version ${version} already.`);
  if (before > 0) lines.push(`${counted(before, 'record')} came in before --since, and are left as they are.`);
  if (quarantined > 0) {
    lines.push(`${counted(quarantined, 'record')} had been quarantined: feed them again, or redrive them.`);
  }
  if (unreachable.length === 0) return lines;
  const all = unreachable.reduce((sum, { records }) => sum + records, 0);
  lines.push(
    `${counted(all, 'record')} are in the inbox no more (MASTERFLAG_INBOX_HOURS says how long they stay).`,
    `What an older version read of them stays as it is until you feed their files again: masterflag feed ${source} FILES`,
  );
  for (const { feed, records, received, at, files } of unreachable) {
    const from = files.length === 0 ? 'files that are not known any more' : files.join(', ');
    lines.push(`  ${count(records)} of ${count(received)} of the feed ${feed}, decided until ${at}: ${from}`);
  }
  return lines;
}

function counted(n: number, noun: string, many = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : many}`;
}
