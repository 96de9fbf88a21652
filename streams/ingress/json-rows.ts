import { MasterflagError } from '../../schemas/errors.ts';

/**
 * JSON objects (one, a list, or one a line) as the CSV that a tabular source reads, so that who publishes messages need
 * not write CSV: columns are the fields of all objects, in the order in which they first appear.
 * @throws MF_RECORD_JSON that names the line or the element
 */
export function rowsOfJson(text: string, delimiter = ','): string {
  const objects = objectsOf(text);
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const rows = objects.map((object) => columns.map((column) => cellOf(object[column])));
  return [columns, ...rows].map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter)).join('\n');
}

/** Whether a payload is JSON, and not the rows of a table. */
export function looksLikeJson(text: string): boolean {
  return /^[\s\uFEFF]*[[{]/.test(text);
}

type JsonObject = Readonly<Record<string, unknown>>;

function objectsOf(text: string): JsonObject[] {
  const whole = parsed(text);
  if (whole !== undefined)
    return (Array.isArray(whole) ? whole : [whole]).map((value, n) => object(value, `element ${n}`));
  const lines = text.split('\n').map((line, n) => [line.trim(), n + 1] as const);
  return lines.filter(([line]) => line !== '').map(([line, n]) => object(parsed(line), `line ${n}`));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function object(value: unknown, where: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new MasterflagError('MF_RECORD_JSON', `${where} of the payload is no JSON object`);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(cell: string, delimiter: string): string {
  const isPlain = !cell.includes(delimiter) && !/["\r\n]/.test(cell);
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}
