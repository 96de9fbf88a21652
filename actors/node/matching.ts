import type { CleansingPolicy, Settings } from '../../schemas/settings.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import { createMatching, type Matching } from '../party/matching.ts';

/** What matching goes by, under these settings: ranks are those of the newest version of each source. */
export function matchingOf(
  key: string,
  settings: Pick<Settings, 'placeholders'> & CleansingPolicy,
  sources: SourceRegistry,
): Matching {
  const ranks = new Map(sources.names().map((name) => [name, sources.newest(name).rank]));
  return createMatching({
    key,
    placeholders: settings.placeholders,
    policy: settings,
    rankOf: (source) => ranks.get(source) ?? UNKNOWN,
  });
}

/** A source that is gone is trusted less than any that is there. */
const UNKNOWN = 1001;
