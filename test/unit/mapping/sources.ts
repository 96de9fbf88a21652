import { parseSource } from '../../../config/sources.ts';
import { isTabular } from '../../../schemas/format.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import type { Raw } from '../../../streams/mapping/scope.ts';

/** A source of one kind of record, with what a test wants to say in it. */
export function sourceText(
  changes: { version?: number; format?: string; record?: string; fields?: string } = {},
): string {
  const {
    version = 1,
    format = 'csv',
    record = 'columns: [id, name, at]\n    identity: id',
    fields = 'id: id',
  } = changes;
  return `name: shop
version: ${version}
namespace: shop
format: { type: ${format} }
records:
  customer:
    ${record}
    route: { kind: customer, id: id }
    parts:
      - name: customer
        fields:
          ${fields}
`;
}

export function registryOf(...texts: string[]): SourceRegistry {
  return new SourceRegistry(texts.map((text, i) => parseSource(text, `source-${i}.yaml`)));
}

/** The bodies that a record becomes, by the name of their parts. */
export function bodiesOf(registry: SourceRegistry, source: string, record: string, given: object): unknown {
  const compiled = registry.newest(source);
  const columns = isTabular(compiled.format) ? Object.keys(given) : undefined;
  const raw = (columns === undefined ? given : Object.values(given)) as Raw;
  const parts = compiled.mapping(record, columns)?.map(raw) ?? [];
  return Object.fromEntries(parts.map(({ name, part }) => [name, part.body]));
}
