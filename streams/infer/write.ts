import { isMap } from '../mapping/options.ts';
import { Shared } from './expressions.ts';
import type { Doubt, Entity, Field, Proposal, ProposedPart } from './proposal.ts';

/** Comments are broken here. */
const WIDTH = 110;

/** A proposal as the file of a source, with its doubts as comments. */
export function writeProposal(proposal: Proposal, remarks: readonly string[]): string {
  return new Writer(proposal).text(remarks);
}

class Writer {
  private readonly proposal: Proposal;
  private readonly anchored = new Set<string>();
  private readonly lines: string[] = [];

  constructor(proposal: Proposal) {
    this.proposal = proposal;
  }

  text(remarks: readonly string[]): string {
    const { name, format, record, files, columns, optional, input, route, identity, order, skip, parts } =
      this.proposal;
    for (const remark of remarks) this.comment(0, remark);
    this.doubts(0, 'source');
    this.line(0, `name: ${this.flow(name)}`);
    this.line(0, 'version: 1');
    this.line(0, `namespace: ${this.flow(name)}`);
    this.doubts(0, 'format');
    this.line(0, `format: ${this.flow(format)}`, '', 'records:');
    this.line(1, `${record}:`);
    if (files !== undefined) this.line(2, `files: ${this.flow([files])}`);
    if (columns !== undefined) this.list(2, 'columns', columns);
    if (optional.length > 0) this.list(2, 'optional', optional);
    if (isMap(input)) this.input(2, input);
    this.doubts(2, 'route');
    this.line(2, `route: ${this.entity(route)}`);
    this.doubts(2, 'identity');
    this.line(2, `identity: ${this.flow(identity)}`);
    if (order !== undefined) {
      this.doubts(2, 'order');
      this.line(2, 'order:', ...order.map((node) => `  - ${this.flow(node)}`));
    }
    if (skip !== undefined) {
      this.doubts(2, 'skip');
      this.line(2, `skip: ${this.flow(skip)}`);
    }
    this.line(2, 'parts:');
    for (const part of parts) this.part(part);
    return `${this.lines.join('\n')}\n`;
  }

  private part({ name, each, of, when, merge, slot, fields, doubt }: ProposedPart): void {
    if (doubt !== undefined) this.comment(3, `DOUBT: ${doubt}.`);
    this.line(3, `- name: ${name}`);
    if (each !== undefined) this.line(4, `each: ${this.flow(each)}`);
    if (of !== undefined) this.line(4, `of: ${this.entity(of)}`);
    if (when !== undefined) this.line(4, `when: ${this.flow(when)}`);
    if (merge !== undefined) this.line(4, `merge: ${merge}`);
    if (slot !== undefined) this.line(4, `slot: ${this.flow(slot)}`);
    this.line(4, 'fields:');
    for (const field of fields) this.field(field);
  }

  private field({ name, expression, doubt }: Field): void {
    if (doubt !== undefined) this.comment(5, `DOUBT: ${doubt}`);
    for (const shared of sharedIn(expression))
      if (!this.anchored.has(shared.name)) this.doubts(5, shared.name as Doubt['about']);
    const [lines, each] = linesOf(expression);
    if (lines === null) {
      this.line(5, `${name}: ${this.flow(expression)}`);
      return;
    }
    this.line(5, `${name}:`, '  each:', `    in: ${this.flow(each)}`, '    give:', '      fields:');
    for (const [of, node] of Object.entries(lines)) this.line(9, `${of}: ${this.flow(node)}`);
  }

  private entity({ kind, id }: Entity): string {
    return this.flow({ kind, id });
  }

  private list(depth: number, name: string, items: readonly string[]): void {
    const short = `${name}: ${this.flow(items)}`;
    if (short.length <= WIDTH) this.line(depth, short);
    else this.line(depth, `${name}:`, ...items.map((item) => `  - ${this.flow(item)}`));
  }

  private input(depth: number, input: Readonly<Record<string, unknown>>): void {
    this.line(
      depth,
      '# Properties that the sample has; a path that is not among them is an error. Add what else there may be.',
      'input:',
    );
    for (const [name, below] of Object.entries(input))
      this.line(depth + 1, `${scalar(name)}:${below === null ? '' : ` ${this.flow(below)}`}`);
  }

  private doubts(depth: number, about: Doubt['about']): void {
    for (const doubt of this.proposal.doubts) if (doubt.about === about) this.comment(depth, `DOUBT: ${doubt.says}`);
  }

  private comment(depth: number, text: string): void {
    for (const line of wrapped(text, WIDTH - depth * 2)) this.line(depth, `# ${line}`);
  }

  private line(depth: number, ...lines: readonly string[]): void {
    for (const line of lines) this.lines.push(line === '' ? '' : `${'  '.repeat(depth)}${line}`);
  }

  /** YAML in one line. */
  private flow(value: unknown): string {
    if (value instanceof Shared) {
      if (this.anchored.has(value.name)) return `*${value.name}`;
      this.anchored.add(value.name);
      return `&${value.name} ${this.flow(value.value)}`;
    }
    if (Array.isArray(value)) return `[${value.map((item) => this.flow(item)).join(', ')}]`;
    if (!isMap(value)) return scalar(value);
    const entries = Object.entries(value).map(([name, below]) =>
      below === null ? scalar(name) : `${scalar(name)}: ${this.flow(below)}`,
    );
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
}

/** A list of lines is written out field by field. */
function linesOf(expression: unknown): [Readonly<Record<string, unknown>> | null, unknown] {
  const each = isMap(expression) ? expression['each'] : undefined;
  const give = isMap(each) ? each['give'] : undefined;
  const fields = isMap(give) ? give['fields'] : undefined;
  return isMap(fields) && isMap(each) ? [fields, each['in']] : [null, null];
}

function sharedIn(value: unknown): Shared[] {
  if (value instanceof Shared) return [value];
  if (Array.isArray(value)) return value.flatMap(sharedIn);
  return isMap(value) ? Object.values(value).flatMap(sharedIn) : [];
}

/** As it stands if YAML reads it back as the same text; in quotes else. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const plain = /^[\p{L}_$/*][\p{L}\p{N}_$ .\-/@()*[\]]*$/u.test(value) && !/[[\]*]/.test(value) && !/\s$/.test(value);
  const word = /^(true|false|null|yes|no|on|off|y|n|~)$/i.test(value);
  if (plain && !word) return value;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
