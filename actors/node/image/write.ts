import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Contents, ImageFile, Sum } from '../../../schemas/image.ts';
import { allPartitions } from '../../../schemas/partition.ts';
import { CHECKPOINTS, documentsFile, eventsFile, messagesFile } from './folder-image.ts';
import { IMAGE_COLLECTIONS, laneName, lanesOf, type Image, type OnProgress } from './image.ts';
import { inParallel } from './parallel.ts';
import { checkpointText, documentText, eventsText, messageText, Summing } from './sums.ts';

/** Files that are written at once: one waits for the store while another is compressed. */
const AT_ONCE = 4;

/** The fastest: texts of JSON shrink to a sixth, and more time saves little more. */
const LEVEL = 1;

export interface WriteParts {
  readonly image: Image;
  readonly folder: string;
  readonly onProgress: OnProgress;
  /** Throws when there is no point in going on. */
  readonly check: () => void;
}

/** Writes an image as files of lines of JSON, compressed and on the disk when it returns. */
export class ImageWriter {
  private readonly image: Image;
  private readonly folder: string;
  private readonly onProgress: OnProgress;
  private readonly check: () => void;
  private readonly done = { records: 0, bytes: 0 };
  private readonly files: ImageFile[] = [];

  constructor({ image, folder, onProgress, check }: WriteParts) {
    this.image = image;
    this.folder = folder;
    this.onProgress = onProgress;
    this.check = check;
  }

  async run(): Promise<{ readonly contents: Contents; readonly files: readonly ImageFile[] }> {
    const { image } = this;
    const collections: Record<string, Sum> = {};
    const messages: Record<string, Sum> = {};
    const events: Record<string, Sum> = {};
    const checkpoints = { sum: new Summing().result };
    const tasks: (() => Promise<void>)[] = [
      async () => {
        const one = async function* (): AsyncGenerator<readonly string[]> {
          yield (await image.checkpoints()).map((checkpoint) => JSON.stringify(checkpoint));
        };
        const sum = new Summing();
        for (const checkpoint of await image.checkpoints()) sum.add(checkpointText(checkpoint));
        await this.write(CHECKPOINTS, one());
        checkpoints.sum = sum.result;
      },
      ...IMAGE_COLLECTIONS.map((name) => async () => {
        collections[name] = await this.write(documentsFile(name), texts(image.documents(name), documentText));
      }),
      ...lanesOf(image.facts).map((lane) => async () => {
        const pages = image.messages(lane.partition, lane.lane);
        messages[laneName(lane)] = await this.write(messagesFile(lane.partition, lane.lane), texts(pages, messageText));
      }),
      ...allPartitions(image.facts.partitions).map((partition) => async () => {
        events[partition] = await this.write(eventsFile(partition), texts(image.events(partition), eventsText));
      }),
    ];
    await inParallel(tasks, AT_ONCE, (task) => task());
    const files = this.files.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { contents: { collections, messages, events, checkpoints: checkpoints.sum }, files };
  }

  private async write(name: string, pages: AsyncIterable<readonly string[]>): Promise<Sum> {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const sum = new Summing();
    const digest = createHash('sha256');
    let bytes = 0;
    await pipeline(
      Readable.from(this.lines(name, pages, sum), { objectMode: false }),
      createGzip({ level: LEVEL }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          digest.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    );
    this.files.push({ name, bytes, sha256: digest.digest('hex') });
    return sum.result;
  }

  private async *lines(name: string, pages: AsyncIterable<readonly string[]>, sum: Summing): AsyncGenerator<string> {
    for await (const page of pages) {
      this.check();
      for (const text of page) {
        sum.add(text);
        this.done.records += 1;
        this.done.bytes += text.length;
      }
      this.onProgress(name, this.done);
      if (page.length > 0) yield `${page.join('\n')}\n`;
    }
  }
}

async function* texts<T>(pages: AsyncIterable<readonly T[]>, text: (item: T) => string): AsyncGenerator<string[]> {
  for await (const page of pages) yield page.map(text);
}
