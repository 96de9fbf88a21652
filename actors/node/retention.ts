import type { Logger } from 'pino';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../streams/log.ts';

const EVERY_MS = 60_000;
const HOUR_MS = 3600 * 1000;

export interface RetentionParts {
  readonly log: Log;
  readonly store: Store;
  readonly settings: Settings;
  readonly logger: Logger;
  /** Whether it is for this process to do. */
  readonly isMine: () => boolean;
}

/** Keeps the log bounded: what is applied and older than its retention goes, never what is not applied yet. */
export class Retention {
  private readonly parts: RetentionParts;
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: RetentionParts) {
    this.parts = parts;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.trim()
        .catch((error: unknown) => {
          this.parts.logger.error({ err: error }, 'the log could not be trimmed');
        })
        .finally(() => {
          if (this.timer !== undefined) this.start();
        });
    }, EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  async trim(): Promise<void> {
    const { log, store, settings, isMine } = this.parts;
    if (!isMine()) return;
    const applied = new Map<PartitionId, Record<Lane, number>>();
    for (const { id, positions } of await store.progress()) {
      applied.set(id, { fast: positions.fast.after, bulk: positions.bulk.after });
    }
    const now = Date.now();
    await log.trimInbox(applied, now - settings.inboxHours * HOUR_MS);
    await log.trimEvents(now - settings.eventDays * 24 * HOUR_MS);
  }
}
