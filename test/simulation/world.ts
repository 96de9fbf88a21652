/** A seeded source of randomness: sfc32, by Chris Doty-Humphrey (PractRand). The same seed, the same run. */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed >>> 0;
    this.b = Math.floor(seed / 2 ** 32) >>> 0;
    for (let i = 0; i < 15; i++) this.next();
  }

  /** From 0 to below 1. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: tasks run one at a time, earliest first, each to the end of what it sets off. */
export class World {
  readonly random: Random;
  /** Ms since the epoch. */
  now = 1_700_000_000_000;
  steps = 0;
  private readonly heap: Task[] = [];
  private order = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** Runs `task` after `delay` virtual ms; returns how to call it off. */
  after(delay: number, task: () => void): () => void {
    let live = true;
    this.push({
      at: this.now + Math.max(0, delay),
      order: this.order++,
      run: () => {
        if (live) task();
      },
    });
    return () => {
      live = false;
    };
  }

  /** Lets `ms` of virtual time pass; false when it took more steps than `most` in all. */
  async runFor(ms: number, most: number): Promise<boolean> {
    const until = this.now + ms;
    await Promise.resolve();
    for (let task = this.heap[0]; task !== undefined && task.at <= until; task = this.heap[0]) {
      if (this.steps >= most) return false;
      this.pop();
      this.steps += 1;
      this.now = task.at;
      task.run();
      await drained();
    }
    this.now = Math.max(this.now, until);
    return true;
  }

  private push(task: Task): void {
    const { heap } = this;
    let i = heap.push(task) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(task, heap[parent])) break;
      heap[i] = heap[parent] as Task;
      i = parent;
    }
    heap[i] = task;
  }

  private pop(): Task | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (before(heap[child + 1], heap[child])) child += 1;
      if (!before(heap[child], last)) break;
      heap[i] = heap[child] as Task;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

/**
 * Everything that a task set off runs before virtual time moves on. Asked for from within a microtask, a tick comes
 * after the last microtask, and costs a tenth of a turn of the event loop.
 */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function before(a: Task | undefined, b: Task | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
