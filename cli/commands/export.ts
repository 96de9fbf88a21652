import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';

interface ExportOptions extends CommonOptions {
  readonly where?: string;
  readonly meta?: true;
}

export function exportCommand(): Command {
  return command(
    'export',
    'print the documents of a collection as NDJSON, sorted by _id',
    'masterflag export mall.orders > orders.ndjson',
    `masterflag export mall.orders --where '{"type":"return","status.payment":"none"}'`,
    `masterflag export mall.orders --where '{"customer":"main.customer.WJ1ZQ1cX2g9w5YbXNh0vQ3"}'`,
    'masterflag export mall.orders --meta | jq ._meta.version',
  )
    .argument('<collection>', 'for example mall.orders; `masterflag stats` lists all')
    .option('--where <json>', 'only documents with these values; "a.b" and {"a":{"b":..}} look into nested fields')
    .option('--meta', 'add _meta: version, partition, seq, at, and what depends on the way here; and identifiers')
    .action(async (collection: string, options: ExportOptions) => {
      const { exportDocuments } = await import('../exporting.ts');
      const { parseWhere } = await import('../where.ts');
      const { where } = options;
      const wanted = where === undefined ? [] : parseWhere(where);
      await exportDocuments(await settingsOf(options), { collection, where: wanted, meta: options.meta === true });
    });
}
