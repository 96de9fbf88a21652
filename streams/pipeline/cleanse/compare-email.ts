import { domainToASCII } from 'node:url';
import type { CleansingPolicy } from '../../../schemas/settings.ts';

/** RFC 5321, 4.5.3.1: 64 characters before the `@`, 255 after it. */
const LENGTH_LIMIT = 320;

const GMAIL = new Set(['gmail.com', 'googlemail.com']);

/** Lower case throughout, the domain in ASCII (RFC 5891); tags and Gmail's dots by the policy. */
export function comparableEmail(value: string, { emailTags, emailDots }: CleansingPolicy): string | null {
  if (value.length > LENGTH_LIMIT * 2) return null;
  const address = bare(value.normalize('NFKC')).toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > LENGTH_LIMIT || /\s/.test(address)) return null;
  const domain = domainToASCII(address.slice(at + 1).replace(/\.$/, ''));
  if (domain === '') return null;
  const plus = address.indexOf('+');
  const untagged = emailTags === 'drop' && plus > 0 && plus < at ? address.slice(0, plus) : address.slice(0, at);
  if (!GMAIL.has(domain)) return `${untagged}@${domain}`;
  return `${emailDots === 'drop' ? untagged.replaceAll('.', '') : untagged}@gmail.com`;
}

/** `Ada <mailto:ada@example.org>` is about `ada@example.org`. */
function bare(text: string): string {
  const opens = text.lastIndexOf('<');
  const closes = text.lastIndexOf('>');
  const address = opens >= 0 && closes > opens ? text.slice(opens + 1, closes) : text;
  return address.trim().replace(/^mailto:/i, '');
}
