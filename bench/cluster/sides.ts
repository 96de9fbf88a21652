import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url));

/** The young generation that the engine's thread has in production: three of these. */
const FLAGS = ['--max-semi-space-size=16'];

/** Runs one side of a comparison in a process of its own, and gives what it measured. */
export async function runSide<T>(side: string, ...words: readonly (string | number)[]): Promise<T> {
  const child = spawn(process.execPath, [...FLAGS, PROGRAM, side, ...words.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = (await Promise.all([text(child.stdout), once(child, 'exit')])) as [string, [number | null]];
  if (code !== 0) throw new Error(`the side ${side} ended with ${String(code)}`);
  return JSON.parse(output) as T;
}
