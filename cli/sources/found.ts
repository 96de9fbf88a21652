import { parseSource, readSource, readText, sourceFiles, type SourceFile } from '../../config/sources.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { Settings } from '../../schemas/settings.ts';

/**
 * A source by its name, in its newest version, or by the path of its file. Other sources may be as wrong as they like.
 * @throws MF_SOURCE_UNKNOWN, MF_SOURCE_INVALID for a file that cannot be read
 */
export function findSource(nameOrFile: string, { sources: folders }: Pick<Settings, 'sources'>): SourceFile {
  if (/[/\\]|\.(ya?ml|json)$/.test(nameOrFile)) return readSource(nameOrFile);
  const texts = sourceFiles(folders).map((file) => ({ file, text: readText(file) }));
  // Parsing all of them would take longer than all else that a short command does.
  const [newest] = texts
    .filter(({ text }) => text.includes(nameOrFile))
    .map(({ file, text }) => parseSource(text, file))
    .filter(({ source }) => source.name === nameOrFile)
    .sort((a, b) => b.source.version - a.source.version);
  if (newest !== undefined) return newest;
  const names = texts.map(({ file, text }) => parseSource(text, file).source.name as unknown);
  // A file that is no source at all has no name.
  const near = didYouMean(
    nameOrFile,
    names.filter((name) => typeof name === 'string'),
  );
  throw new MasterflagError('MF_SOURCE_UNKNOWN', `no source is called ${nameOrFile}${near}`);
}
