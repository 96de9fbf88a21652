/**
 * Results kept by name, in two generations: when the younger is full, the older is forgotten. What is asked for again
 * and again stays, and there are never more than twice as many as the limit.
 */
export class Kept<Result> {
  private readonly limit: number;
  private young = new Map<string, Result>();
  private old = new Map<string, Result>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get(name: string): Result | undefined {
    const known = this.young.get(name);
    if (known !== undefined) return known;
    const older = this.old.get(name);
    if (older !== undefined) this.set(name, older);
    return older;
  }

  set(name: string, result: Result): void {
    if (this.young.size >= this.limit) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(name, result);
  }
}
