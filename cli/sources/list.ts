import { loadSources, type SourceFile } from '../../config/sources.ts';
import type { Settings } from '../../schemas/settings.ts';
import { table } from '../table.ts';

/** What `sources list` says of one source; what its file does not say is left out. */
interface Listed {
  readonly name?: string;
  readonly version?: number;
  readonly title?: string;
  readonly format?: string;
  readonly records: readonly string[];
  readonly file: string;
  /** How much of the file is wrong, if anything is. */
  readonly problems?: number;
}

export function listSources({ sources }: Pick<Settings, 'sources'>): Listed[] {
  return loadSources(sources).map(listed);
}

function listed({ file, source, problems }: SourceFile): Listed {
  const { name, version, title, format, records } = source as Partial<SourceFile['source']>;
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
    ...(format !== undefined && { format: format.type }),
    records: Object.keys(records ?? {}),
    file,
    ...(problems.length > 0 && { problems: problems.length }),
  };
}

export function listText(list: readonly Listed[]): string {
  const rows = list.map(({ name = '?', version, format = '', records, title = '', problems, file }) => {
    const said = problems === undefined ? title : `WRONG: masterflag sources check ${file}`;
    return [name, String(version ?? ''), format, records.join(' '), said];
  });
  return table(['source', 'version', 'format', 'records', ''], rows);
}
