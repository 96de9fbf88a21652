import type { Examination } from './examine.ts';
import type { Finding } from './finding.ts';
import type { Promised } from './promises.ts';

export function examinationText({ mode, of, findings, promises }: Examination): string {
  const head = mode === 'embedded' ? `Embedded data set in ${of}` : `Cluster ${of}`;
  const lines = findings.map(findingText).join('\n');
  return [head, lines, promises.map(promiseText).join('\n'), countText(findings)].join('\n\n');
}

function findingText({ subject, found, verdict, change }: Finding): string {
  const line = `${verdict.padEnd(7)}  ${subject}: ${found}`;
  return change === undefined ? line : `${line}\n         -> ${change}`;
}

function promiseText({ survives, answer, because }: Promised): string {
  const reasons = [...new Set(because)].map((reason) => `         ${reason}`);
  return [answerText(survives, answer), ...reasons].join('\n');
}

function answerText(survives: Promised['survives'], answer: Promised['answer']): string {
  switch (answer) {
    case 'yes':
      return `What was acknowledged survives ${survives}.`;
    case 'partly':
      return `What was acknowledged survives ${survives} in part:`;
    case 'unknown':
      return `Whether what was acknowledged survives ${survives} cannot be said:`;
    case 'no':
      return `What was acknowledged does NOT survive ${survives}.`;
  }
}

function countText(findings: readonly Finding[]): string {
  const counts = (['failed', 'warning', 'ok'] as const).map(
    (verdict) => `${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`,
  );
  return `${findings.length} checks: ${counts.join(', ')}`;
}
