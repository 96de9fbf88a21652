/**
 * What the partitions of one process owe one another when something kills it. A process that dies takes all its
 * partitions with it, so while one of them tries an item that may be the killer, none of the others may run: or the
 * wrong one would be blamed.
 */
export interface Caution {
  /** Runs a careful phase alone, one after another; lets a partition that needs none go on after all of them. */
  through<T>(careful: boolean, phase: () => Promise<T>): Promise<T>;
  /** A partition did not open: nobody waits for it. */
  miss(): void;
}

/** For a partition that has its process to itself. */
export const ALONE: Caution = { through: (_, phase) => phase(), miss: () => undefined };

/** Of a process that opens several partitions: nobody goes on before each of them has said whether it is careful. */
export class SharedCaution implements Caution {
  private readonly allThere: Promise<void>;
  private expected: number;
  private resolve: () => void = () => undefined;
  private phases: Promise<unknown> = Promise.resolve();

  constructor(partitions: number) {
    this.expected = partitions;
    this.allThere = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  async through<T>(careful: boolean, phase: () => Promise<T>): Promise<T> {
    const before = this.phases;
    const run = async (): Promise<T> => {
      await this.allThere;
      await before;
      return phase();
    };
    if (careful) {
      const running = run();
      // A phase that fails ends its own partition, and holds up nobody else.
      this.phases = running.catch(() => undefined);
      this.miss();
      return running;
    }
    this.miss();
    await this.allThere;
    await this.phases;
    return phase();
  }

  miss(): void {
    this.expected -= 1;
    if (this.expected <= 0) this.resolve();
  }
}
