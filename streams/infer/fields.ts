import type { Doubt, Field } from './proposal.ts';
import type { Role } from './roles.ts';
import type { StatusTable } from './statuses.ts';

/** A key of another entity, and the source's own id beside it. */
export function reference(kind: string, id: unknown): unknown {
  return { key: { kind, id } };
}

/** A field; what the values of its columns leave open is a doubt of it. */
export function field(name: string, expression: unknown, roles: readonly Role[], doubt?: string): Field {
  const doubts = [...(doubt === undefined ? [] : [doubt]), ...roles.flatMap((role) => ambiguity(role, expression))];
  return { name, expression, roles, ...(doubts.length > 0 && { doubt: doubts.join('; ') }) };
}

function ambiguity({ column }: Role, expression: unknown): string[] {
  const text = JSON.stringify(expression);
  const { date, numbers } = column;
  const doubts: string[] = [];
  if (text.includes('"date"')) {
    if (date?.or !== undefined) doubts.push(`the day may as well come after the month: ${date.or}`);
    if (date?.wrong !== undefined) doubts.push(`some are no such time: ${date.wrong.slice(0, 40)}`);
  } else if (/"(money|number|integer|multiply)"/.test(text)) {
    const [example = ''] = column.examples;
    if (numbers?.doubtful === true) doubts.push(`is ${example} written with groups of digits, or with decimals?`);
    if (numbers?.wrong !== undefined) doubts.push(`some are no such number: ${numbers.wrong.slice(0, 40)}`);
  }
  return doubts;
}

/** A word of a list of words, and no free text. */
export function isWords({ column }: Role): boolean {
  return column.distinct <= 40 && column.numbers === null && column.type === 'text';
}

export function lookup({ path }: Role, { table }: StatusTable): unknown {
  return [path, { lookup: { otherwise: 'absent', table } }];
}

export function unknownWords({ unknown }: StatusTable): string | undefined {
  return unknown.length === 0 ? undefined : `what these mean is not known: ${unknown.slice(0, 10).join(', ')}`;
}

export function notUnique(id: Role | undefined): Doubt[] {
  if (id === undefined || id.column.unique) return [];
  return [{ about: 'identity', says: `${id.path} is not there in every record, or not unique` }];
}
