import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bytes that this process and all that it started hold in memory; pages that they share are counted in each. */
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
  return processes.filter(({ pid }) => ours.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}
