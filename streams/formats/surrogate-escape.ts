const SURROGATE_LEAD = 0xed;

/** The text of bytes of UTF-8 among which there may be lone surrogates, which UTF-8 has no place for. */
export function surrogateEscaped(bytes: Buffer): string {
  let text = '';
  let done = 0;
  for (let at = bytes.indexOf(SURROGATE_LEAD); at >= 0; at = bytes.indexOf(SURROGATE_LEAD, at + 1)) {
    const [, second = 0, third = 0] = bytes.subarray(at, at + 3);
    if (second < 0xa0) continue;
    text += bytes.toString('utf8', done, at) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    done = at + 3;
  }
  return text + bytes.toString('utf8', done);
}
