import { wordsOf } from './words.ts';
import type { Subject } from './subject.ts';

/** Words of file names that say nothing of what is in the file. */
const NOISE = new Set([
  'dataset',
  'data',
  'export',
  'list',
  'table',
  'report',
  'file',
  'sample',
  'example',
  'full',
  'all',
  'csv',
  'final',
  'test',
  'v1',
  'v2',
]);

/** The words of a file's name, without those of its source, of times, and such as all files have. */
export function fileWords(file: string, source: string): string[] {
  const own = new Set(wordsOf(source));
  return wordsOf(stemOf(file)).filter((word) => !/^\d+$/.test(word) && !NOISE.has(word) && !own.has(word));
}

function stemOf(file: string): string {
  return file.replace(/(\.[A-Za-z]\w{0,5}){1,2}$/, '');
}

/** What the records of such a file are called: items, for `olist_order_items_dataset.csv`. */
export function recordOf(file: string, source: string, subject: Subject): string {
  const words = fileWords(file, source).filter((word) => /^[a-z]/.test(word));
  // Of an order's items, items is what they are.
  const own = words.length > 1 && /^orders?$/.test(words[0] ?? '') ? words.slice(1) : words;
  const name = own
    .join('_')
    .replace(/[^a-z0-9_]/g, '')
    .slice(0, 40);
  return name === '' ? (subject === 'none' ? 'record' : subject) : name;
}

/** A pattern for files of the same kind: digits differ. undefined for a name that says nothing. */
export function filesOf(file: string): string | undefined {
  const stem = stemOf(file);
  const extension = file.slice(stem.length);
  const pattern = stem.replace(/\d+([-_. ]?\d+)*/g, '*').replace(/\*+/g, '*');
  return /\p{L}{2}/u.test(pattern) ? `${pattern.endsWith('*') ? pattern : `${pattern}*`}${extension}` : undefined;
}

/** A name for a source, from the name of one of its files. */
export function sourceNameOf(file: string): string {
  const words = fileWords(file, '').filter((word) => /^[a-z0-9]+$/.test(word));
  const name = words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? 'feed' : name;
}
