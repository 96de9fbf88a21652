import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAULTS, type Fault } from './cluster-faults.ts';

const PAGE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));

/** What happened at one moment, and how long it took until every partition had decided something new. */
export interface Round {
  readonly faults: readonly Fault[];
  /** Messages that waited in the log when it happened. */
  readonly waiting: number;
  readonly recoveryMs: number;
}

export interface Story {
  readonly seed: number;
  readonly rounds: readonly Round[];
  readonly records: number;
  readonly heartbeatSeconds: number;
  readonly seconds: number;
  /** Runs of the feeding command: those that ended well, and those that did not, by the code of their error. */
  readonly fed: number;
  readonly broken: ReadonlyMap<string, number>;
  /** Whether the store was the stand-in, and not MongoDB. */
  readonly isStandIn: boolean;
}

export function writeFaultsPage(story: Story): void {
  writeFileSync(PAGE, faultsPage(story));
}

export function faultsPage(story: Story): string {
  const { seed, rounds, records, heartbeatSeconds, seconds, fed, broken } = story;
  const total = rounds.reduce((sum, { faults }) => sum + faults.length, 0);
  const broke = [...broken].sort(([, a], [, b]) => b - a).map(([why, count]) => `${count} with ${why}`);
  const rows = (Object.keys(FAULTS) as Fault[]).map((fault) => row(fault, rounds)).filter((line) => line !== '');
  return `# Faults that were tried

Three to five nodes, a real nats-server and a MongoDB, each server behind a proxy that cuts connections; Online Retail and Olist are fed at the same time by a client that sends everything again that was not answered. \`test/fault/cluster.test.ts\` does this with 30 faults where \`MASTERFLAG_CHAOS=1\` asks for it, and \`npm run soak\` with 300 and everything that the two data sets have; this page is what the last run with \`UPDATE_DOCS=1\` wrote (seed ${seed}).

**${total} faults in ${rounds.length} rounds, over ${whole(seconds)} seconds and ${whole(records)} records; the heartbeat was ${heartbeatSeconds} s.** In the end every collection was equal to that of an embedded run that nothing disturbed, byte for byte${story.isStandIn ? ' but for the order of names in a document, which the stand-in for MongoDB that it ran on does not keep' : ''}; every event was there once, numbered without gaps for its entity, and folded to its body; and every record had been accepted once. ${fed} feeds ended well; ${broke.length === 0 ? 'none was broken off' : `broken off, and fed again: ${broke.join(', ')}`}.

Recovery is the time from when the cluster could go on (the process was killed, the connections cut, the server back) until every partition had decided a new message.

| what was done | times | together with others | messages waiting: median, most | recovery alone: median, worst | together: worst |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function row(fault: Fault, rounds: readonly Round[]): string {
  const own = rounds.filter(({ faults }) => faults.includes(fault));
  if (own.length === 0) return '';
  const [alone, together] = [own.filter(isAlone), own.filter((round) => !isAlone(round))];
  const waiting = own.map((round) => round.waiting);
  const recovery = alone.map(({ recoveryMs }) => recoveryMs);
  const worst = together.map(({ recoveryMs }) => recoveryMs);
  const cells = [
    FAULTS[fault],
    String(own.length),
    String(together.length),
    `${whole(median(waiting))}, ${whole(Math.max(...waiting))}`,
    alone.length === 0 ? 'never' : `${inSeconds(median(recovery))}, ${inSeconds(Math.max(...recovery))}`,
    together.length === 0 ? 'never' : inSeconds(Math.max(...worst)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function isAlone({ faults }: Round): boolean {
  return faults.length === 1;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
