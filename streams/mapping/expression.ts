import { matchingKey, type MatchingKey } from '../../schemas/key.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { CATALOGUE_HEADS, CATALOGUE_STEPS } from './catalogue.ts';
import { Kept } from './kept.ts';
import { isMap } from './options.ts';
import {
  MappingError,
  type Input,
  type Place,
  type Read,
  type Scope,
  type Step,
  type Target,
  type Value,
} from './scope.ts';

/** Keys that are kept, for each kind and namespace: what neighbouring records speak of is asked for again and again. */
const KEYS_KEPT = 4096;

/** Longer ids are hashed each time: what is kept has to be bounded. */
const ID_KEPT = 100;

export type KeyNamed = (key: MatchingKey, entity: { kind: string; namespace: string; id: string }) => void;

export interface ScopeOptions {
  readonly input: Input;
  readonly tenant: string;
  readonly namespace: string;
  /** By kind and namespace: what one part has asked for is found by the others. */
  readonly keys?: Map<string, (id: string) => MatchingKey>;
  /** Hears what each key was made of. */
  readonly named?: KeyNamed;
  readonly beside?: (file: string) => string;
  /** Hears of every error; without it, the first is thrown. */
  readonly report?: (error: MappingError) => void;
}

export function scopeOf(options: ScopeOptions, place: Place = [], target?: Target): Scope {
  const { input, namespace } = options;
  const scope: Scope = {
    place,
    input,
    namespace,
    target,
    key: (kind, namespace) => keysOf(options, kind, namespace),
    beside: options.beside ?? noFile,
    at: (...more) => scopeOf(options, [...place, ...more]),
    toward: (wanted) => scopeOf(options, place, wanted),
    within: (other) => scopeOf({ ...options, input: other }, place, target),
    expression: (node) => scope.attempt(() => compileExpression(node, scope), NEVER),
    fail: (message) => {
      throw new MappingError(place, message);
    },
    failName: (message) => {
      throw new MappingError(place, message, 'name');
    },
    attempt: (run, otherwise) => attempt(run, otherwise, options.report),
  };
  return scope;
}

function noFile(): never {
  throw new Error('the source is in no file');
}

const NEVER: Read = () => undefined;

function attempt<T>(run: () => T, otherwise: T, report: ScopeOptions['report']): T {
  try {
    return run();
  } catch (error) {
    if (report === undefined || !(error instanceof MappingError)) throw error;
    report(error);
    return otherwise;
  }
}

/**
 * An expression is a path as text, one head of the catalogue as `{name: ...}`, or a list of an expression and the
 * steps that change its value.
 */
function compileExpression(node: unknown, scope: Scope): Read {
  if (typeof node === 'string') return scope.input.path(node, scope.place);
  if (Array.isArray(node)) return compilePipe(node, scope);
  const [name, arg] = single(node, scope);
  const head = CATALOGUE_HEADS.get(name);
  if (head === undefined) return scope.at(name).failName(unknown(name, 'head', CATALOGUE_HEADS, CATALOGUE_STEPS));
  return head.compile(arg, scope.at(name).toward(scope.target));
}

function compilePipe(nodes: readonly unknown[], scope: Scope): Read {
  if (nodes.length === 0) return scope.fail('an empty list is no expression');
  const first = nodes.length === 1 ? scope.at(0).toward(scope.target) : scope.at(0);
  return nodes.slice(1).reduce<Read>(
    (read, node, i) => {
      const { step, absent } = scope.attempt(() => compileStep(node, scope.at(i + 1)), UNCHANGED);
      if (absent) return (raw) => step(read(raw), raw);
      return (raw) => {
        const value = read(raw);
        return value === undefined ? undefined : step(value, raw);
      };
    },
    compileExpression(nodes[0], first),
  );
}

const UNCHANGED = { step: (value: Value): Value => value, absent: false };

function compileStep(node: unknown, scope: Scope): { step: Step; absent: boolean } {
  const [name, arg] = typeof node === 'string' ? [node, null] : single(node, scope);
  const place = typeof node === 'string' ? scope : scope.at(name);
  const transform = CATALOGUE_STEPS.get(name);
  if (transform === undefined) return place.failName(unknown(name, 'step', CATALOGUE_STEPS, CATALOGUE_HEADS));
  return { step: transform.compile(arg, place), absent: transform.absent === true };
}

function single(node: unknown, scope: Scope): [string, unknown] {
  const entries = isMap(node) ? Object.entries(node) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    return scope.fail('expected a path, one transform with its options, or a list of both');
  }
  return entry;
}

function unknown(name: string, what: 'head' | 'step', known: Names, others: Names): string {
  if (others.has(name)) {
    const place = what === 'head' ? 'behind an expression, in a list with it' : 'at the beginning of an expression';
    return `${name} is no ${what}: it stands ${place}`;
  }
  return `no ${what} is called ${name}${didYouMean(name, [...known.keys()])}`;
}

type Names = ReadonlyMap<string, unknown>;

function keysOf(options: ScopeOptions, kind: string, namespace: string): (id: string) => MatchingKey {
  const name = `${kind}/${namespace}`;
  const known = options.keys?.get(name) ?? keptKeys(options, kind, namespace);
  options.keys?.set(name, known);
  return known;
}

function keptKeys({ tenant, named }: ScopeOptions, kind: string, namespace: string): (id: string) => MatchingKey {
  const kept = new Kept<MatchingKey>(KEYS_KEPT);
  return (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const key = matchingKey(tenant, kind, namespace, id);
    named?.(key, { kind, namespace, id });
    if (id.length <= ID_KEPT) kept.set(id, key);
    return key;
  };
}
