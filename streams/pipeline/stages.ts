import type { SourceRegistry } from '../mapping/registry.ts';
import type { CleansingPolicy } from '../../schemas/settings.ts';
import type { StageFunction } from './batch.ts';
import { createCleanse } from './cleanse.ts';
import { createDedupe } from './dedupe.ts';
import { createExplain } from './explain.ts';
import { createExtract } from './extract.ts';
import { validate } from './validate.ts';

/** What every record goes through before any actor hears of it, in this order; the last only those that were rejected. */
export function createStages(sources: SourceRegistry, policy: CleansingPolicy): readonly StageFunction[] {
  return [createExtract(sources), createCleanse(policy), createDedupe(sources), validate, createExplain(sources)];
}
