import { existsSync } from 'node:fs';
import { CANONICAL, isCanonicalName } from '../schemas/canonical/canonical.ts';
import { didYouMean } from '../schemas/nearest.ts';
import { SourceCases, type CaseOutcome, type SourceCase } from '../schemas/source-cases.ts';
import { compileChecks } from '../schemas/validate.ts';
import { readText } from './sources.ts';
import { parseYaml, violationProblem, type FileProblem, type ProblemAt, type YamlPath } from './yaml-file.ts';

/** Cases beside a source. */
export interface CasesFile {
  readonly cases: readonly SourceCase[];
  /** If there are any, no case can be run. */
  readonly problems: readonly FileProblem[];
  readonly problem: ProblemAt;
}

let checkCases: ReturnType<typeof compileChecks> | undefined;

/** Of `shop.yaml`: `shop.cases.yaml`. undefined if there is none. */
export function readCases(sourceFile: string): CasesFile | undefined {
  const stem = sourceFile.replace(/\.(ya?ml|json)$/, '');
  const file = [`${stem}.cases.yaml`, `${stem}.cases.yml`].find((name) => existsSync(name));
  return file === undefined ? undefined : parseCases(readText(file), file);
}

export function parseCases(text: string, file: string): CasesFile {
  const { value, broken, problem } = parseYaml(text, file);
  checkCases ??= compileChecks(SourceCases);
  const violations = broken.length > 0 ? [] : checkCases(value);
  const problems = [
    ...broken,
    ...violations.map((violation) => violationProblem(violation, problem, 'the list of cases')),
  ];
  const cases = problems.length > 0 ? [] : (value as SourceCase[]);
  return { cases, problems: [...problems, ...cases.flatMap((item, i) => wrongIn(item, [i], problem))], problem };
}

function wrongIn(item: SourceCase, path: YamlPath, problem: ProblemAt): FileProblem[] {
  const found: FileProblem[] = [];
  if ((item.given === undefined) === (item.file === undefined))
    found.push(problem(path, 'a case needs given, or file'));
  const outcomes = item.records?.map((outcome, i) => [outcome, [...path, 'records', i]] as const) ?? [];
  const own = OUTCOMES.some((name) => item[name] !== undefined);
  if (own && outcomes.length > 0) found.push(problem(path, 'a case has records, or an outcome of its own'));
  const all: readonly (readonly [CaseOutcome, YamlPath])[] = outcomes.length > 0 ? outcomes : [[item, path]];
  return found.concat(all.flatMap(([outcome, at]) => wrongOutcome(outcome, at, problem)));
}

const OUTCOMES = ['gives', 'quarantine', 'skipped', 'duplicate'] as const;

function wrongOutcome(outcome: CaseOutcome, path: YamlPath, problem: ProblemAt): FileProblem[] {
  const said = OUTCOMES.filter((name) => outcome[name] !== undefined);
  if (said.length !== 1) return [problem(path, `a case says one of ${OUTCOMES.join(', ')}`)];
  return (outcome.gives ?? []).flatMap((given, i) => {
    const names = Object.keys(given).filter((name) => !BESIDE.includes(name));
    const unknown = names.filter((name) => !isCanonicalName(name));
    const at = [...path, 'gives', i];
    if (names.length === 0) return [problem(at, 'no canonical message is named')];
    if (names.length > 1 && unknown.length === 0)
      return [problem(at, `one message at a time, not ${names.join(' and ')}`)];
    return unknown.map((name) => problem([...at, name], `no canonical message is called ${name}${near(name)}`, 'name'));
  });
}

/** What may stand beside the body of a message. */
export const BESIDE: readonly string[] = ['of', 'slot', 'merge', 'state'];

function near(name: string): string {
  return didYouMean(name, [...Object.keys(CANONICAL), ...BESIDE]);
}
