import { SourceInvalid, type SourceFile } from '../../config/sources.ts';
import type { FileProblem } from '../../config/yaml-file.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { KeyNamed } from './expression.ts';
import { CompiledSource } from './source.ts';

/** All sources, in all versions that there are files of. */
export class SourceRegistry {
  private readonly sources = new Map<string, Map<number, CompiledSource>>();

  /**
   * @param named hears what each key was made of, for whoever shows keys to people
   * @throws SourceInvalid with all that is wrong with the files: wrong mappings, two files of one version
   */
  constructor(files: readonly SourceFile[], tenant?: string, named?: KeyNamed) {
    const problems = files.flatMap((file) => this.add(file, tenant, named));
    if (problems.length > 0) throw new SourceInvalid(problems);
  }

  private add(file: SourceFile, tenant?: string, named?: KeyNamed): readonly FileProblem[] {
    try {
      const compiled = new CompiledSource(file, tenant, named);
      const { name, version } = compiled;
      const versions = this.sources.get(name) ?? new Map<number, CompiledSource>();
      this.sources.set(name, versions);
      if (versions.has(version)) {
        return [file.problem(['version'], `version ${version} of ${name} is in another file as well`)];
      }
      versions.set(version, compiled);
      return [];
    } catch (error) {
      if (error instanceof SourceInvalid) return error.problems;
      throw error;
    }
  }

  names(): string[] {
    return [...this.sources.keys()].sort();
  }

  /** Every version of every source. */
  all(): readonly CompiledSource[] {
    return [...this.sources.values()].flatMap((versions) => [...versions.values()]);
  }

  /** Nothing is read by this version any more: as if there were no file of it. */
  withdraw(name: string, version: number): void {
    this.sources.get(name)?.delete(version);
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
