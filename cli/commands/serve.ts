import { once } from 'node:events';
import type { Command } from 'commander';
import type { Settings } from '../../schemas/settings.ts';
import { interruption } from '../interrupt.ts';
import { command, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface ServeOptions extends CommonOptions {
  readonly kinds?: string;
  readonly name?: string;
}

export function serveCommand(): Command {
  return command(
    'serve',
    'keep an engine running until stopped: of the data set in a folder, or as one node of a cluster',
    'masterflag serve --data ./orders &',
    'masterflag feed online-retail day.csv --data ./orders   # goes through the one above',
    'masterflag serve --kinds order,match --name n1          # with NATS_URL and MONGODB_URL set',
  )
    .option('--kinds <kinds>', 'kinds of actors whose partitions this node may own, separated by commas (default: all)')
    .option('--name <name>', 'name of this node in the cluster (default: made of the machine and the process)')
    .action(async (options: ServeOptions) => {
      const { isCluster } = await import('../../config/settings.ts');
      const settings = await serveSettings(options);
      const { signal, done } = interruption('stopped in order');
      try {
        const stop = isCluster(settings) ? await serveNode(settings, options) : await serveFolder(settings, options);
        try {
          if (!signal.aborted) await once(signal, 'abort');
        } finally {
          await stop();
        }
      } finally {
        done();
      }
    });
}

async function serveSettings({ data, kinds, name }: ServeOptions): Promise<Settings> {
  const { readList, readSettings } = await import('../../config/settings.ts');
  const said: Record<string, unknown> = {};
  if (data !== undefined) said['data'] = data;
  if (kinds !== undefined) said['kinds'] = readList(kinds);
  if (name !== undefined) said['node'] = name;
  return readSettings(process.env, said);
}

const onRestart = (why: string): void => {
  console.error(`the engine was started again: ${why}`);
};

async function serveFolder(settings: Settings, { json }: ServeOptions): Promise<() => Promise<void>> {
  const { LocalConnection } = await import('../../gateway/local/connection.ts');
  const { socketPath } = await import('../../gateway/local/address.ts');
  const { MasterflagError } = await import('../../schemas/errors.ts');
  const connection = await LocalConnection.open(settings, { onRestart });
  if (!connection.isOwner) {
    await connection.close();
    throw new MasterflagError('MF_DATA_OWNED', `another process serves ${settings.data} already`);
  }
  const where = { data: settings.data, socket: socketPath(settings.data), pid: process.pid };
  await print(json, where, () => `Serving ${where.data} (${where.socket}); Ctrl-C stops it in order.`);
  return () => connection.close();
}

/** Ends after the node has handed its partitions over. */
async function serveNode(settings: Settings, { json }: ServeOptions): Promise<() => Promise<void>> {
  const { Engine } = await import('../../gateway/local/engine.ts');
  const { nodeName } = await import('../../actors/node/name.ts');
  const { cluster, kinds } = settings;
  // Named here, so that an engine that is started again is the same node.
  const named = { ...settings, node: nodeName(settings) };
  const engine = new Engine(named, { onRestart });
  await engine.start();
  const what = kinds.length === 0 ? 'every kind' : kinds.join(', ');
  const where = { cluster, node: named.node, kinds, pid: process.pid };
  await print(json, where, () => `Node ${named.node} of cluster ${cluster} serves ${what}; Ctrl-C drains it.`);
  return () => engine.stop();
}
