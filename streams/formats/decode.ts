import type { Encoding, SourceFormat } from '../../schemas/format.ts';
import { BrokenStream, decompressed } from './compression.ts';
import { CsvDecoder } from './csv.ts';
import { ToUtf8 } from './encoding.ts';
import { fixedDecoder } from './fixed.ts';
import type { Cut, Decoded, DecodedBatch, DecodedRecord, Decoder, FaultContent } from './format.ts';
import { JsonDecoder } from './json-decoder.ts';
import { ndjsonDecoder } from './ndjson.ts';
import { surrogateEscaped } from './surrogate-escape.ts';
import { XmlDecoder } from './xml-decoder.ts';

export interface DecodeOptions {
  /** Names that rows are read by: a header that is compared loosely means these. */
  readonly columns?: readonly string[];
}

/** Input is taken in pieces of this size, so that one huge chunk costs no more memory than many small ones. */
const PIECE = 256 * 1024;

/**
 * Decodes a feed, a file or what a buffer holds, into records.
 *
 * ```ts
 * for await (const { header, records } of decode(source.format, [buffer])) {
 *   for (const record of records) {
 *     if (record.type === 'row') read(header, record.fields, record.line);
 *     else if (record.type === 'json') read(record.value, record.line, record.column);
 *     else report(record.code, record.detail, record.at ?? record);
 *   }
 * }
 * ```
 *
 * Every record of the input comes once, in its order, as a row of the header's columns, an object, or a fault; what is
 * at fault ends nothing. The same bytes give the same records at the same places, however the chunks are cut. Nothing
 * is read ahead: the next chunk is asked for when the batches of the last one were taken. What is held in memory is
 * bounded by a few times RECORD_LIMIT, whatever comes. The last batch comes also if it is empty, with the header.
 * @param chunks the bytes as they are stored: compressed, in any encoding
 * @throws what `chunks` throws, and nothing else
 */
export async function* decode(
  format: SourceFormat,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { columns = [] }: DecodeOptions = {},
): AsyncGenerator<DecodedBatch, void, undefined> {
  const utf8 = new ToUtf8(format);
  const decoder = decoderOf(format, columns, () => utf8.encoding);
  let bytes = 0;
  const batch = (decoded: Decoded): DecodedBatch => ({ ...decoded, records: inEncoding(decoded.records, utf8), bytes });
  const counted = counting(chunks, (length) => (bytes += length));
  let cut: Cut | undefined;
  try {
    for await (const chunk of decompressed(counted, format.compression)) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const decoded = decoder.push(utf8.push(chunk.subarray(at, at + PIECE)));
        if (decoded.records.length > 0) yield batch(decoded);
      }
    }
  } catch (error) {
    if (!(error instanceof BrokenStream)) throw error;
    cut = { code: error.code, detail: error.detail, byte: error.byte };
  }
  const rest = decoder.push(utf8.end());
  if (rest.records.length > 0) yield batch(rest);
  yield batch(decoder.end(cut));
}

/** Decodes what is at hand as a whole: a few records, not compressed. The same records as `decode` gives. */
export function decodeWhole(format: SourceFormat, bytes: Uint8Array, { columns = [] }: DecodeOptions = {}): Decoded {
  const utf8 = new ToUtf8(format);
  const decoder = decoderOf(format, columns, () => utf8.encoding);
  const first = decoder.push(utf8.push(Buffer.from(bytes)));
  const all = [first, decoder.push(utf8.end()), decoder.end()];
  const { header } = all.find((decoded) => decoded.header !== undefined) ?? first;
  const records = inEncoding(
    all.flatMap((decoded) => decoded.records),
    utf8,
  );
  return { ...(header === undefined ? {} : { header }), records };
}

/** Text of bytes of a feed. */
export function textOfBytes(format: SourceFormat, bytes: Uint8Array): string {
  const utf8 = new ToUtf8(format);
  return Buffer.concat([utf8.push(Buffer.from(bytes)), utf8.end()]).toString();
}

async function* counting(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  count: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}

function decoderOf(format: SourceFormat, columns: readonly string[], encoding: () => Encoding): Decoder {
  switch (format.type) {
    case 'csv':
    case 'tsv':
      return new CsvDecoder(format, columns);
    case 'fixed':
      return fixedDecoder(format, encoding);
    case 'ndjson':
      return ndjsonDecoder();
    case 'json':
      return new JsonDecoder(format);
    case 'xml':
      return new XmlDecoder(format);
  }
}

/** Decoders know UTF-8 only: what they find at fault with it is said of the encoding that the bytes came in. */
function inEncoding(records: readonly DecodedRecord[], { encoding, unknown }: ToUtf8): readonly DecodedRecord[] {
  if (encoding === 'utf-8' && unknown === null) return records;
  return records.map((record): DecodedRecord => {
    if (record.type !== 'fault') return record;
    const raw = encoding === 'utf-8' ? record.raw : withText(record.raw);
    if (record.code !== 'MF_RECORD_NOT_UTF8') return { ...record, raw };
    const detail = unknown === null ? undecodable(raw, encoding) : unknownEncoding(unknown);
    return { ...record, code: 'MF_RECORD_ENCODING', detail, raw };
  });
}

/** Bytes that are no text are lone surrogates within it, so that people can read the rest. */
function withText({ base64, ...rest }: FaultContent): FaultContent {
  if (base64 === undefined) return rest;
  const text = surrogateEscaped(Buffer.from(base64, 'base64'));
  // What is cut off may be cut within a character.
  return { text: rest.truncated === undefined ? text : text.replace(/\uFFFD$/, ''), ...rest };
}

function undecodable({ text = '' }: FaultContent, encoding: Encoding): string {
  const [first = ''] = /\p{Surrogate}/u.exec(text) ?? [];
  const byte = (first.charCodeAt(0) & 0xff).toString(16).padStart(2, '0');
  const what = encoding.startsWith('utf-16') ? 'half of a pair' : `the byte 0x${byte}`;
  return `${what} is no text in ${encoding}; it is kept as a lone surrogate`;
}

function unknownEncoding(label: string): string {
  const name = JSON.stringify(label.slice(0, 100));
  return `the document says that it is in ${name}, which is not known; it was read as UTF-8, and is none`;
}
