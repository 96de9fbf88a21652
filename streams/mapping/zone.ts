const DAY = 86_400_000;

/** Offsets of a time zone, in ms east of UTC. Asking ICU takes microseconds, so whole days are kept. */
export class Zone {
  private readonly format: Intl.DateTimeFormat;
  /** By local day: the offset, or null for a day on which it changes. */
  private readonly days = new Map<number, number | null>();

  /** @throws RangeError for a zone that ICU does not know. */
  constructor(name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /**
   * UTC of a local time (given as if it were UTC). Of a time that comes twice, the first; a time that is left out is
   * as far after the change as it says (as java.time and Temporal's `compatible` do).
   */
  toUtc(local: number): number {
    const day = Math.floor(local / DAY);
    let offset = this.days.get(day);
    if (offset === undefined) {
      const [before, after] = [this.offsetAt(day * DAY - DAY), this.offsetAt(day * DAY + 2 * DAY)];
      offset = before === after ? before : null;
      // A hundred years of days; more are not feeds but attacks.
      if (this.days.size > 36_600) this.days.clear();
      this.days.set(day, offset);
    }
    return offset === null ? this.onChange(local) : local - offset;
  }

  private onChange(local: number): number {
    const before = this.offsetAt(local - DAY);
    const after = this.offsetAt(local + DAY);
    const [first, second] = [local - before, local - after];
    if (this.offsetAt(first) === before) return first;
    return this.offsetAt(second) === after ? second : first;
  }

  private offsetAt(utc: number): number {
    const parts: Partial<Record<string, number>> = {};
    let era = 1;
    for (const { type, value } of this.format.formatToParts(utc)) {
      if (type === 'era') era = value === 'BC' ? -1 : 1;
      else if (type !== 'literal') parts[type] = Number(value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const date = new Date(0);
    date.setUTCFullYear(era < 0 ? 1 - year : year, month - 1, day);
    date.setUTCHours(hour, minute, second);
    return date.getTime() - Math.floor(utc / 1000) * 1000;
  }
}
