import { ValueFault, type Scope } from '../scope.ts';
import { BudgetSpent, Machine, type Places } from './machine.ts';
import { parsePattern, PatternRefused, type Node } from './syntax.ts';

/** Steps of JavaScript's own matching that nobody notices; it is faster than the machine, as long as it ends. */
const BACKTRACKING_LIMIT = 2 ** 20;

/** Steps of the machine for one text: about a second in the worst case. */
const STEPS_LIMIT = 2 ** 25;

const LONGEST_PATTERN = 500;

export interface Pattern {
  test(text: string): boolean;
  /** The first match and its groups, or null. */
  find(text: string): readonly (string | undefined)[] | null;
  /** Every match replaced; `$1` stands for the first group, `$&` for the match, `$$` for a dollar. */
  replacer(replacement: string): (text: string) => string;
}

/**
 * A regular expression that cannot run away. JavaScript's own matching goes back and tries again, which may take
 * longer than anyone lives; so it is used only where a bound of its steps is small for the text at hand, and a
 * machine that takes time linear in the text otherwise. Both give the same matches.
 */
export function compilePattern(source: string, ignoreCase: boolean, scope: Scope): Pattern {
  if (source.length > LONGEST_PATTERN) return scope.fail(`the pattern has more than ${LONGEST_PATTERN} characters`);
  const flags = ignoreCase ? 'iu' : 'u';
  try {
    const expression = new RegExp(source, flags);
    const syntax = parsePattern(source);
    return new Matcher(source, expression, new Machine(syntax, flags), effortOf(syntax.root), scope);
  } catch (error) {
    if (error instanceof PatternRefused) return scope.fail(`the pattern ${source} ${error.message}`);
    return scope.fail(error instanceof Error ? error.message : String(error));
  }
}

class Matcher implements Pattern {
  private readonly source: string;
  private readonly expression: RegExp;
  private readonly all: RegExp;
  private readonly machine: Machine;
  private readonly scope: Scope;
  /** Texts up to here are JavaScript's. */
  private readonly short: number;

  constructor(source: string, expression: RegExp, machine: Machine, effort: Effort, scope: Scope) {
    this.source = source;
    this.expression = expression;
    this.all = new RegExp(expression, `g${expression.flags}`);
    this.machine = machine;
    this.scope = scope;
    this.short = shortFor(effort);
  }

  test(text: string): boolean {
    return text.length <= this.short ? this.expression.test(text) : this.machineFind(text) !== null;
  }

  find(text: string): readonly (string | undefined)[] | null {
    if (text.length <= this.short) return this.expression.exec(text);
    const places = this.machineFind(text);
    return places === null ? null : groupsOf(text, places);
  }

  replacer(replacement: string): (text: string) => string {
    const write = this.writerOf(replacement);
    return (text) => {
      if (text.length > this.short) return this.machineReplace(text, write);
      return text.replace(this.all, (...found: unknown[]) => write(found as (string | undefined)[]));
    };
  }

  /** @throws MappingError for a group that the pattern has not */
  private writerOf(replacement: string): (groups: readonly (string | undefined)[]) => string {
    const groups = this.machine.groups;
    const pieces = replacement.split(/(\$(?:\$|&|\d{1,2}))/).map((piece, i) => {
      if (i % 2 === 0) return () => piece;
      if (piece === '$$') return () => '$';
      const group = piece === '$&' ? 0 : Number(piece.slice(1));
      if (group > groups) this.scope.fail(`${piece} names a group that the pattern has not: it has ${groups}`);
      return (found: readonly (string | undefined)[]) => found[group] ?? '';
    });
    return (found) => pieces.map((piece) => piece(found)).join('');
  }

  private machineFind(text: string): Places | null {
    return this.within(text, () => this.machine.find(text, 0, { left: STEPS_LIMIT }));
  }

  private machineReplace(text: string, write: (groups: readonly (string | undefined)[]) => string): string {
    return this.within(text, () => {
      const budget = { left: STEPS_LIMIT };
      const written: string[] = [];
      let copied = 0;
      for (let from = 0; from <= text.length;) {
        const places = this.machine.find(text, from, budget);
        if (places === null) break;
        const [begin = 0, end = 0] = places;
        written.push(text.slice(copied, begin), write(groupsOf(text, places)));
        copied = end;
        // An empty match has to be left behind, by a whole character.
        from = end > begin ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      }
      return written.join('') + text.slice(copied);
    });
  }

  private within<T>(text: string, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      const message = `the text has ${text.length} characters, too many for the pattern ${this.source}`;
      throw new ValueFault('pattern', text, message, 'shorten the text, or use a simpler pattern');
    }
  }
}

function groupsOf(text: string, places: Places): (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot < places.length; slot += 2) {
    const [begin = -1, end = -1] = [places[slot], places[slot + 1]];
    groups.push(begin < 0 || end < 0 ? undefined : text.slice(begin, end));
  }
  return groups;
}

/** What going back and trying again costs at most: length ^ power * choices. */
interface Effort {
  readonly power: number;
  readonly choices: number;
}

/** Up to which length the bound of a pattern is small enough. */
function shortFor({ power, choices }: Effort): number {
  // A match may begin at every character.
  return Math.floor((BACKTRACKING_LIMIT / choices) ** (1 / (power + 1)));
}

/**
 * Every repetition without a bound multiplies the ways by the length, every other by its turns; what is repeated must
 * be a single character, for else its own ways multiply with every turn.
 */
function effortOf(node: Node): Effort {
  switch (node.type) {
    case 'character':
    case 'assertion':
      return { power: 0, choices: 1 };
    case 'sequence':
      return node.items.map(effortOf).reduce(times, { power: 0, choices: 1 });
    case 'choice':
      return node.options.map(effortOf).reduce(times, { power: 0, choices: node.options.length });
    case 'group':
      return effortOf(node.body);
    case 'repetition': {
      const { least, most, body } = node;
      if (body.type !== 'character' && most > 1) return { power: 0, choices: Infinity };
      const inner = effortOf(body);
      return most === Infinity
        ? times(inner, { power: 1, choices: 1 })
        : times(inner, { power: 0, choices: most - least + 1 });
    }
  }
}

function times(a: Effort, b: Effort): Effort {
  return { power: a.power + b.power, choices: a.choices * b.choices };
}
