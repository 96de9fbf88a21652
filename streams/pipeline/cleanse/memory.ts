/** Answers for values that were asked for before: feeds repeat their countries, cities and customers. */
export class Memory<Answer> {
  private known = new Map<string, Answer>();
  private readonly answer: (text: string) => Answer;

  constructor(answer: (text: string) => Answer) {
    this.answer = answer;
  }

  of(text: string): Answer {
    if (text.length > TEXT_LIMIT) return this.answer(text);
    const known = this.known.get(text);
    if (known !== undefined || this.known.has(text)) return known as Answer;
    if (this.known.size >= SIZE_LIMIT) this.known = new Map();
    const answer = this.answer(text);
    this.known.set(text, answer);
    return answer;
  }
}

/** Together some megabytes at most; forgetting costs time only. */
const SIZE_LIMIT = 10_000;
const TEXT_LIMIT = 100;
