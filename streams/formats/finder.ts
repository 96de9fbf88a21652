/** The next place of a character, found once for all positions that it is the next of. */
export class Finder {
  private from = 0;
  private found = -1;
  private readonly text: string;
  private readonly character: string;

  /** @param character null: there is none to be found */
  constructor(text: string, character: string | null) {
    this.text = text;
    this.character = character ?? '';
    if (character === null) this.found = Infinity;
  }

  /** Not less than the length of the text if there is none. */
  find(from: number): number {
    if (from < this.from || from > this.found) {
      this.from = from;
      const found = this.text.indexOf(this.character, from);
      this.found = found < 0 ? this.text.length : found;
    }
    return this.found;
  }
}

/** How many bytes of UTF-8 a text has from a place on; asked for places in ascending order, each is counted once. */
export class Tail {
  private from = 0;
  private bytes: number;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.bytes = Buffer.byteLength(text);
  }

  at(place: number): number {
    const counted = this.text.slice(Math.min(this.from, place), Math.max(this.from, place));
    this.bytes += (place < this.from ? 1 : -1) * Buffer.byteLength(counted);
    this.from = place;
    return this.bytes;
  }
}
