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

/**
 * Of a process that opens several partitions: nobody who opens goes on before each of those that open at the same time
 * has said whether it is careful. Those that run already go on.
 */
export class SharedCaution {
  private expected = 0;
  private readonly waiting: (() => void)[] = [];
  private phases: Promise<unknown> = Promise.resolve();

  /** For one opening: from now on the others wait for what it says, or for its `miss`. */
  enter(): Caution {
    this.expected += 1;
    let isExpected = true;
    const tell = (): void => {
      if (isExpected) this.told();
      isExpected = false;
    };
    return { through: (careful, phase) => this.through(careful, phase, tell), miss: tell };
  }

  private async through<T>(careful: boolean, phase: () => Promise<T>, tell: () => void): Promise<T> {
    if (careful) {
      const running = this.alone(phase, this.phases);
      // A phase that fails ends its own partition, and holds up nobody else.
      this.phases = running.catch(() => undefined);
      tell();
      return running;
    }
    tell();
    await this.allTold();
    await this.phases;
    return phase();
  }

  private async alone<T>(phase: () => Promise<T>, before: Promise<unknown>): Promise<T> {
    await this.allTold();
    await before;
    return phase();
  }

  private told(): void {
    this.expected -= 1;
    if (this.expected === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async allTold(): Promise<void> {
    if (this.expected > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
