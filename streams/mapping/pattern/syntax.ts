/** A regular expression taken apart. */
export type Node =
  | { readonly type: 'character'; readonly source: string }
  | { readonly type: 'assertion'; readonly source: string }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | { readonly type: 'group'; readonly index: number | null; readonly body: Node }
  | {
      readonly type: 'repetition';
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    };

/** What a pattern asks for that cannot be had in linear time, or only with another meaning than JavaScript's. */
export class PatternRefused extends Error {
  override readonly name = 'PatternRefused';
}

export interface Syntax {
  readonly root: Node;
  /** Groups that keep what they matched. */
  readonly groups: number;
}

/** @param source a pattern that JavaScript takes in Unicode mode */
export function parsePattern(source: string): Syntax {
  const parser = new Parser(source);
  return { root: parser.choice(), groups: parser.groups };
}

/** It may match without taking a character. */
export function isNullable(node: Node): boolean {
  switch (node.type) {
    case 'character':
      return false;
    case 'assertion':
      return true;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.options.some(isNullable);
    case 'group':
      return isNullable(node.body);
    case 'repetition':
      return node.least === 0 || isNullable(node.body);
  }
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\?)?/y;
const ESCAPE =
  /\\(?:u\{[0-9a-f]+\}|ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u[0-9a-f]{4}|x[0-9a-f]{2}|c[a-z]|p\{[^}]*\}|.)/isy;

class Parser {
  groups = 0;
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  choice(): Node {
    const options = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at++;
      options.push(this.sequence());
    }
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { type: 'choice', options };
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at] ?? '')) items.push(this.repeated());
    return { type: 'sequence', items };
  }

  private repeated(): Node {
    const body = this.atom();
    const found = this.take(QUANTIFIER);
    if (found === null) return body;
    const [, sign, count, comma, last, lazy] = found;
    if (isNullable(body)) throw new PatternRefused('repeats what may be empty');
    const least = sign === undefined ? Number(count) : sign === '+' ? 1 : 0;
    const most = sign === undefined ? this.most(least, comma, last) : sign === '?' ? 1 : Infinity;
    return { type: 'repetition', body, least, most, lazy: lazy !== undefined };
  }

  private most(least: number, comma: string | undefined, last: string | undefined): number {
    if (comma === undefined) return least;
    return last === undefined || last === '' ? Infinity : Number(last);
  }

  private atom(): Node {
    const character = this.source[this.at] ?? '';
    if (character === '(') return this.group();
    if (character === '[') return this.characterUpTo(endOfClass(this.source, this.at));
    if (character === '\\') return this.escape();
    if (character === '^' || character === '$') {
      this.at++;
      return { type: 'assertion', source: character };
    }
    const codePoint = this.source.codePointAt(this.at) ?? 0;
    return this.characterUpTo(this.at + (codePoint > 0xffff ? 2 : 1));
  }

  private group(): Node {
    const start = this.source.slice(this.at, this.at + 3);
    const keeps = !start.startsWith('(?');
    if (!keeps && start !== '(?:') throw new PatternRefused('looks around or names a group');
    this.at += keeps ? 1 : 3;
    const index = keeps ? ++this.groups : null;
    const body = this.choice();
    this.at++;
    return { type: 'group', index, body };
  }

  private escape(): Node {
    const source = this.take(ESCAPE)?.[0] ?? '\\';
    if (/^\\[1-9k]/.test(source)) throw new PatternRefused('refers back to a group');
    // JavaScript finds it within a character of two units, and no match of ours may end there.
    if (source === '\\B') throw new PatternRefused('asks where no word ends');
    return { type: source === '\\b' ? 'assertion' : 'character', source };
  }

  private characterUpTo(end: number): Node {
    const source = this.source.slice(this.at, end);
    this.at = end;
    return { type: 'character', source };
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}

function endOfClass(source: string, from: number): number {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i + 1;
  }
  return source.length;
}
