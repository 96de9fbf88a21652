import { gzipSync } from 'node:zlib';
import type { Random } from '../simulation/world.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateMarkup } from './mutate-markup.ts';

/** Characters of a payload: several times what a record may have, and no more than this program can hold. */
const LONGEST = 2 << 20;

/** What a broken sender may make of a payload: up to three changes of it, of its bytes or of its packing. */
export function mutated(text: string, random: Random): Uint8Array {
  let changed = text;
  for (let left = 1 + random.below(3); left > 0; left--) changed = mutateText(changed, random).slice(0, LONGEST);
  return random.chance(0.7) ? Buffer.from(changed) : mutateBytes(changed, random);
}

function mutateText(text: string, random: Random): string {
  if (random.chance(0.15)) return mutateCharacters(text, random);
  const start = text.trimStart()[0];
  if (start === '{' || start === '[') return mutateJson(text, random);
  if (start === '<') return mutateMarkup(text, random);
  return mutateCharacters(text, random);
}

const CHARACTERS = [
  '\0',
  '\u0007',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '"',
  "'",
  '\\',
  '<',
  '&',
  '{',
  ']',
  ',',
  ';',
  '\t',
  '\r',
  '\n',
  '漢',
  '😀',
];

/** Without any thought for what the text is. */
function mutateCharacters(text: string, random: Random): string {
  const [a, b] = [random.below(text.length + 1), random.below(text.length + 1)].sort((x, y) => x - y) as [
    number,
    number,
  ];
  switch (random.below(7)) {
    case 0:
      return text.slice(0, a);
    case 1:
      return text.slice(a);
    case 2:
      return text.slice(0, a) + text.slice(b);
    case 3:
      return text.slice(0, a) + random.pick(CHARACTERS) + text.slice(a);
    case 4:
      return text.slice(0, b) + text.slice(a);
    case 5:
      return text.replaceAll(random.pick(['"', ':', ',', '>', '\n', ' ', 'e', '1']), random.pick(CHARACTERS));
    default:
      return text.repeat(1 + random.below(3));
  }
}

function mutateBytes(text: string, random: Random): Uint8Array {
  const bytes = Buffer.from(text);
  switch (random.below(8)) {
    case 0:
      return Buffer.from(text, 'utf16le');
    case 1:
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    case 2:
      return Buffer.from(text, 'latin1');
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 4: {
      const packed = gzipSync(bytes);
      return random.chance(0.5) ? packed : packed.subarray(0, random.below(packed.length));
    }
    case 5:
      for (let left = 1 + random.below(8); left > 0 && bytes.length > 0; left--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      return bytes;
    case 6:
      return bytes.subarray(0, random.below(bytes.length + 1));
    default: {
      const at = random.below(bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xc3, 0x28, 0xed, 0xa0]), bytes.subarray(at)]);
    }
  }
}
