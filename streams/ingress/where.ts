/** Where a record stood: the text that ingress writes into it (streams/ingress/router.ts), taken apart. */
export interface Where {
  readonly file: string;
  /** Where what is wrong shows; else where the record begins. */
  readonly line: number;
  readonly column?: number;
  /** Of a file that is damaged, from 0. */
  readonly byte?: number;
}

const WHERE = /^(.*?):(\d+)(?::(\d+))?(?:, in the record at \d+(?::\d+)?)?(?:, at byte (\d+) of the file)?$/s;

/**
 * `orders.csv:17`, `orders.csv:17:5`, `orders.csv:19:2, in the record at 17`, and for a file that is damaged
 * `orders.csv.gz:19:2, at byte 4711 of the file`; null for a sender's own reference.
 */
export function whereOf(text: string): Where | null {
  const [, file, line, column, byte] = WHERE.exec(text) ?? [];
  if (file === undefined || line === undefined) return null;
  return { file, line: Number(line), ...counts({ column, byte }) };
}

function counts(texts: Readonly<Record<'column' | 'byte', string | undefined>>): { column?: number; byte?: number } {
  const found = Object.entries(texts).filter(([, text]) => text !== undefined);
  return Object.fromEntries(found.map(([name, text]) => [name, Number(text)]));
}
