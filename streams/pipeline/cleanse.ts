import type { Part } from '../../schemas/canonical/part.ts';
import type { CleansingPolicy } from '../../schemas/settings.ts';
import type { ExtractedPart, StageFunction } from './batch.ts';
import { cleanseBody } from './cleanse/body.ts';
import type { Body } from './cleanse/rule.ts';

/**
 * Brings every field into its one form (docs/cleansing.md); what was changed beyond trimming is kept in `original`
 * beside it. The policy is the same for all records that a process reads, so a part depends on its record, the version
 * of its source and the settings alone.
 */
export function createCleanse(policy: CleansingPolicy): StageFunction {
  /** Parts that many records share are cleansed once. */
  const shared = new WeakMap<Part, Part>();
  return (batch) => {
    for (const work of batch) {
      if (work.problem !== null) continue;
      for (const extracted of work.parts) extracted.part = cleansed(extracted, policy, shared);
    }
  };
}

function cleansed({ name, part }: ExtractedPart, policy: CleansingPolicy, shared: WeakMap<Part, Part>): Part {
  if (part.merge !== 'least') return withBody(name, part, policy);
  let known = shared.get(part);
  if (known === undefined) {
    known = withBody(name, part, policy);
    shared.set(part, known);
  }
  return known;
}

function withBody(name: string, part: Part, policy: CleansingPolicy): Part {
  const body = cleanseBody(name, part.body as Body, policy);
  return body === part.body ? part : { ...part, body };
}
