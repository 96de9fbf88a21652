import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Bytes that this process and all that it started hold in memory. On Linux, what several of them share (the program)
 * is counted once; elsewhere in each.
 */
export async function residentBytes(): Promise<number> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,comm=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , command]) => command !== 'ps')
    .map(([pid, parent, kib]) => ({ pid: Number(pid), parent: Number(parent), bytes: Number(kib) * 1024 }));
  const ours = new Set([process.pid]);
  for (let before = 0; before < ours.size;) {
    before = ours.size;
    for (const { pid, parent } of processes) if (ours.has(parent)) ours.add(pid);
  }
  const held = processes.filter(({ pid }) => ours.has(pid)).map(({ pid, bytes }) => proportional(pid, bytes));
  return (await Promise.all(held)).reduce((sum, bytes) => sum + bytes, 0);
}

/** The proportional set size (proc(5), smaps_rollup). */
async function proportional(pid: number, otherwise: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kib = /^Pss: +(\d+) kB/m.exec(rollup)?.[1];
  return kib === undefined ? otherwise : Number(kib) * 1024;
}
