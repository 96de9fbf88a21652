import { elementsOf, there } from './path.ts';
import { ElementInput } from './input.ts';
import { ValueFault, type Element, type Input, type Raw, type Read, type Scope } from './scope.ts';
import { ANY, type Shape } from './shape.ts';

/** Elements of a list, however many lists they stand in. */
export interface Elements {
  readonly of: (raw: Raw) => readonly Element[];
  /** How paths are read from one of them. */
  readonly input: Input;
  /** In how many lists an element stands. */
  readonly depth: number;
}

/** More are no list of an order, a record of 512 KiB holds no more that mean anything; each costs time and memory. */
const ELEMENTS_LIMIT = 20_000;

/** The list that an expression gives; a path such as `a[*].b` goes through the lists on its way. */
export function compileElements(node: unknown, scope: Scope): Elements {
  if (typeof node !== 'string') return lone(scope.expression(node), scope, ANY);
  const [first = node, ...more] = scope.input.levels(node, scope.place);
  return more.reduce<Elements>(
    (outer, path) => {
      const { of, input, depth } = ofPath(path, scope.within(outer.input));
      return { of: (raw) => outer.of(raw).flatMap(of), input, depth: outer.depth + depth };
    },
    ofPath(first, scope),
  );
}

/** For a list that cannot be compiled: what is said of its elements is looked at all the same. */
export function noElements({ input }: Scope): Elements {
  return { of: () => [], input: new ElementInput(input, ANY), depth: 1 };
}

function ofPath(path: string, scope: Scope): Elements {
  const shape = scope.input.shape(path, scope.place);
  return lone(scope.input.path(path, scope.place), scope, shape.type === 'list' ? shape.element : shape);
}

function lone(read: Read, { input }: Scope, element: Shape): Elements {
  return { of: (raw) => elementsIn(read(raw), raw), input: new ElementInput(input, element), depth: 1 };
}

function elementsIn(value: unknown, outer: Raw): readonly Element[] {
  const items = elementsOf(value) ?? [];
  if (items.length > ELEMENTS_LIMIT) {
    const message = `the list has ${items.length} elements, and ${ELEMENTS_LIMIT} is the limit`;
    throw new ValueFault('each', items.length, message, 'send the list in several records');
  }
  const elements: Element[] = [];
  for (const [index, item] of items.entries()) if (there(item) !== undefined) elements.push({ item, index, outer });
  return elements;
}

/** The places of an element in the lists that it stands in, outermost first: `2` or `0.2`. */
export function placesOf(element: Element, depth: number): string {
  const places: number[] = [];
  for (let at = element, left = depth; left > 0; left--, at = at.outer as Element) places.unshift(at.index);
  return places.join('.');
}
