/** Columns side by side; columns whose cells are all numbers stand on the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, n) => Math.max(...all.map((row) => (row[n] ?? '').length)));
  const right = head.map((_, n) => rows.length > 0 && rows.every((row) => /^[\d.,+-]*$/.test(row[n] ?? '')));
  return all
    .map((row) => row.map((cell, n) => (right[n] ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}
