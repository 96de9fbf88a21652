import { findMatchKey } from '../../../config/match-key.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { Log } from '../../../streams/log.ts';
import { kindsOf } from '../kinds.ts';
import { matchingOf } from '../matching.ts';
import { openReading, openSources } from '../reading.ts';
import { Mender } from './mender.ts';
import { Verify, type Reported, type Verified, type VerifyParts } from './verify.ts';

export type { Reported, Verified } from './verify.ts';

export interface VerifyRequest extends Pick<VerifyParts, 'signal' | 'onFinding' | 'onProgress'> {
  /** The way to the partitions, which mend what can be mended; without one, nothing is changed. */
  readonly owner?: Pick<Log, 'append'>;
}

/**
 * Verifies the data set of these settings, whether an owner is writing it or none runs.
 * @throws what openReading throws
 */
export async function verify(settings: Settings, { owner, ...request }: VerifyRequest): Promise<Verified> {
  const reading = await openReading(settings);
  try {
    const { log, store } = reading.ports;
    const sources = openSources(settings);
    // Without the secret, identifiers would have other keys: none is made here, only looked at.
    const matching = matchingOf(findMatchKey(settings) ?? '', settings, sources);
    const { partitions: counts } = settings;
    const digests = new Map(sources.all().map(({ name, version, digest }) => [`${name}@${version}`, digest]));
    const digestOf = (source: string, version: number): string | undefined => digests.get(`${source}@${version}`);
    const onFinding = (finding: Reported): Promise<void> => request.onFinding(finding);
    return await new Verify({
      ...request,
      ...{ log, store, onFinding, rules: { counts, actors: kindsOf(matching), digestOf } },
      mender: owner === undefined ? null : new Mender(owner, store, counts),
    }).run();
  } finally {
    await reading.close();
  }
}
