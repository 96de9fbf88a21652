import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function drainCommand(): Command {
  return command(
    'drain',
    'let other nodes of the cluster take over all that a node owns, so that it can be stopped',
    'masterflag drain n1',
  )
    .argument('<node>', 'its name, as `masterflag nodes` shows it')
    .action(async (node: string, options: CommonOptions) => {
      const { isCluster } = await import('../../config/settings.ts');
      const { MasterflagError } = await import('../../schemas/errors.ts');
      const { drainText } = await import('../nodes-text.ts');
      const settings = await settingsOf(options);
      if (!isCluster(settings)) {
        throw new MasterflagError('MF_USAGE', 'an embedded data set has one owner: stop it, and nothing is lost');
      }
      const { ClusterConnection } = await import('../../gateway/cluster/connection.ts');
      const connection = await ClusterConnection.open(settings);
      try {
        const report = await connection.drain(node);
        await print(options.json, report, () => drainText(report));
      } finally {
        await connection.close();
      }
    });
}
