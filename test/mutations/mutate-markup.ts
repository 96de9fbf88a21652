import type { Random } from '../simulation/world.ts';

const TEXTS: readonly string[] = [
  '',
  ' ',
  '0',
  '-0',
  '1e400',
  'NaN',
  '1.234,56',
  '2024-02-30',
  'XXX',
  '&lt;',
  '&unknown;',
  '&#0;',
  '&#xD800;',
  '&#x110000;',
  '<![CDATA[]]>',
  '<!-- -->',
  '<?php ?>',
  '__proto__',
  '\u0001',
  '😀',
];

const HUGE: readonly (() => string)[] = [
  () => 'x'.repeat(100_000),
  () => `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`,
  () => '<a/>'.repeat(20_000),
  () => `<a ${Array.from({ length: 3000 }, (_, n) => `n${n}="${n}"`).join(' ')}/>`,
  () => '&amp;'.repeat(50_000),
];

/** Entities that stand for a billion others, and files that are none of the sender's business. */
const DOCTYPES: readonly string[] = [
  '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;&y;&y;">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
  '<!DOCTYPE',
];

/** Changes one tag, one text or the head of an XML document. */
export function mutateMarkup(text: string, random: Random): string {
  const tokens = text.match(/<[^>]*>|[^<]+/g) ?? [];
  if (tokens.length === 0) return text;
  const at = random.below(tokens.length);
  const token = tokens[at] ?? '';
  return [...tokens.slice(0, at), changed(token, tokens, random), ...tokens.slice(at + 1)].join('');
}

function changed(token: string, tokens: readonly string[], random: Random): string {
  switch (random.below(9)) {
    case 0:
      return '';
    case 1:
      return token + token;
    case 2:
      return random.pick(HUGE)();
    case 3:
      return token + random.pick(TEXTS);
    case 4:
      return random.pick(TEXTS);
    case 5:
      return token.replace(
        /^<(\/?)(\w+:)?/,
        (_, slash: string) => `<${slash}${random.pick(['', 'x:', 'cbc:', 'cac:', '__proto__'])}`,
      );
    case 6:
      return token.replace(
        />$/,
        ` ${random.pick(['currencyID', 'currencyID', '__proto__', 'xmlns', 'xmlns:cbc', 'id'])}="${random.pick(TEXTS)}">`,
      );
    case 7:
      return random.pick(DOCTYPES) + token;
    default:
      return random.pick(tokens);
  }
}
