import type { Examination } from '../../cli/doctor/examine.ts';
import type { Finding } from '../../cli/doctor/finding.ts';

export function found({ findings }: Examination, check: string): Finding[] {
  return findings.filter((finding) => finding.check === check);
}

export function one(examination: Examination, check: string): Finding {
  const [finding, ...more] = found(examination, check);
  if (finding === undefined || more.length > 0)
    throw new Error(`${check}: ${JSON.stringify(found(examination, check))}`);
  return finding;
}
