import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { didYouMean } from '../schemas/nearest.ts';
import type { Violation } from '../schemas/validate.ts';

export type YamlPath = readonly (string | number)[];

/** What is wrong with a file, and where: line and column count from 1. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export function problemText({ file, line, column, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** A problem of what stands at a path, or of the name at its end. */
export type ProblemAt = (path: YamlPath, message: string, at?: 'name' | 'value') => FileProblem;

export interface YamlFile {
  /** undefined for a file that is no YAML. */
  readonly value: unknown;
  /** What is no YAML. */
  readonly broken: readonly FileProblem[];
  readonly problem: ProblemAt;
}

/** A file that people write, with the way back from its values to its lines. */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): FileProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, message };
  };
  const broken = document.errors.map(({ pos, message }) => at(pos[0], message));
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      broken.push(at(alias.range?.[0] ?? 0, `no anchor before it is called ${alias.source}`));
    },
  });
  return {
    value: broken.length > 0 ? undefined : (document.toJS({ maxAliasCount: 1000 }) as unknown),
    broken,
    problem: (path, message, place = 'value') => at(offsetOf(document, path, place), message),
  };
}

/** Where the innermost node on the path begins that the file has; of the last name itself, if that is meant. */
function offsetOf(document: Document, path: YamlPath, at: 'name' | 'value'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [i, step] of path.entries()) {
    const known = resolved(node, document);
    const key = at === 'name' && i === path.length - 1 ? keyOf(known, step) : undefined;
    if (key !== undefined) return key.range?.[0] ?? offset;
    const found = isNode(known) && 'getIn' in known ? known.getIn([step], true) : undefined;
    if (!isNode(found)) return offset;
    node = found;
    // What stands in an alias stands at its anchor.
    offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function resolved(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function keyOf(node: Node | null, name: string | number): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return isNode(pair?.key) ? pair.key : undefined;
}

/** What a violation of a file's schema is, in words. @param whole what the file is called as a whole */
export function violationProblem(violation: Violation, problem: ProblemAt, whole: string): FileProblem {
  const { path, params } = violation;
  const unknown = params['additionalProperty'];
  const message = explain(violation, whole);
  if (typeof unknown === 'string') return problem([...path, unknown], message, 'name');
  const { tag } = params;
  return problem(typeof tag === 'string' ? [...path, tag] : path, message);
}

function explain(violation: Violation, whole: string): string {
  const { path, params, message, known, rule, schema } = violation;
  const place = path.join('.') || whole;
  const unknown = params['additionalProperty'];
  if (typeof unknown === 'string') return `${place} has no ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`;
  const missing = params['missingProperty'];
  if (typeof missing === 'string') return `${place} needs ${missing}`;
  const allowed = allowedBy(violation);
  if (allowed !== null) {
    const { tag, value, values } = allowed;
    return `${place}${tag} is one of ${values.join(', ')}${typeof value === 'string' ? didYouMean(value, values) : ''}`;
  }
  const { $comment: words } = schema as { readonly $comment?: string };
  if (rule === 'pattern' && words !== undefined) return `${place} must be ${words}`;
  return `${place} ${rule === 'type' ? message.replaceAll(',', ' or ') : message}`;
}

interface Allowed {
  /** `.type` where it is a tag that tells the members of a union apart. */
  readonly tag: string;
  readonly value: unknown;
  readonly values: readonly string[];
}

interface Union {
  readonly oneOf: readonly { readonly properties: Readonly<Record<string, { readonly const?: string }>> }[];
}

function allowedBy({ rule, params, value, schema }: Violation): Allowed | null {
  const { allowedValues, tag, tagValue } = params;
  if (Array.isArray(allowedValues)) return { tag: '', value, values: allowedValues.map(String) };
  if (rule !== 'discriminator' || typeof tag !== 'string') return null;
  const values = (schema as Union).oneOf.map(({ properties }) => properties[tag]?.const ?? '');
  return { tag: `.${tag}`, value: tagValue, values };
}
