import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { TREATMENTS } from './catalogue.ts';
import { DOUBT, type Context, type Field, type Rule } from './rule.ts';
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
export function cleanseText(kind: TextKind, came: string, context: Context): Cleansed {
  const { textRules, rules } = TREATMENTS[kind];
  const run = new Run(came, kind, context);
  if (!isClean(came)) run.through(textRules);
  run.through(rules);
  return run;
}

const NONE: readonly never[] = [];

class Run implements Cleansed, Field {
  text: string | undefined;
  rules: readonly string[] = NONE;
  stated: readonly Stated[] = NONE;
  readonly kind: TextKind;
  private readonly context: Context;
  private rule = '';

  constructor(came: string, kind: TextKind, context: Context) {
    this.text = came;
    this.kind = kind;
    this.context = context;
  }

  get policy(): CleansingPolicy {
    return this.context.policy;
  }

  get country(): string | undefined {
    return this.context.country;
  }

  state(name: string, value: unknown): void {
    this.stated = [...this.stated, { name, value, rule: this.rule }];
  }

  through(rules: readonly Rule[]): void {
    for (const { name, apply } of rules) {
      if (this.text === undefined) return;
      this.rule = name;
      const result = apply(this.text, this);
      if (result === this.text) continue;
      if (result === DOUBT || result !== this.text.trim()) this.rules = [...this.rules, name];
      if (result !== DOUBT) this.text = result;
    }
  }
}
