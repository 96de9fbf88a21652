import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { without } from './left-out.ts';
import { runSeed } from './run.ts';
import { NOTHING, sum, summaryOf, type Summary } from './summary.ts';

export interface Seeds {
  readonly from: number;
  readonly count: number;
  /** A rule to leave out. */
  readonly without?: string;
  /** Whether the first violation is enough. */
  readonly untilFound?: boolean;
}

/** Seeds that a process is given at once: few enough that all processes end at about the same time. */
const SHARE = 20;

const SIMULATE = fileURLToPath(new URL('./simulate.ts', import.meta.url));

/** Runs seeds one after another, in this process. */
export async function runHere({ from, count, without: rule, untilFound = false }: Seeds): Promise<Summary> {
  let summary = NOTHING;
  for (let seed = from; seed < from + count; seed++) {
    summary = sum(summary, summaryOf(await runSeed(seed, rule === undefined ? {} : without(rule))));
    if (untilFound && summary.failures.length > 0) break;
  }
  return summary;
}

/** What a child process does: runs what it is sent, and answers. */
export function serve(): void {
  process.on('message', (seeds: Seeds) => {
    void runHere(seeds).then((summary) => process.send?.(summary, ignored));
  });
  // Nobody waits for an answer any more.
  process.on('disconnect', () => process.exit());
}

/** Child processes that share out seeds among themselves. */
export class Pool {
  private readonly children: ChildProcess[];
  private readonly free: ChildProcess[];
  private readonly waiting: ((child: ChildProcess) => void)[] = [];

  constructor(size: number) {
    this.children = Array.from({ length: size }, () => fork(SIMULATE, ['--child'], { serialization: 'advanced' }));
    this.free = [...this.children];
  }

  /** The sum of all seeds; `onProgress` hears what came of each share. */
  async run(
    { from, count, ...rest }: Seeds,
    onProgress: (summary: Summary) => void = () => undefined,
  ): Promise<Summary> {
    let total = NOTHING;
    const shares = Array.from({ length: Math.ceil(count / SHARE) }, async (_, n) => {
      const start = from + n * SHARE;
      const share = await this.ask({ from: start, count: Math.min(SHARE, from + count - start), ...rest });
      total = sum(total, share);
      onProgress(share);
    });
    await Promise.all(shares);
    return total;
  }

  /** One child runs these seeds, when it has time. */
  async ask(seeds: Seeds): Promise<Summary> {
    const child = this.free.pop() ?? (await new Promise<ChildProcess>((resolve) => this.waiting.push(resolve)));
    const summary = await answerOf(child, seeds);
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(child);
    else next(child);
    return summary;
  }

  close(): void {
    for (const child of this.children) child.disconnect();
  }
}

function answerOf(child: ChildProcess, seeds: Seeds): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error(`a process ended while it ran ${JSON.stringify(seeds)}`));
    };
    child.once('exit', ended);
    child.once('message', (summary) => {
      child.off('exit', ended);
      resolve(summary as Summary);
    });
    child.send(seeds);
  });
}

function ignored(): void {
  // The one who asked is gone.
}
