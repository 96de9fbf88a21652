/** Whoever read our output has gone (`| head`): there is nothing left to do, and nothing to complain about. */
export class OutputClosed extends Error {}

/** Text gathered before it is written: a system call for every line would be most of the time. */
const BUFFER_LENGTH = 64 * 1024;

/** Lines on a stream, by standard output's pace: `line` resolves when there is room for the next. */
export class Output {
  private readonly stream: NodeJS.WritableStream;
  private buffer: string[] = [];
  private length = 0;
  private failure: Error | undefined;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure ??= error.code === 'EPIPE' ? new OutputClosed() : error;
    });
  }

  /** @throws OutputClosed */
  async line(text: string): Promise<void> {
    this.buffer.push(text);
    this.length += text.length + 1;
    if (this.length >= BUFFER_LENGTH) await this.flush();
  }

  async json(value: unknown): Promise<void> {
    await this.line(JSON.stringify(value));
  }

  /** Resolves when all lines were handed to the system. @throws OutputClosed */
  async flush(): Promise<void> {
    const { buffer } = this;
    if (this.failure !== undefined) throw this.failure;
    if (buffer.length === 0) return;
    [this.buffer, this.length] = [[], 0];
    await new Promise<void>((resolve, reject) => {
      this.stream.write(`${buffer.join('\n')}\n`, (error?: Error | null) => {
        if (error) reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new OutputClosed() : error);
        else resolve();
      });
    });
  }
}

/** One value to standard output: as people read it, or as programs do. */
export async function print(json: boolean | undefined, value: unknown, text: () => string): Promise<void> {
  const output = new Output();
  if (json === true) await output.json(value);
  else await output.line(text());
  await output.flush();
}
