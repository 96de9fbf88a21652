const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** So many brackets are told apart; deeper ones, which no record may have, are only counted. */
const TOLD_APART = 1024;

/** Finds the end of a text in quotes, in bytes as they come. */
export class TextScan {
  private escaped = false;

  /** @returns index of the closing quote; the length if it has not come */
  find(bytes: Buffer, from: number): number {
    let i = this.escaped ? from + 1 : from;
    this.escaped = false;
    for (; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) return i;
      if (byte === BACKSLASH) i++;
    }
    this.escaped = i > bytes.length;
    return bytes.length;
  }
}

/**
 * Finds the end of an object or a list, in bytes as they come, by its brackets alone. A bracket that closes what stands
 * further out closes all that is within; one that closes nothing of it belongs to what is around, and ends it there.
 */
export class ValueScan {
  /** What was found is not part of the value: it ends before. */
  endsBefore = false;
  private depth = 0;
  private readonly open = new Uint8Array(TOLD_APART);
  private readonly text = new TextScan();
  private inText = false;

  /** For the next value; the latest has ended. */
  begin(): void {
    this.depth = 0;
    this.endsBefore = false;
  }

  /** @returns index of its last byte, or of the one that it ends before; the length if it has not come */
  find(bytes: Buffer, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      if (this.inText) {
        i = this.text.find(bytes, i);
        this.inText = i === bytes.length;
        continue;
      }
      const byte = bytes[i] ?? 0;
      if (byte === QUOTE) this.inText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.open[this.depth++] = byte;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && this.closes(byte)) return i;
    }
    return bytes.length;
  }

  private closes(byte: number): boolean {
    if (this.depth > TOLD_APART) {
      this.depth--;
      return false;
    }
    const at = this.open.lastIndexOf(byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST, this.depth - 1);
    this.endsBefore = at < 0;
    this.depth = Math.max(at, 0);
    return at <= 0;
  }
}
