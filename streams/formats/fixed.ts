import type { FixedColumn, FixedFormat, Encoding } from '../../schemas/format.ts';
import { fault } from './fault.ts';
import type { DecodedRecord, Decoder } from './format.ts';
import { LineDecoder, type LineRules } from './line-decoder.ts';
import { placeAfter } from './place.ts';
import { rulerFor, type Ruler } from './ruler.ts';

/**
 * One record a line, its fields at fixed places. Where the unit is bytes, they are those that the characters take in
 * the encoding of the file. A line that ends before a column has nothing in it.
 */
export function fixedDecoder(format: FixedFormat, encoding: () => Encoding): Decoder {
  const { columns, length, unit = 'characters', trim = true, skip, comment } = format;
  let measure: ((text: string) => Ruler) | null = null;
  const read = (text: string, line: number): DecodedRecord => {
    measure ??= rulerFor(unit === 'bytes' ? encoding() : null);
    const ruler = measure(text);
    const problem = problemOf(ruler, columns, length);
    if (problem !== null) return misaligned(text, line, problem);
    const fields = columns.map(({ start, length }) =>
      text.slice(ruler.index(start - 1), ruler.index(start - 1 + length)),
    );
    return { type: 'row', line, fields: trim ? fields.map((field) => field.trim()) : fields };
  };
  const rules: LineRules = {
    header: columns.map(({ name }) => name),
    ...(skip === undefined ? {} : { skip }),
    ...(comment === undefined ? {} : { comment }),
  };
  return new LineDecoder(read, rules);
}

interface Problem {
  readonly detail: string;
  /** Index in the text. */
  readonly at: number;
}

function problemOf(ruler: Ruler, columns: readonly FixedColumn[], length?: number): Problem | null {
  if (length !== undefined && ruler.length !== length) {
    const detail = `the line has a length of ${ruler.length}, and each should have ${length}`;
    return { detail, at: ruler.index(length) };
  }
  for (const { name, start, length } of columns) {
    const split = [start - 1, start - 1 + length].find((place) => ruler.splits(place));
    if (split !== undefined) {
      return { detail: `the column ${name} begins or ends within a character`, at: ruler.index(split) };
    }
  }
  return null;
}

function misaligned(text: string, line: number, { detail, at }: Problem): DecodedRecord {
  const begin = { line, column: 1 };
  const place = placeAfter(begin, Buffer.from(text.slice(0, at)));
  return fault(begin, { code: 'MF_RECORD_WIDTH', detail, at: place }, Buffer.from(text));
}
