/** What may be on its way to one stream at a time; whoever comes on top waits, in order. */
export class Window {
  private readonly bytes: number;
  private readonly appends: number;
  private usedBytes = 0;
  private usedAppends = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(bytes: number, appends: number) {
    this.bytes = bytes;
    this.appends = appends;
  }

  /** Runs it when there is room; one that is larger than the window goes alone. */
  async run<T>(bytes: number, send: () => Promise<T>): Promise<T> {
    while (this.isFull(bytes)) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.usedBytes += bytes;
    this.usedAppends += 1;
    try {
      return await send();
    } finally {
      this.usedBytes -= bytes;
      this.usedAppends -= 1;
      for (const resume of this.waiting.splice(0)) resume();
    }
  }

  private isFull(bytes: number): boolean {
    return this.usedAppends > 0 && (this.usedAppends >= this.appends || this.usedBytes + bytes > this.bytes);
  }
}
