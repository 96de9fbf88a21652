import { readCases, type CasesFile } from '../../config/cases.ts';
import { isBeside, readSource, SourceInvalid, type SourceFile } from '../../config/sources.ts';
import { problemText, type FileProblem } from '../../config/yaml-file.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { runCases, type CaseResult } from '../../streams/trial/cases.ts';
import { Trial } from '../../streams/trial/trial.ts';

/** What `sources check` says of one file. */
export interface Checked {
  readonly file: string;
  readonly name?: string;
  readonly records: readonly string[];
  /** What is wrong with the source, or with the file of its cases. */
  readonly problems: readonly FileProblem[];
  readonly cases: readonly (CaseResult & Pick<FileProblem, 'file' | 'line'>)[];
}

/** The sources among files that a shell found: cases stand for their source, and tables for none. */
export function sourcesAmong(files: readonly string[]): string[] {
  const sources = files.map((file) => file.replace(/\.cases\.(ya?ml)$/, '.$1')).filter((file) => !isBeside(file));
  return [...new Set(sources)];
}

/** Compiles a source, and runs the cases beside it. */
export async function checkSource(path: string): Promise<Checked> {
  const source = readSource(path);
  const records = Object.keys((source.source as Partial<SourceFile['source']>).records ?? {});
  const found = { file: path, name: source.source.name, records };
  const cases = readCases(path);
  try {
    const trial = new Trial(source);
    if (cases === undefined || cases.problems.length > 0)
      return { ...found, problems: cases?.problems ?? [], cases: [] };
    return { ...found, problems: [], cases: await resultsOf(trial, cases) };
  } catch (error) {
    if (!(error instanceof SourceInvalid)) throw error;
    return { ...found, problems: [...error.problems, ...(cases?.problems ?? [])], cases: [] };
  }
}

async function resultsOf(trial: Trial, { cases, problem }: CasesFile): Promise<Checked['cases']> {
  const results = await runCases(trial, cases);
  return results.map((result, i) => {
    const { file, line } = problem([i], '');
    return { ...result, file, line };
  });
}

export function isRight({ problems, cases }: Checked): boolean {
  return problems.length === 0 && cases.every(({ differences }) => differences.length === 0);
}

export function checkedText(checked: Checked): string {
  const { file, name = '', records, problems, cases } = checked;
  if (problems.length > 0) return problems.map(problemText).join('\n');
  const wrong = cases.filter(({ differences }) => differences.length > 0);
  const said = cases.length === 0 ? 'no cases' : `${cases.length - wrong.length} of ${cases.length} cases as they say`;
  const lines = wrong.flatMap(({ file: at, line, name: title, differences }) => [
    `${at}:${line}: ${title}`,
    ...differences.map((difference) => `  ${difference}`),
  ]);
  const head = `${file}: ${isRight(checked) ? 'right' : 'wrong'}: ${name} (${records.join(', ')}), ${said}`;
  return [head, ...lines].join('\n');
}

/** @throws what is wrong, for the exit code and for whoever reads standard error only */
export function refuseWrong(all: readonly Checked[]): void {
  const invalid = all.filter(({ problems }) => problems.length > 0).length;
  if (invalid > 0)
    throw new MasterflagError('MF_SOURCE_INVALID', `${invalid} of ${all.length} files say what they may not`);
  const cases = all.flatMap((checked) => checked.cases);
  const failed = cases.filter(({ differences }) => differences.length > 0).length;
  if (failed > 0)
    throw new MasterflagError('MF_SOURCE_CASES', `${failed} of ${cases.length} cases are not as they say`);
}
