import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../servers/cluster.ts';
import type { Random } from '../simulation/world.ts';
import { ended } from './command-line.ts';
import type { ChapteredFeed } from './two-feeds.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

interface Verdicts {
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly stale: number;
  readonly quarantined: number;
}

/** A feed that cannot be brought in after so many attempts is a defect. */
const MOST_ATTEMPTS = 40;

/** Feeds two sources at a time, chapter by chapter, and sends everything again that was not answered. */
export class Client {
  private readonly cluster: Cluster;
  private readonly feeds: readonly ChapteredFeed[];
  private readonly random: Random;
  private readonly running = new Set<ChildProcess>();
  private next = 0;
  /** Runs of the command that ended well, and those that did not, by the code of the error. */
  finished = 0;
  readonly broken = new Map<string, number>();

  constructor(cluster: Cluster, feeds: readonly ChapteredFeed[], random: Random) {
    [this.cluster, this.feeds, this.random] = [cluster, feeds, random];
  }

  get chapters(): number {
    return this.feeds[0]?.chapters.length ?? 0;
  }

  /** Feeds what has not been fed, up to a chapter; when there is nothing new, one of the old ones again. */
  async go(due: number): Promise<void> {
    const chapter = this.next < due ? this.next : this.random.below(this.next);
    await this.feed(chapter);
    if (chapter === this.next) this.next += 1;
  }

  /** One chapter, in one feed for each source. @returns what became of it */
  feed(chapter: number): Promise<Verdicts[]> {
    return Promise.all(this.feeds.map(({ source, chapters }) => this.until(source, chapters[chapter] ?? [])));
  }

  /** Everything again, in one feed for each source. @returns what became of it */
  everything(): Promise<Verdicts[]> {
    return Promise.all(this.feeds.map(({ source, chapters }) => this.until(source, chapters.flat())));
  }

  /** One of the commands that run, if any does. */
  kill(): void {
    const running = [...this.running];
    running[this.random.below(Math.max(1, running.length))]?.kill('SIGKILL');
  }

  private async until(source: string, files: readonly string[]): Promise<Verdicts> {
    for (let attempt = 1; ; attempt++) {
      const { code, stdout, stderr } = await this.run('feed', source, ...files, '--json');
      if (code === 0) {
        this.finished += 1;
        return exact(JSON.parse(stdout) as Verdicts);
      }
      const why = /MF_[A-Z_]+/.exec(stderr)?.[0] ?? (code === null ? 'killed' : `exit code ${code}`);
      this.broken.set(why, (this.broken.get(why) ?? 0) + 1);
      if (attempt === MOST_ATTEMPTS) throw new Error(`${source} was never taken in: ${stderr}`);
    }
  }

  private async run(...words: readonly string[]) {
    const child = spawn(process.execPath, [LAUNCHER, ...words], { env: this.cluster.env });
    this.running.add(child);
    const result = await ended(child);
    this.running.delete(child);
    return result;
  }
}

/** Every record got one verdict. */
function exact(verdicts: Verdicts): Verdicts {
  const { received, accepted, duplicate, stale, quarantined } = verdicts;
  if (received !== accepted + duplicate + stale + quarantined) throw new Error(JSON.stringify(verdicts));
  return verdicts;
}
