import type { Command } from 'commander';
import type { SetupReport } from '../../actors/node/server-settings.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function setupCommand(): Command {
  return command(
    'setup',
    'make the streams and indexes of a cluster, or bring them to the present settings',
    'masterflag setup',
    'MASTERFLAG_REPLICAS=3 masterflag setup    # three copies of every stream from now on',
  ).action(async (options: CommonOptions) => {
    const { isCluster } = await import('../../config/settings.ts');
    const { MasterflagError } = await import('../../schemas/errors.ts');
    const { setUpServers } = await import('../../actors/node/server-settings.ts');
    const settings = await settingsOf(options);
    if (!isCluster(settings)) {
      throw new MasterflagError('MF_USAGE', 'only a cluster is set up: NATS_URL and MONGODB_URL name its servers');
    }
    const report = await setUpServers(settings);
    await print(options.json, report, () => setupText(report));
  });
}

function setupText({ cluster, streams, indexes, partitions, isKnown }: SetupReport): string {
  const changed = streams.filter(({ did }) => did !== 'nothing');
  const counts = Object.entries(partitions).map(([kind, count]) => `${kind} ${count}`);
  return [
    ...changed.map(
      ({ name, did, differences }) =>
        `${did} stream ${name}${differences.length > 0 ? `: ${differences.map(({ setting }) => setting).join(', ')}` : ''}`,
    ),
    ...indexes.map((index) => `made index ${index}`),
    changed.length + indexes.length === 0 ? 'Nothing had to be changed.' : '',
    isKnown
      ? `Cluster ${cluster} is set up as before, with partitions ${counts.join(', ')}.`
      : `Cluster ${cluster} is set up, with partitions ${counts.join(', ')}: their numbers stay as they are.`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
