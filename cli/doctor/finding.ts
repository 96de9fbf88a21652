export type Verdict = 'ok' | 'warning' | 'failed';

/** What one check found. */
export interface Finding {
  /** Stable, for programs: `nats.sync`. */
  readonly check: string;
  /** What was looked at: `NATS 10.0.0.5:4222`. */
  readonly subject: string;
  readonly found: string;
  readonly verdict: Verdict;
  /** What to change, as a command or a setting; absent when nothing has to be. */
  readonly change?: string;
}

/** Judges one thing: `ok` with what was found, or what is wrong with what mends it. */
export class Judge {
  private readonly subject: string;
  private readonly findings: Finding[] = [];

  constructor(subject: string) {
    this.subject = subject;
  }

  get all(): readonly Finding[] {
    return this.findings;
  }

  ok(check: string, found: string): void {
    this.findings.push({ check, subject: this.subject, found, verdict: 'ok' });
  }

  warning(check: string, found: string, change: string): void {
    this.findings.push({ check, subject: this.subject, found, verdict: 'warning', change });
  }

  failed(check: string, found: string, change: string): void {
    this.findings.push({ check, subject: this.subject, found, verdict: 'failed', change });
  }
}

/** The worst of all. */
export function verdictOf(findings: readonly Pick<Finding, 'verdict'>[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return findings.some(({ verdict }) => verdict === 'warning') ? 'warning' : 'ok';
}
