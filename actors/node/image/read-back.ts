import { MasterflagError } from '../../../schemas/errors.ts';
import type { Contents, Sum } from '../../../schemas/image.ts';
import { allPartitions } from '../../../schemas/partition.ts';
import { checkpointText, differencesOf, documentText, eventsText, Summing } from './sums.ts';
import type { Copy, CopyParts } from './copy.ts';
import { IMAGE_COLLECTIONS, laneName, lanesOf, type Image, type OnProgress } from './image.ts';
import { inParallel } from './parallel.ts';
import { checkpointsOf, portsImage } from './ports-image.ts';

/** Differences that an error names. */
const NAMED = 5;

const AT_ONCE = 4;

/** What a target holds now, lanes left out: what else is in them than the image's own is not for it to say. */
async function contentsOf(image: Image, onProgress: OnProgress): Promise<Omit<Contents, 'messages'>> {
  const done = { records: 0, bytes: 0 };
  const collections: Record<string, Sum> = {};
  const count = (sum: Summing, text: string): void => {
    sum.add(text);
    done.records += 1;
    done.bytes += text.length;
  };
  await inParallel(IMAGE_COLLECTIONS, AT_ONCE, async (name) => {
    const sum = new Summing();
    for await (const page of image.documents(name)) {
      for (const document of page) count(sum, documentText(document));
      onProgress(`comparing ${name}`, done);
    }
    collections[name] = sum.result;
  });
  const events: Record<string, Sum> = {};
  await inParallel(allPartitions(image.facts.partitions), AT_ONCE, async (partition) => {
    const sum = new Summing();
    for await (const page of image.events(partition)) {
      for (const batch of page) count(sum, eventsText(batch));
      onProgress(`comparing events of ${partition}`, done);
    }
    events[partition] = sum.result;
  });
  const checkpoints = new Summing();
  for (const checkpoint of await image.checkpoints()) checkpoints.add(checkpointText(checkpoint));
  return { collections, events, checkpoints: checkpoints.result };
}

export interface CompareParts extends CopyParts {
  readonly copy: Copy;
  /** What was to be copied. */
  readonly copied: Contents;
}

/**
 * Reads the whole target, and compares it with what was to be copied.
 * @throws MF_RESTORE_DIFFERS that names what differs
 */
export async function compare({ copy, copied, image, target, patience, onProgress }: CompareParts): Promise<void> {
  const { log, store } = target;
  const checkpoints = await checkpointsOf(store);
  const there = portsImage({ id: image.id, facts: image.facts, log, store, checkpoints, patience });
  const { messages } = copied;
  const wrong = differencesOf(copied, { ...(await contentsOf(there, onProgress)), messages });
  for (const lane of lanesOf(image.facts)) {
    const { missing } = await copy.messages(lane, true);
    if (missing > 0) wrong.push(`messages of ${laneName(lane)}: ${missing} are missing`);
  }
  if (wrong.length === 0) return;
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : '';
  throw new MasterflagError('MF_RESTORE_DIFFERS', `${wrong.slice(0, NAMED).join('; ')}${more}`);
}
