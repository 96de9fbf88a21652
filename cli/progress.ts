/** Often enough to be alive on a terminal; seldom enough to be read in a log. */
const TERMINAL_MS = 100;
const LOG_MS = 5000;

const BYTES_PER_MB = 1_000_000;

/** Where the work stands, all files together. */
export interface Standing {
  readonly records: number;
  readonly bytes: number;
}

/** How far a feed has come, on standard error: one line that is drawn again on a terminal, a line now and then else. */
export class Progress {
  private readonly totalBytes: number | undefined;
  private readonly terminal = process.stderr.isTTY;
  private readonly silent: boolean;
  private readonly started = Date.now();
  private shown = Date.now();
  private drawn = false;

  constructor(totalBytes: number | undefined, silent: boolean) {
    this.totalBytes = totalBytes;
    this.silent = silent;
  }

  update(what: string, standing: Standing): void {
    const now = Date.now();
    if (this.silent || now - this.shown < (this.terminal ? TERMINAL_MS : LOG_MS)) return;
    this.shown = now;
    this.write(`${what}  ${progressText(standing, this.totalBytes, (now - this.started) / 1000)}`);
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.silent) return;
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.drawn) process.stderr.write('\r\u001b[K');
    this.drawn = false;
  }

  private write(text: string): void {
    if (!this.terminal) {
      process.stderr.write(`${text}\n`);
      return;
    }
    process.stderr.write(`\r${text.slice(0, (process.stderr.columns || 80) - 1)}\u001b[K`);
    this.drawn = true;
  }
}

export function progressText({ records, bytes }: Standing, total: number | undefined, seconds: number): string {
  const rate = Math.round(records / Math.max(seconds, 0.001));
  const megabytes = (bytes / BYTES_PER_MB).toFixed(1);
  const text = `${count(records)} records  ${count(rate)}/s  ${megabytes}`;
  if (total === undefined || bytes === 0) return `${text} MB`;
  const left = Math.ceil((seconds / bytes) * Math.max(total - bytes, 0));
  const percent = Math.floor((100 * bytes) / Math.max(total, 1));
  return `${text} of ${(total / BYTES_PER_MB).toFixed(1)} MB  ${percent} %  ${duration(left)} left`;
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

const COUNT = new Intl.NumberFormat('en-GB');

/** 12345 as 12,345. */
export function count(n: number): string {
  return COUNT.format(n);
}
