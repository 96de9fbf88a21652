import type { SourceFormat } from '../../schemas/format.ts';

/** Which format a file is in, by its first bytes. */
export function sniff(head: Buffer): SourceFormat {
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trimStart().startsWith('{')) return { type: 'ndjson' };
  const delimiter = delimiterOf(text);
  return delimiter === ',' ? { type: 'csv' } : { type: 'csv', delimiter };
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The one that splits the most lines into as many fields as the first. */
function delimiterOf(text: string): string {
  const lines = text
    .split(/\r\n|\r|\n/)
    .slice(0, 100)
    .filter((line) => line !== '');
  const scored = DELIMITERS.map((delimiter) => {
    const widths = lines.map((line) => fieldsOf(line, delimiter));
    const [first = 1] = widths;
    const same = widths.filter((width) => width === first).length;
    return [delimiter, first < 2 ? 0 : same * first] as const;
  });
  return scored.sort(([, a], [, b]) => b - a)[0]?.[0] ?? ',';
}

function fieldsOf(line: string, delimiter: string): number {
  return line.replace(/"[^"]*"/g, '').split(delimiter).length;
}
