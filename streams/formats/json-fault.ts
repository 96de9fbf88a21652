/** What is wrong with a text that should be JSON, and at which of its characters. */
export interface JsonFault {
  readonly at: number;
  readonly detail: string;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
/** RFC 8259: all but quotes, backslashes and control characters, and the escapes of those. */
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/y;

/** What may come next. */
type Expected =
  | 'a value'
  | 'a name in quotes'
  | 'a name in quotes or }'
  | 'a value or ]'
  | ':'
  | ', or }'
  | ', or ]'
  | 'nothing more';

/**
 * Says why JSON.parse refuses a text: the engine's own words name no place for most of them, and quote the record.
 * It goes through the text once, however deep it is nested.
 */
export function jsonFault(text: string): JsonFault {
  return new Walk(text).run();
}

class Walk {
  private readonly text: string;
  private readonly open: ('{' | '[')[] = [];
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): JsonFault {
    let expected: Expected | JsonFault = 'a value';
    while (typeof expected === 'string') {
      this.take(SPACE);
      expected = this.at < this.text.length ? this.step(expected) : this.missing(expected, 'it ends');
    }
    return expected;
  }

  private step(expected: Expected): Expected | JsonFault {
    const next = this.text[this.at] ?? '';
    switch (expected) {
      case 'a value or ]':
        return next === ']' ? this.close() : this.value(expected);
      case 'a value':
        return this.value(expected);
      case 'a name in quotes or }':
        return next === '}' ? this.close() : this.name(expected);
      case 'a name in quotes':
        return this.name(expected);
      case ':':
        return this.sign(':', expected) ?? 'a value';
      case ', or }':
        return next === '}' ? this.close() : (this.sign(',', expected) ?? 'a name in quotes');
      case ', or ]':
        return next === ']' ? this.close() : (this.sign(',', expected) ?? 'a value');
      case 'nothing more':
        return this.found(expected);
    }
  }

  private value(expected: Expected): Expected | JsonFault {
    const next = this.text[this.at];
    if (next === '{' || next === '[') {
      this.open.push(next);
      this.at++;
      return next === '{' ? 'a name in quotes or }' : 'a value or ]';
    }
    if (next === '"') return this.string() ?? this.after();
    return this.take(NUMBER) || this.take(LITERAL) ? this.after() : this.found(expected);
  }

  private name(expected: Expected): Expected | JsonFault {
    return this.text[this.at] === '"' ? (this.string() ?? ':') : this.found(expected);
  }

  private string(): JsonFault | null {
    this.take(STRING);
    const next = this.text[this.at];
    if (next === undefined) return { at: this.at, detail: 'the record is not JSON: it ends within a text' };
    this.at++;
    if (next === '"') return null;
    const what = next === '\\' ? 'no escape begins' : 'a control character stands';
    return { at: this.at - 1, detail: `the record is not JSON: ${what} like this within a text` };
  }

  private sign(sign: string, expected: Expected): JsonFault | null {
    if (this.text[this.at] !== sign) return this.found(expected);
    this.at++;
    return null;
  }

  private close(): Expected {
    this.at++;
    this.open.pop();
    return this.after();
  }

  private after(): Expected {
    const around = this.open.at(-1);
    return around === undefined ? 'nothing more' : around === '{' ? ', or }' : ', or ]';
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.test(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private found(expected: Expected): JsonFault {
    return this.missing(
      expected,
      `there is ${JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0))}`,
    );
  }

  private missing(expected: Expected, instead: string): JsonFault {
    return { at: this.at, detail: `the record is not JSON: expected ${expected}, and ${instead}` };
  }
}
