import type { SourceFormat } from '../../schemas/source.ts';
import { CsvDecoder } from '../formats/csv.ts';
import type { Decoder } from '../formats/format.ts';
import { NdjsonDecoder } from '../formats/ndjson.ts';

export function decoderOf(format: SourceFormat): Decoder {
  return format.type === 'csv' ? new CsvDecoder(format) : new NdjsonDecoder();
}
