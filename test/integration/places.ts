import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openReadPorts } from '../../actors/node/ports.ts';
import { readSettings } from '../../config/settings.ts';
import { COLLECTIONS } from '../../config/tasks.ts';
import { allPartitions } from '../../schemas/partition.ts';
import { SAMPLE, type Ended } from './command.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

/** Where a data set is, as environment variables say it. */
export class Place {
  readonly env: Readonly<Record<string, string>>;
  private readonly running = new Set<ChildProcess>();

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  with(env: Readonly<Record<string, string>>): Place {
    return new Place({ ...this.env, ...env });
  }

  /** In a process group of its own, since the engine of a node is a process of its own. */
  start(...words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const { NODE_OPTIONS: _, NATS_URL: __, MONGODB_URL: ___, ...inherited } = process.env;
    const env = { ...inherited, ...this.env };
    const child = spawn(process.execPath, [LAUNCHER, ...words], { env, detached: true });
    this.running.add(child);
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdin.end();
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) => {
        this.running.delete(child);
        resolve({ code, signal, stdout: stdout.join(''), stderr: stderr.join('') });
      });
    });
    return { child, ended };
  }

  run(...words: readonly string[]): Promise<Ended> {
    return this.start(...words).ended;
  }

  /** @throws what it said on standard error if it failed */
  async json<T = Record<string, unknown>>(...words: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...words, '--json');
    if (code !== 0) throw new Error(`${words.join(' ')}: exit code ${String(code)}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  feed(...files: readonly string[]): Promise<Record<string, unknown>> {
    return this.json('feed', 'online-retail', ...files);
  }

  /** Resolves when every one of these nodes serves. */
  async serve(...names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map((name) => {
        const { child, ended } = this.start('serve', '--name', name, '--json');
        const serves = new Promise<void>((resolve) => child.stdout?.once('data', resolve));
        const failed = ended.then(({ stderr }) => Promise.reject(new Error(`${name} ended: ${stderr}`)));
        failed.catch(() => undefined);
        return Promise.race([serves, failed]);
      }),
    );
  }

  /** Ends all that was started here, with what it started, in order or at once. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await Promise.all(
      [...this.running].map(async (child) => {
        const closed = new Promise((resolve) => child.once('close', resolve));
        kill(child, signal);
        await closed;
      }),
    );
  }

  /** Everything that the data set says. */
  async state(): Promise<State> {
    const ports = await openReadPorts(readSettings(this.env));
    try {
      const [bodies, documents, versions] = [
        new Map<string, string>(),
        new Map<string, string>(),
        new Map<string, number>(),
      ];
      for (const collection of COLLECTIONS) {
        if (collection === 'management.setup') continue;
        for (let after = ''; ;) {
          const page = await ports.store.page(collection, { after, limit: 500 });
          for (const { id, json, version, meta, ...rest } of page) {
            documents.set(`${collection}/${id}`, JSON.stringify({ json, version, meta, ...rest }));
            if (!BOOKS.includes(collection)) bodies.set(`${collection}/${id}`, json ?? '');
            if (collection === 'master.flags') versions.set(id, version);
          }
          const last = page.at(-1);
          if (last === undefined) break;
          after = last.id;
        }
      }
      const events = new Map<string, string[]>();
      for (const partition of allPartitions(readSettings(this.env).partitions)) {
        for (let after = 0; ;) {
          const page = await ports.log.readEvents(partition, after, { messages: 100, bytes: 1 << 22 });
          for (const { body } of page) {
            for (const { subject, sequence } of JSON.parse(body) as { subject: string; sequence: string }[]) {
              events.set(subject, [...(events.get(subject) ?? []), sequence]);
            }
          }
          const last = page.at(-1);
          if (last === undefined) break;
          after = last.position;
        }
      }
      return { bodies, documents, gaps: gapsIn(events, versions) };
    } finally {
      await ports.close();
    }
  }
}

export function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** What is about how often something was fed, and not about entities. */
const BOOKS: readonly string[] = [
  ...['management.sources', 'management.feeds', 'management.resolutions', 'management.exports'],
  ...['master.outcomes', 'master.timers'],
];

export interface State {
  /** Texts of bodies, by collection and id. */
  readonly bodies: ReadonlyMap<string, string>;
  /** The same with versions and all that depends on the way here. */
  readonly documents: ReadonlyMap<string, string>;
  /** Entities whose events are not numbered from 1 to their version, each once. */
  readonly gaps: readonly string[];
}

function gapsIn(events: ReadonlyMap<string, readonly string[]>, versions: ReadonlyMap<string, number>): string[] {
  return [...versions].flatMap(([key, version]) => {
    const own = events.get(key) ?? [];
    const isWhole = own.length === version && own.every((sequence, n) => sequence === String(n + 1));
    return isWhole ? [] : [`${key}: version ${version}, events ${own.join(' ')}`];
  });
}

/** Where two maps differ; some of it. */
export function difference(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): string[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names]
    .filter((name) => left.get(name) !== right.get(name))
    .slice(0, 3)
    .map((name) => `${name}: ${left.get(name) ?? 'absent'} | ${right.get(name) ?? 'absent'}`);
}

/** The first rows of a day of Online Retail. */
export function rows(count: number): string {
  return `${readFileSync(SAMPLE, 'utf8')
    .split('\n')
    .slice(0, count + 1)
    .join('\n')}\n`;
}
