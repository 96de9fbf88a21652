import { CATALOGUE_HEADS, CATALOGUE_STEPS } from './catalogue.ts';
import type { Example, Transform } from './transform.ts';

const INTRODUCTION = `# Transforms

The mapping language of sources (\`config/sources/*.yaml\`). This page is generated from the catalogue in
\`streams/mapping/transforms/\`; its examples are run as tests.

An **expression** gives a value of a record, or none. It is one of:

- a path, as text: \`Country\`;
- a **head** with its options: \`{ const: GBP }\`;
- a list of an expression and **steps** that change its value: \`[InvoiceNo, trim, { case: upper }]\`.

A value that is not there passes through the steps untouched (but for those that say otherwise), and a field whose
value is not there is left out. An empty field of a CSV file, and empty text in JSON, is not there. A value that a
transform cannot take costs its record, which goes to quarantine with the field, the rule and what would fix it.
`;

const PATTERNS = `## Patterns

\`matches\`, \`extract\` and \`replace\` take regular expressions of JavaScript in Unicode mode, without what cannot be
matched in time linear in the text: looking around, and referring back to a group. Groups cannot be named, what may be
empty cannot be repeated, and there is no \\B. A pattern has 500 characters at most, and as many instructions when its repetitions are
written out. Whatever a pattern repeats, and whatever stands in the record, matching ends within a second or so, or is a
fault of the record.
`;

/** docs/transforms.md. */
export function cataloguePage(): string {
  const heads = [...CATALOGUE_HEADS.values()].map(entry);
  const steps = [...CATALOGUE_STEPS.values()].map(entry);
  return [INTRODUCTION, '## Heads\n', ...heads, '## Steps\n', ...steps, PATTERNS].join('\n');
}

function entry({ name, means, takes, examples }: Transform): string {
  const rows = examples.map(row).join('\n');
  const table = `| record | expression | gives |\n| --- | --- | --- |\n${rows}`;
  return `### \`${name}\`\n\n${means}\n\nTakes: ${takes}\n\n${table}\n`;
}

function row(example: Example): string {
  const { given, expression, beside = {}, gives, fails } = example;
  const outcome = fails === undefined ? (gives === undefined ? 'nothing' : code(gives)) : `a fault: … ${fails} …`;
  const files = Object.entries(beside).map(([name, text]) => `<br>${name}: ${code(text)}`);
  return `| ${code(given)}${files.join('')} | ${code(expression)} | ${outcome} |`;
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
}
