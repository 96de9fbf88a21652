import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import { RULES } from './catalogue.ts';
import type { Body, Example, Rule } from './rule.ts';

const INTRODUCTION = `# Cleansing

What a source says comes in as many forms as there are sources. Before any actor hears of it, every field is brought
into one form by the rules below, in their order, by the kind of field that it is (\`schemas/canonical/kinds.ts\`). Ids,
references and words of enumerations are left alone: records were routed by them. This page is generated from the rules
in \`streams/pipeline/cleanse/\`, and its examples are run as tests.

What was changed is kept beside what came, under the name of the field, and the rules that changed it under \`rules\`:

\`\`\`json
{ "country": "IE", "original": { "country": "EIRE", "rules": { "country": ["countryCode"] } } }
\`\`\`

A rule may also **doubt** a value: it stays as it came, nobody is refused, and the name of the rule stands under
\`rules\` all the same, as \`phoneImpossible\` does. And a rule may **state** another field (\`nameParts\`, \`legalForm\`),
unless the source states it itself. Trimming alone is not kept. To cleanse twice is to cleanse once.

Two settings say what is a matter of policy ([settings.md](settings.md)): \`emailCase\` decides what rule \`emailCase\`
does, \`emailTags\` and \`emailDots\` how addresses are compared; no value changes by these two. A record is cleansed by
the settings of the process that reads it, once; another setting is for records that come later.

## Comparison forms

Parties are compared by forms that nobody sees (\`streams/pipeline/cleanse/comparable.ts\`): of a cleansed value, without
what is a matter of style. E-mail addresses are in lower case; national numbers have the prefix of their country;
companies have neither legal form nor accents; the words of a person's name stand in alphabetic order. Korean names are
compared by their sounds, so that 김민준, Kim Min-jun and Minjun Kim are one. What is empty, a word for nothing, or
doubted has no such form, and identifies nobody.
`;

const KINDS: readonly (readonly [title: string, kinds: readonly TextKind[]])[] = [
  ['Persons', ['personName', 'namePart']],
  ['Companies', ['companyName', 'registrationNumber']],
  ['Addresses', ['street', 'city', 'region', 'postcode', 'country']],
  ['E-mail', ['email']],
  ['Phone', ['phone']],
  ['Money and time', ['currency', 'time']],
];

/** A rule for more kinds is one for all but a few. */
const MANY = 10;

/** docs/cleansing.md. */
export function rulesPage(): string {
  return [INTRODUCTION, '## All rules\n', table(), '', ...sections()].join('\n');
}

function table(): string {
  const rows = RULES.map(
    ({ name, kinds, does }) => `| [\`${name}\`](#${name.toLowerCase()}) | ${kindsOf(kinds)} | ${does} |`,
  );
  return ['| rule | kinds of fields | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A rule stands where the first of its kinds does; one for many kinds before all. */
function sections(): string[] {
  const left = new Set(RULES);
  const several = take(left, ({ kinds }) => KINDS.every(([, ours]) => kinds.some((kind) => !ours.includes(kind))));
  const named = KINDS.map(
    ([title, ours]) => [title, take(left, ({ kinds }) => kinds.some((kind) => ours.includes(kind)))] as const,
  );
  return [['Text', several] as const, ...named].flatMap(([title, rules]) => [`## ${title}\n`, ...rules.map(entry)]);
}

function take(from: Set<Rule>, belongs: (rule: Rule) => boolean): Rule[] {
  const taken = [...from].filter(belongs);
  for (const rule of taken) from.delete(rule);
  return taken;
}

function entry({ name, kinds, does, why, examples }: Rule): string {
  const rows = examples.map((example) => `| ${before(example)} | ${after(example)} |`).join('\n');
  return `### ${name}\n\n${does}\n\n**Why:** ${why}\n\nFields: ${kindsOf(kinds)}.\n\n| came | becomes |\n| --- | --- |\n${rows}\n`;
}

function kindsOf(kinds: readonly TextKind[]): string {
  if (kinds.length > MANY) return kinds.includes('text') ? 'all text' : 'all text of one line';
  return kinds.map((kind) => `\`${kind}\``).join(', ');
}

function before({ given, gives, policy }: Example): string {
  const fields = code(only(given, (name) => name === 'country' || isTold(name, given, gives)));
  return policy === undefined ? fields : `${fields} with ${code(policy)}`;
}

function after({ given, gives }: Example): string {
  const told = only(gives, (name) => isTold(name, given, gives));
  if (Object.keys(told).length === 0) return 'nothing';
  return Object.keys(told).every((name) => told[name] === given[name]) ? 'the same' : code(told);
}

/** What every customer must have says nothing of the rule. */
function isTold(name: string, given: Body, gives: Body): boolean {
  const isNeeded = ['id', 'score', 'method', 'amount', 'status'].includes(name);
  return !isNeeded && (name !== 'country' || given[name] !== gives[name]);
}

function only(body: Body, is: (name: string) => boolean): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => is(name)));
}

/** JSON, with every character that does not print as its number. */
function code(value: unknown): string {
  const json = JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}\u00a0\u0300-\u036f]/gu, numbered);
  return `\`${json.replaceAll('|', '\\|')}\``;
}

function numbered(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
