import { lineageOf, type FieldLineage } from '../actors/node/lineage/lineage.ts';
import { SaidBy } from '../actors/node/lineage/said-by.ts';
import { openReading, openSources } from '../actors/node/reading.ts';
import { MasterflagError } from '../schemas/errors.ts';
import { kindOfKey } from '../schemas/key.ts';
import type { Settings } from '../schemas/settings.ts';
import { table } from './table.ts';

/** Kinds whose fields are traced here; those of parties come from their members (cli/parties.ts). */
const TRACED: readonly string[] = ['order', 'product'];

export interface EntityLineage {
  readonly key: string;
  readonly fields: readonly FieldLineage[];
}

/** @throws MF_NOT_FOUND when no order and no product is known under the id */
export async function* lineages(settings: Settings, id: string): AsyncGenerator<EntityLineage> {
  const reading = await openReading(settings);
  try {
    const sources = openSources(settings);
    const keys = (await reading.queries.find(id)).filter((key) => TRACED.includes(kindOfKey(key) ?? ''));
    if (keys.length === 0) {
      const hint = `of a customer or an enterprise, \`masterflag party ID --lineage\` tells it`;
      throw new MasterflagError('MF_NOT_FOUND', `no order and no product is known as ${JSON.stringify(id)}; ${hint}`);
    }
    for (const key of keys) {
      const said = await SaidBy.read(key, reading.ports, sources, settings);
      yield { key, fields: await lineageOf(key, reading.ports.store, said) };
    }
  } finally {
    await reading.close();
  }
}

/** Values in a table, in characters of JSON. */
const VALUE_LENGTH = 40;

export function lineageText({ key, fields }: EntityLineage): string {
  const lines = [key];
  const documents = Map.groupBy(fields, ({ collection, id }) => `${collection}/${id}`);
  for (const [document, own] of documents) {
    const rows = own.map(({ field, value, original, from }) => [
      field,
      shortJson(value),
      from === undefined ? 'computed' : `${from.source} v${from.version}`,
      from?.slot ?? '',
      from?.where ?? '',
      original === undefined ? '' : `was ${shortJson(original)}`,
    ]);
    lines.push('', document, table(['field', 'value', 'source', 'statement', 'record', ''], rows));
  }
  return lines.join('\n');
}

function shortJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= VALUE_LENGTH ? json : `${json.slice(0, VALUE_LENGTH - 1).toWellFormed()}…`;
}
