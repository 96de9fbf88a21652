import type { RowFormat } from '../../schemas/format.ts';

/** What the names of a header mean for whoever reads rows. */
export class HeaderRule {
  /** Names as they are looked up, and the names that they mean. */
  private readonly meant: ReadonlyMap<string, string>;
  private readonly loose: boolean;

  /** @param columns names that the source's records are read by */
  constructor({ names, aliases = {} }: RowFormat, columns: readonly string[]) {
    this.loose = names === 'loose';
    const meant = new Map<string, string>();
    for (const [name, others] of Object.entries(aliases)) {
      for (const other of [others].flat()) meant.set(this.lookedUp(other), name);
    }
    // A name means itself, whatever else it is an alias of.
    for (const name of [...Object.keys(aliases), ...columns]) meant.set(this.lookedUp(name), name);
    this.meant = meant;
  }

  /** @returns the names of the columns, or what is wrong with them */
  read(fields: readonly string[]): { readonly header: readonly string[] } | { readonly detail: string } {
    const names = fields.map((field) => field.trim());
    const header = names.map((name) => this.meant.get(this.lookedUp(name)) ?? name);
    const twice = header.findIndex((name, i) => name !== '' && header.indexOf(name) !== i);
    if (twice < 0) return { header };
    const name = header[twice] ?? '';
    const written = [...new Set([names[header.indexOf(name)], names[twice]])].map((text) => JSON.stringify(text));
    const as = written.length > 1 || written[0] !== JSON.stringify(name) ? `, as ${written.join(' and ')}` : '';
    return { detail: `the header names the column ${JSON.stringify(name)} twice${as}` };
  }

  private lookedUp(name: string): string {
    return this.loose ? name.normalize('NFKC').toLowerCase().replace(/\s+/g, '') : name;
  }
}
