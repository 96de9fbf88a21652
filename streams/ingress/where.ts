/** Where a record stood: the text that ingress writes into it (streams/ingress/router.ts), taken apart. */
export interface Where {
  readonly file: string;
  /** Where what is wrong shows; else where the record begins. */
  readonly line: number;
  readonly column?: number;
}

/** `orders.csv:17`, `orders.csv:17:5`, and `orders.csv:19:2, in the record at 17`; null for a sender's own reference. */
export function whereOf(text: string): Where | null {
  const [, file, line, column] = /^(.*?):(\d+)(?::(\d+))?(?:, in the record at \d+(?::\d+)?)?$/s.exec(text) ?? [];
  if (file === undefined || line === undefined) return null;
  return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}
