import { PatternRefused, type Node, type Syntax } from './syntax.ts';

type Instruction =
  | { readonly type: 'character'; readonly fits: (codePoint: number) => boolean }
  | { readonly type: 'assertion'; readonly holds: (text: string, at: number) => boolean }
  /** Goes on at both places, at the first one by preference. */
  | { readonly type: 'fork'; first: number; second: number }
  | { readonly type: 'jump'; to: number }
  | { readonly type: 'save'; readonly slot: number }
  /** What groups of an earlier turn of a loop kept is forgotten, as in JavaScript. */
  | { readonly type: 'forget'; readonly from: number; readonly to: number }
  | { readonly type: 'match' };

/** Longer ones make matching slow: each instruction may be looked at for every character. */
const PROGRAM_LIMIT = 500;

/** Where the whole match and its groups begin and end; -1 for a group that took no part. */
export type Places = readonly number[];

/** Steps that are left to whoever matches; what needs more gives up. */
export interface Budget {
  left: number;
}

export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/**
 * Matches a pattern in time linear in the text, whatever it repeats: all ways through the pattern are followed at
 * once, each instruction at most once for a character, in the order in which JavaScript would try them. After R. Cox,
 * "Regular Expression Matching: the Virtual Machine Approach" (https://swtch.com/~rsc/regexp/regexp2.html).
 */
export class Machine {
  /** Groups that keep what they matched. */
  readonly groups: number;
  private readonly program: readonly Instruction[];
  private readonly slots: number;
  /** For each instruction, the turn in which it was added last. */
  private readonly added: Float64Array;
  private turn = 0;

  /** @throws PatternRefused for a pattern that is too long when its repetitions are written out */
  constructor({ root, groups }: Syntax, flags: string) {
    const compiler = new Compiler(flags);
    compiler.save(0);
    compiler.compile(root);
    compiler.save(1);
    compiler.emit({ type: 'match' });
    this.program = compiler.program;
    this.groups = groups;
    this.slots = 2 * (groups + 1);
    this.added = new Float64Array(this.program.length);
  }

  /** The first match from a place on. @throws BudgetSpent */
  find(text: string, from: number, budget: Budget): Places | null {
    let threads: Thread[] = [];
    let matched: Places | null = null;
    const nothing: Places = Array.from({ length: this.slots }, () => -1);
    for (let at = from; ;) {
      if (matched === null) this.begin(threads, text, at, nothing);
      if (threads.length === 0 && matched !== null) return matched;
      budget.left -= threads.length + 1;
      if (budget.left < 0) throw new BudgetSpent();
      const codePoint = text.codePointAt(at) ?? -1;
      const next = at + (codePoint > 0xffff ? 2 : 1);
      const following: Thread[] = [];
      this.turn++;
      for (const { pc, places } of threads) {
        const instruction = this.program[pc];
        if (instruction?.type === 'match') {
          matched = places;
          break; // What comes behind is what JavaScript would try only if this had failed.
        }
        if (instruction?.type === 'character' && codePoint >= 0 && instruction.fits(codePoint)) {
          this.add(following, text, next, pc + 1, places);
        }
      }
      if (codePoint < 0) return matched;
      threads = following;
      at = next;
    }
  }

  /** A match may begin at every character, at those that come later only if no earlier one leads to one. */
  private begin(threads: Thread[], text: string, at: number, nothing: Places): void {
    if (threads.length === 0) this.turn++;
    this.add(threads, text, at, 0, nothing);
  }

  private add(threads: Thread[], text: string, at: number, pc: number, places: Places): void {
    const instruction = this.program[pc];
    if (instruction === undefined || this.added[pc] === this.turn) return;
    this.added[pc] = this.turn;
    switch (instruction.type) {
      case 'character':
      case 'match':
        threads.push({ pc, places });
        return;
      case 'assertion':
        if (instruction.holds(text, at)) this.add(threads, text, at, pc + 1, places);
        return;
      case 'jump':
        this.add(threads, text, at, instruction.to, places);
        return;
      case 'fork':
        this.add(threads, text, at, instruction.first, places);
        this.add(threads, text, at, instruction.second, places);
        return;
      case 'save':
        this.add(threads, text, at, pc + 1, places.with(instruction.slot, at));
        return;
      case 'forget': {
        const { from, to } = instruction;
        this.add(
          threads,
          text,
          at,
          pc + 1,
          places.map((place, slot) => (slot >= from && slot < to ? -1 : place)),
        );
        return;
      }
    }
  }
}

interface Thread {
  readonly pc: number;
  readonly places: Places;
}

class Compiler {
  readonly program: Instruction[] = [];
  private readonly flags: string;
  private readonly characters = new Map<string, (codePoint: number) => boolean>();

  constructor(flags: string) {
    this.flags = flags;
  }

  emit(instruction: Instruction): Instruction {
    if (this.program.length >= PROGRAM_LIMIT)
      throw new PatternRefused('is too long when its repetitions are written out');
    this.program.push(instruction);
    return instruction;
  }

  save(slot: number): void {
    this.emit({ type: 'save', slot });
  }

  compile(node: Node): void {
    switch (node.type) {
      case 'character':
        this.emit({ type: 'character', fits: this.characterOf(node.source) });
        return;
      case 'assertion':
        this.emit({ type: 'assertion', holds: assertionOf(node.source, this.flags) });
        return;
      case 'sequence':
        for (const item of node.items) this.compile(item);
        return;
      case 'choice':
        this.choice(node.options);
        return;
      case 'group':
        if (node.index !== null) this.save(2 * node.index);
        this.compile(node.body);
        if (node.index !== null) this.save(2 * node.index + 1);
        return;
      case 'repetition':
        this.repetition(node);
        return;
    }
  }

  private choice([first, ...rest]: readonly Node[]): void {
    if (first === undefined) return;
    if (rest.length === 0) {
      this.compile(first);
      return;
    }
    const fork = { type: 'fork', first: this.program.length + 1, second: 0 } satisfies Instruction;
    this.emit(fork);
    this.compile(first);
    const jump = { type: 'jump', to: 0 } satisfies Instruction;
    this.emit(jump);
    fork.second = this.program.length;
    this.choice(rest);
    jump.to = this.program.length;
  }

  private repetition({ body, least, most, lazy }: Extract<Node, { type: 'repetition' }>): void {
    for (let i = 0; i < least; i++) this.turnOf(body);
    if (most === Infinity) {
      const start = this.program.length;
      const end = this.optional(body, lazy);
      this.emit({ type: 'jump', to: start });
      end(this.program.length);
      return;
    }
    const ends = Array.from({ length: most - least }, () => this.optional(body, lazy));
    for (const end of ends) end(this.program.length);
  }

  /** One turn that may be left out. @returns what hears where to go on without it */
  private optional(body: Node, lazy: boolean): (end: number) => void {
    const fork = { type: 'fork', first: 0, second: 0 } satisfies Instruction;
    this.emit(fork);
    const inside = this.program.length;
    this.turnOf(body);
    return (end) => {
      [fork.first, fork.second] = lazy ? [end, inside] : [inside, end];
    };
  }

  private turnOf(body: Node): void {
    const groups = groupsIn(body);
    const [first] = groups;
    if (first !== undefined) this.emit({ type: 'forget', from: 2 * first, to: 2 * (groups.at(-1) ?? first) + 2 });
    this.compile(body);
  }

  /** What a class or an escape takes is asked of JavaScript itself, once for each character of ASCII. */
  private characterOf(source: string): (codePoint: number) => boolean {
    let known = this.characters.get(source);
    if (known === undefined) {
      const expression = new RegExp(`^(?:${source})$`, this.flags);
      const fits = (codePoint: number): boolean => expression.test(String.fromCodePoint(codePoint));
      const ascii = Array.from({ length: 128 }, (_, codePoint) => fits(codePoint));
      known = (codePoint) => ascii[codePoint] ?? fits(codePoint);
      this.characters.set(source, known);
    }
    return known;
  }
}

function groupsIn(node: Node): number[] {
  switch (node.type) {
    case 'character':
    case 'assertion':
      return [];
    case 'sequence':
      return node.items.flatMap(groupsIn);
    case 'choice':
      return node.options.flatMap(groupsIn);
    case 'group':
      return [...(node.index === null ? [] : [node.index]), ...groupsIn(node.body)];
    case 'repetition':
      return groupsIn(node.body);
  }
}

function assertionOf(source: string, flags: string): (text: string, at: number) => boolean {
  if (source === '^') return (_text, at) => at === 0;
  if (source === '$') return (text, at) => at === text.length;
  const word = new RegExp('^\\w$', flags);
  const isWord = (text: string, at: number): boolean => at >= 0 && at < text.length && word.test(text[at] ?? '');
  return (text, at) => isWord(text, at - 1) !== isWord(text, at);
}
