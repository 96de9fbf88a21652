import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));
const START = fileURLToPath(new URL('../../cli/start.ts', import.meta.url));

/** One day of Online Retail: 3,108 rows. */
export const SAMPLE = fileURLToPath(new URL('../../config/sample/online-retail-2010-12-01.csv', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output has this text. */
  readonly says: (text: string) => Promise<void>;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  /** Standard input never ends: a feed of it goes on until it is stopped. */
  readonly keepStdinOpen?: true;
  /** MiB of JavaScript heap for every thread. */
  readonly heapMb?: number;
  readonly entry?: 'masterflag' | 'start';
  /** Folder of sources beside the shipped ones. */
  readonly sources?: string;
}

/** A folder of its own for the data set and the files of one test file, and the command on it. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'masterflag-cli-'));
  readonly data = join(this.folder, 'data');
  private readonly running = new Set<ChildProcess>();

  /** Starts the command as a user does, on this data set. */
  start(
    words: readonly string[],
    { stdin, keepStdinOpen, heapMb, sources, entry = 'masterflag' }: RunOptions = {},
  ): Running {
    const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
    const program = entry === 'start' ? START : LAUNCHER;
    // Servers that the tests of a cluster find are not for the commands on a folder.
    const { NODE_OPTIONS: _, NATS_URL: __, MONGODB_URL: ___, ...inherited } = process.env;
    const limits = heapMb === undefined ? {} : { MASTERFLAG_HEAP_MB: String(heapMb) };
    const folder = sources === undefined ? {} : { MASTERFLAG_SOURCES: sources };
    const env = { ...inherited, ...limits, ...folder, MASTERFLAG_DATA: this.data };
    const child = spawn(process.execPath, [...heap, program, ...words], { env, cwd: this.folder });
    this.running.add(child);
    child.stdin.on('error', () => undefined);
    if (!keepStdinOpen) child.stdin.end(stdin);
    const running = follow(child);
    void running.ended.finally(() => this.running.delete(child));
    return running;
  }

  run(...words: readonly string[]): Promise<Ended> {
    return this.start(words).ended;
  }

  /** Runs it and parses the one line that it prints. @throws what it said on standard error if it failed */
  async json<T = Record<string, unknown>>(...words: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...words, '--json');
    if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  async lines<T = Record<string, unknown>>(...words: readonly string[]): Promise<T[]> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}`);
    const texts = stdout.split('\n').filter((line) => line !== '');
    return texts.map((line) => JSON.parse(line) as T);
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** What a failed test left running is ended; then the folder goes. */
  remove(): void {
    for (const child of this.running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function follow(child: ChildProcess): Running {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  const listeners = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    for (const listener of listeners) listener();
  });
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout: text(stdout), stderr: text(stderr) }));
  });
  const says = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!text(stdout).includes(wanted)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${wanted}: ${text(stderr)}`)));
      look();
    });
  return { child, ended, says };
}

/** Invoice lines as Online Retail has them: invoice, stock code, quantity, price, customer. */
export function invoice(...lines: readonly (readonly [string, string, number, string, string])[]): string {
  const rows = lines.map(([number, code, quantity, price, customer]) =>
    [number, code, `THING ${code}`, quantity, '2011-01-05 10:00:00', price, customer, 'United Kingdom'].join(','),
  );
  return `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${rows.join('\n')}\n`;
}
