import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../config/sample/', import.meta.url));

/** Starts the command as a user does. */
export function masterflag(...words: readonly string[]): ChildProcess {
  return masterflagWith({}, ...words);
}

/** With settings of its own. */
export function masterflagWith(settings: Readonly<Record<string, string>>, ...words: readonly string[]): ChildProcess {
  const env = { ...environment(), ...settings };
  return spawn(process.execPath, [LAUNCHER, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'masterflag-fault-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Days of Online Retail: from the folder of real data where there is one, else the shipped day. */
export function onlineRetail(days: number): string[] {
  const { MASTERFLAG_TEST_DATA } = process.env;
  const real = MASTERFLAG_TEST_DATA === undefined ? '' : join(MASTERFLAG_TEST_DATA, 'online_retail');
  const folder = existsSync(real) ? real : SAMPLE;
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return files
    .sort()
    .slice(0, days)
    .map((name) => join(folder, name));
}
