import { once } from 'node:events';
import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function serveCommand(): Command {
  return command(
    'serve',
    'keep the engine of a data set running, for other commands to go through, until stopped',
    'masterflag serve --data ./orders &',
    'masterflag feed online-retail day.csv --data ./orders   # goes through the one above',
  ).action(async (options: CommonOptions) => {
    const { Connection } = await import('../../gateway/local/connection.ts');
    const { socketPath } = await import('../../gateway/local/address.ts');
    const { MasterflagError } = await import('../../schemas/errors.ts');
    const settings = await settingsOf(options);
    const { signal, done } = interruption('stopped in order');
    const connection = await Connection.open(settings, {
      onRestart: (why) => console.error(`the engine was started again: ${why}`),
    });
    try {
      if (!connection.isOwner) {
        throw new MasterflagError('MF_DATA_OWNED', `another process serves ${settings.data} already`);
      }
      const where = { data: settings.data, socket: socketPath(settings.data), pid: process.pid };
      await print(options.json, where, () => `Serving ${where.data} (${where.socket}); Ctrl-C stops it in order.`);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await connection.close();
      done();
    }
  });
}
