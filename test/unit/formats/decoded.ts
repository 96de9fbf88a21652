import type { SourceFormat } from '../../../schemas/format.ts';
import { decode, type DecodeOptions } from '../../../streams/formats/decode.ts';
import type { DecodedRecord, FaultRecord } from '../../../streams/formats/format.ts';

export interface Feed {
  readonly header: readonly string[] | undefined;
  readonly records: readonly DecodedRecord[];
}

export interface Cutting extends DecodeOptions {
  /** Bytes of each chunk, in turn; one chunk by default. */
  readonly sizes?: readonly number[];
}

/** All of an input, in chunks. */
export async function decoded(
  format: SourceFormat,
  input: string | Uint8Array,
  { sizes = [Infinity], ...options }: Cutting = {},
): Promise<Feed> {
  let header: readonly string[] | undefined;
  const records: DecodedRecord[] = [];
  for await (const batch of decode(format, pieces(Buffer.from(input as string), sizes), options)) {
    header = batch.header;
    for (const record of batch.records) records.push(record);
  }
  return { header, records };
}

export function* pieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let turn = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizes[turn++ % sizes.length] ?? Infinity;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export async function faultsOf(...args: Parameters<typeof decoded>): Promise<FaultRecord[]> {
  const { records } = await decoded(...args);
  return records.filter((record) => record.type === 'fault');
}

/** The same feed cut in another way. Compared as text: to compare very many records one by one takes minutes. */
export async function isSame(feed: Feed, ...args: Parameters<typeof decoded>): Promise<boolean> {
  return JSON.stringify(await decoded(...args)) === JSON.stringify(feed);
}

/** What a person would look for: rows, objects, and codes of faults. */
export async function gist(...args: Parameters<typeof decoded>): Promise<unknown[]> {
  const { records } = await decoded(...args);
  return records.map((record) => {
    switch (record.type) {
      case 'row':
        return record.fields;
      case 'json':
        return record.value;
      case 'fault':
        return record.code;
    }
  });
}
