import { parseSource } from '../../config/sources.ts';
import type { SourceFormat } from '../../schemas/format.ts';
import { decode } from '../formats/decode.ts';
import { Trial, type TriedRecord } from '../trial/trial.ts';
import { sourceNameOf } from './file-name.ts';
import { propose } from './propose.ts';
import { SampleTaker, type Sample } from './sample.ts';
import { sniff } from './sniff.ts';
import { writeProposal } from './write.ts';

export interface InferRequest {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** Name of the source; made of the file's without it. */
  readonly name?: string;
  /** Begins the file anew each time: it is read more than once. */
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Bytes that the format is told by. */
const HEAD_BYTES = 256 * 1024;

/** Records that the proposal is tried on. */
const TRIED = 1000;

/** A source for files like this one, as the text of its file, with doubts as comments. It passes `sources check`. */
export async function inferSource(request: InferRequest): Promise<string> {
  const { format, doubts } = await sniff(await headOf(request.open()));
  const sample = await sampleOf(request, format);
  const name = request.name ?? sourceNameOf(request.file);
  const proposed = propose(sample, { name, file: request.file, format });
  const proposal = { ...proposed, doubts: [...doubts, ...proposed.doubts] };
  const text = writeProposal(proposal, []);
  const remarks = [...introduction(request, sample), ...(await trial(text, request))];
  return writeProposal(proposal, remarks);
}

async function headOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const head: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    head.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(head).subarray(0, HEAD_BYTES);
}

async function sampleOf({ open }: InferRequest, format: SourceFormat): Promise<Sample> {
  const taker = new SampleTaker();
  for await (const { header, records } of decode(format, open())) {
    if (header !== undefined) taker.begin(header);
    for (const record of records) if (!taker.isFull) taker.take(record);
    if (taker.isFull) break;
  }
  return taker.sample();
}

function introduction({ file }: InferRequest, { records, faults }: Sample): string[] {
  const faulty = faults === 0 ? '' : `, and ${faults} that cannot be read`;
  return [
    `Proposed by \`masterflag sources infer\` from ${records} records of ${file}${faulty}. DOUBT marks what they cannot say.`,
  ];
}

/** What becomes of the first records by the proposal. */
async function trial(text: string, { file, open }: InferRequest): Promise<string[]> {
  const tried: TriedRecord[] = [];
  for await (const record of new Trial(parseSource(text, 'proposal.yaml')).file(file, open(), TRIED))
    tried.push(record);
  const counts = Object.entries(Object.groupBy(tried, ({ verdict }) => verdict)).map(
    ([verdict, some]) => `${some.length} ${verdict}`,
  );
  const causes = new Map<string, number>();
  for (const { problem } of tried) {
    if (problem === null) continue;
    const cause = `${problem.field === '' ? problem.code : problem.field}: ${problem.message}`;
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  const worst = [...causes].sort(([, a], [, b]) => b - a).slice(0, 3);
  return [
    `Of the first ${tried.length} records: ${counts.join(', ')}.`,
    ...worst.map(([cause, count]) => `${count} times ${cause.slice(0, 200)}`),
  ];
}
