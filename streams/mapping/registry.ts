import type { SourceFile } from '../../config/sources.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { CompiledSource } from './source.ts';

/** All sources, in all versions that there are files of. */
export class SourceRegistry {
  private readonly sources = new Map<string, Map<number, CompiledSource>>();

  /** @throws MF_SOURCE_INVALID for a wrong mapping, or two files of one version. */
  constructor(files: readonly SourceFile[], tenant?: string) {
    for (const file of files) {
      const compiled = new CompiledSource(file, tenant);
      const versions = this.sources.get(compiled.name) ?? new Map<number, CompiledSource>();
      if (versions.has(compiled.version)) {
        throw file.error(['version'], `version ${compiled.version} of ${compiled.name} is in another file as well`);
      }
      this.sources.set(compiled.name, versions.set(compiled.version, compiled));
    }
  }

  names(): string[] {
    return [...this.sources.keys()].sort();
  }

  /** The version that a batch was stamped with; undefined if there is no file of it. */
  find(name: string, version: number): CompiledSource | undefined {
    return this.sources.get(name)?.get(version);
  }

  /** The newest version, by which what comes in now is read. @throws MF_SOURCE_UNKNOWN */
  newest(name: string): CompiledSource {
    const versions = [...(this.sources.get(name)?.values() ?? [])];
    const [first, ...rest] = versions;
    if (first === undefined) {
      throw new MasterflagError('MF_SOURCE_UNKNOWN', `no source is called ${name}${didYouMean(name, this.names())}`);
    }
    return rest.reduce((newest, source) => (source.version > newest.version ? source : newest), first);
  }
}
