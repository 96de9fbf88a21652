/** Runs work on every item, so many at a time. All that were begun have ended when it throws the first failure. */
export async function inParallel<T>(items: Iterable<T>, most: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); !failed && next.done !== true; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: most }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
}

/** The same over what comes one after another. */
export async function inFlight<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failed: Promise<void>[] = [];
  for await (const item of items) {
    const done = work(item);
    const ended: Promise<void> = done.catch(() => void failed.push(done)).finally(() => running.delete(ended));
    running.add(ended);
    if (running.size >= most) await Promise.race(running);
    if (failed.length > 0) break;
  }
  await Promise.all(running);
  await failed[0];
}
