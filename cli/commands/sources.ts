import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';

export function sourcesCommand(): Command {
  return command(
    'sources',
    'list the sources that can be fed, and the kinds of record of each',
    'masterflag sources',
    'MASTERFLAG_SOURCES=./my-sources masterflag sources',
  )
    .argument('[list]', 'what to do; list is all that there is')
    .action(async (_list: string | undefined, options: CommonOptions) => {
      const { loadSources } = await import('../../config/sources.ts');
      const { sources: folders } = await settingsOf(options);
      const list = loadSources(folders).map(({ file, source }) => {
        const { name, version, title, format, records } = source;
        return { name, version, title, format: format.type, records: Object.keys(records), file };
      });
      await print(options.json, list, () => {
        const rows = list.map(({ name, version, format, records, title = '' }) => {
          return [name, String(version), format, records.join(' '), title];
        });
        return table(['source', 'version', 'format', 'records', ''], rows);
      });
    });
}
