import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { TREATMENTS } from './catalogue.ts';
import { DOUBT, type Field, type Rule } from './rule.ts';
import { isClean } from './text.ts';

/** What the rules made of one text. */
export interface Cleansed {
  /** Undefined: the text says nothing. */
  readonly text: string | undefined;
  /** Names of the rules that changed it or doubt it; trimming alone is no change worth telling. */
  readonly rules: readonly string[];
  /** What the text says of other fields. */
  readonly stated: readonly Stated[];
}

export interface Stated {
  readonly name: string;
  readonly value: unknown;
  readonly rule: string;
}

/** Runs a text through the rules of its kind. Never throws; takes linear time. */
export function cleanseText(
  kind: TextKind,
  came: string,
  policy: CleansingPolicy,
  country: string | undefined,
): Cleansed {
  const { textRules, rules } = TREATMENTS[kind];
  const run = new Run(came, { kind, policy, country });
  if (!isClean(came)) run.through(textRules);
  run.through(rules);
  return run;
}

class Run implements Cleansed {
  text: string | undefined;
  readonly rules: string[] = [];
  readonly stated: Stated[] = [];
  private rule = '';
  private readonly field: Field;

  constructor(came: string, about: Omit<Field, 'state'>) {
    this.text = came;
    this.field = { ...about, state: (name, value) => void this.stated.push({ name, value, rule: this.rule }) };
  }

  through(rules: readonly Rule[]): void {
    for (const { name, apply } of rules) {
      if (this.text === undefined) return;
      this.rule = name;
      const result = apply(this.text, this.field);
      if (result === this.text) continue;
      if (result === DOUBT || result !== this.text.trim()) this.rules.push(name);
      if (result !== DOUBT) this.text = result;
    }
  }
}
