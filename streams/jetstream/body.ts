import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { MsgHdrs } from 'nats';
import { MasterflagError } from '../../schemas/errors.ts';

/** Bytes over which a body is compressed: below, it costs more time than it saves; max_payload is 1 MiB by default. */
const COMPRESS_OVER = 256 * 1024;

/** Bytes of a body at most when it is inflated: the log's messages are bounded far below, so it is damaged. */
const INFLATED_MOST = 64 * 1024 * 1024;

/** Bytes kept for the headers of a message, which count against max_payload. */
const HEAD_ROOM = 1024;

const ENCODING = 'Mf-Encoding';
const DEFLATE = 'deflate';

export interface EncodedBody {
  readonly data: Uint8Array;
  readonly head: Readonly<Record<string, string>>;
}

const PLAIN: EncodedBody['head'] = Object.freeze({});
const COMPRESSED: EncodedBody['head'] = Object.freeze({ [ENCODING]: DEFLATE });

const compress = promisify<Uint8Array, { level: number }, Uint8Array>(deflateRaw);

/** @throws MF_MESSAGE_TOO_LARGE when it is larger than the server takes, compressed too */
export async function encodeBody(body: string, maxPayload: number): Promise<EncodedBody> {
  const plain = Buffer.from(body);
  if (plain.length <= COMPRESS_OVER && plain.length <= maxPayload - HEAD_ROOM) return { data: plain, head: PLAIN };
  const data = await compress(plain, { level: 1 });
  if (data.length > maxPayload - HEAD_ROOM) {
    throw new MasterflagError(
      'MF_MESSAGE_TOO_LARGE',
      `a message of ${plain.length} bytes, ${data.length} compressed, is more than NATS takes (max_payload ${maxPayload})`,
    );
  }
  return { data, head: COMPRESSED };
}

/** @throws MF_LOG_DAMAGED */
export function decodeBody(data: Uint8Array, head: Pick<MsgHdrs, 'get'> | undefined, place: string): string {
  if (head?.get(ENCODING) !== DEFLATE) return text(data);
  try {
    return text(inflateRawSync(data, { maxOutputLength: INFLATED_MOST }));
  } catch (cause) {
    throw new MasterflagError('MF_LOG_DAMAGED', `${place} can not be decompressed`, { cause });
  }
}

/** A TextDecoder would drop a byte order mark. */
function text({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
