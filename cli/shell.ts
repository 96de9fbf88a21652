/** A command to type, on this data set, with whatever the shell would take apart in quotes. */
export function typed(words: readonly string[], data: string | undefined): string {
  const where = data === undefined ? [] : ['--data', data];
  return ['masterflag', ...words, ...where].map(quoted).join(' ');
}

/** As the shell takes it for one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
