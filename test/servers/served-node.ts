import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

/** Characters of a log that are kept: what came last says why something failed. */
const MOST_KEPT = 200_000;

export interface ServeOptions {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  /** More words of the command line, such as --kinds. */
  readonly words?: readonly string[] | undefined;
  /** Run instead of the command, with the same settings. */
  readonly program?: string | undefined;
}

/** One `masterflag serve`, as a user starts it, in a process group of its own: its engine is a process too. */
export class ServedNode {
  readonly name: string;
  /** Resolves with what the process ended with. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private readonly listeners = new Set<() => void>();
  private text = '';

  constructor({ name, env, words = [], program = LAUNCHER }: ServeOptions) {
    this.name = name;
    const line = [program, 'serve', '--name', name, ...words];
    this.child = spawn(process.execPath, line, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.hear(chunk.toString()));
    }
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      for (const listener of this.listeners) listener();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get log(): string {
    return this.text;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when it serves. @throws with its log when it ended instead */
  async ready(): Promise<this> {
    await this.says(/ serves /);
    return this;
  }

  /** Resolves when what it printed or logged matches, at once if it did already. @throws with its log if it ended */
  says(wanted: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = wanted.test(this.text);
        if (!found && !this.hasEnded) return;
        this.listeners.delete(look);
        if (found) resolve();
        else reject(new Error(`node ${this.name} ended without saying ${String(wanted)}:\n${this.text}`));
      };
      this.listeners.add(look);
      look();
    });
  }

  /** At once, both processes, as when a machine loses its power. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Both processes stand still, as a machine does that swaps, or is moved. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  /** As an operator, a service manager or a container runtime does it. Resolves with the exit code. */
  async terminate(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return (await this.ended).code;
  }

  /** The id of its process group, which the process of the engine is in as well. */
  get group(): number {
    return this.child.pid ?? 0;
  }

  private signal(name: NodeJS.Signals): void {
    // A group whose processes are gone is none: there is nothing left to signal.
    if (this.child.pid === undefined || this.hasEnded) return;
    process.kill(-this.child.pid, name);
  }

  private hear(text: string): void {
    this.text = `${this.text}${text}`.slice(-MOST_KEPT);
    for (const listener of this.listeners) listener();
  }
}
