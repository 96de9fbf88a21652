import { readSource, sourceFiles, type SourceFile } from '../../config/sources.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { Settings } from '../../schemas/settings.ts';

/**
 * A source by its name, in its newest version, or by the path of its file. Other sources may be as wrong as they like.
 * @throws MF_SOURCE_UNKNOWN, MF_SOURCE_INVALID for a file that cannot be read
 */
export function findSource(nameOrFile: string, { sources: folders }: Pick<Settings, 'sources'>): SourceFile {
  if (/[/\\]|\.(ya?ml|json)$/.test(nameOrFile)) return readSource(nameOrFile);
  const all = sourceFiles(folders).map(readSource);
  const [newest] = all
    .filter(({ source }) => source.name === nameOrFile)
    .sort((a, b) => b.source.version - a.source.version);
  if (newest !== undefined) return newest;
  const near = didYouMean(
    nameOrFile,
    // A file that is no source at all has no name.
    all.flatMap(({ source }) => (typeof source.name === 'string' ? source.name : [])),
  );
  throw new MasterflagError('MF_SOURCE_UNKNOWN', `no source is called ${nameOrFile}${near}`);
}
