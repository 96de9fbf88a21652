import type { Command } from 'commander';
import type { Filter } from '../quarantine.ts';

/** Which entries of the quarantine a command is about. */
export interface FilterOptions {
  readonly source?: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly field?: string;
  readonly cause?: string;
  readonly since?: string;
  readonly where?: string;
}

export function withFilter(command: Command): Command {
  return command
    .option('--source <name>', 'only those of this source')
    .option('--stage <stage>', 'only those rejected by ingress, extract, validate, integrate ...')
    .option('--rule <rule>', 'only those that broke this rule, or have this code')
    .option(
      '--field <field>',
      'only those with this field at fault: orderLine.quantity, or the column that it is made of',
    )
    .option('--cause <cause>', 'only those of this cause, or of all that begin with it')
    .option('--since <when>', 'only those rejected since a time (ISO 8601), or in the last 15m, 2h, 7d')
    .option('--where <json>', 'only those with these values, such as {"file":"day.csv"} or {"raw.currency":null}');
}

const NAMES = ['source', 'stage', 'rule', 'field', 'cause', 'since', 'where'] as const;

export function hasFilter(options: FilterOptions): boolean {
  return NAMES.some((name) => options[name] !== undefined);
}

/** @throws MF_USAGE */
export async function filterOf({ where, since, ...exact }: FilterOptions): Promise<Filter> {
  const { sinceOf } = await import('../quarantine.ts');
  const { parseWhere } = await import('../where.ts');
  const { source, stage, rule, field, cause } = exact;
  return {
    ...(source === undefined ? {} : { source }),
    ...(stage === undefined ? {} : { stage }),
    ...(rule === undefined ? {} : { rule }),
    ...(field === undefined ? {} : { field }),
    ...(cause === undefined ? {} : { cause }),
    ...(since === undefined ? {} : { since: sinceOf(since, Date.now()) }),
    where: where === undefined ? [] : parseWhere(where),
  };
}
