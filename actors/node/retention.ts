import type { Logger } from 'pino';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../streams/log.ts';

const EVERY_MS = 60_000;
const HOUR_MS = 3600 * 1000;

/** Keeps the log bounded: what is applied and older than its retention goes, never what is not applied yet. */
export class Retention {
  private readonly log: Log;
  private readonly store: Store;
  private readonly settings: Settings;
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;

  constructor(log: Log, store: Store, settings: Settings, logger: Logger) {
    this.log = log;
    this.store = store;
    this.settings = settings;
    this.logger = logger;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.trim()
        .catch((error: unknown) => {
          this.logger.error({ err: error }, 'the log could not be trimmed');
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
    const applied = new Map<PartitionId, Record<Lane, number>>();
    for (const { id, positions } of await this.store.checkpoints()) {
      applied.set(id, { fast: positions.fast.after, bulk: positions.bulk.after });
    }
    const now = Date.now();
    await this.log.trimInbox(applied, now - this.settings.inboxHours * HOUR_MS);
    await this.log.trimEvents(now - this.settings.eventDays * 24 * HOUR_MS);
  }
}
