import { LineDecoder } from './line-decoder.ts';
import type { DecodedRecord, Decoder } from './format.ts';
import { decodeJson } from './json.ts';

/** One JSON object a line. */
export function ndjsonDecoder(): Decoder {
  return new LineDecoder((text, line): DecodedRecord => decodeJson(text, { line, column: 1 }));
}
