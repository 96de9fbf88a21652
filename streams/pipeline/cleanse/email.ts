import { domainToASCII } from 'node:url';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { DOUBT, type Rule } from './rule.ts';

/** RFC 5321, 4.5.3.1: 64 characters before the `@`, 255 after it. */
const LENGTH_LIMIT = 320;

/** Text that every rule of this file leaves as it is. */
const PLAIN = /^[a-z0-9][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,}$/;

export function isPlainEmail(text: string): boolean {
  return text.length <= LENGTH_LIMIT && PLAIN.test(text);
}

/** An address as mail servers take it (RFC 5321 and 6531): a word or quoted text, and a domain of several labels. */
const ADDRESS = /^(?:[^\s"(),:;<>@[\\\]]+|"[^"\\]*")@(?:[^\s@.,;:]+\.)+[^\s@.,;:\d][^\s@.,;:]*$/u;

const GMAIL = new Set(['gmail.com', 'googlemail.com']);

export const EMAIL_RULES: readonly Rule[] = [
  {
    name: 'emailAddress',
    kinds: ['email'],
    does: 'The address is taken out of `mailto:`, `Name <…>` and quotes; spaces around the `@` and punctuation at the end are removed.',
    why: 'Mail programs copy addresses like this. The name of the person has a field of its own.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', email: 'Ada Lovelace <mailto:ada@example.org>' },
        gives: { id: '1', email: 'ada@example.org' },
      },
      {
        message: 'customer',
        given: { id: '1', email: 'ada @example.org;' },
        gives: { id: '1', email: 'ada@example.org' },
      },
    ],
    apply: bare,
  },
  {
    name: 'emailRefused',
    kinds: ['email'],
    does: 'What has no `@`, or nothing on one side of it, is removed.',
    why: 'It is no address, and whoever compares parties by it would join strangers.',
    examples: [
      { message: 'customer', given: { id: '1', email: 'ask the driver' }, gives: { id: '1' } },
      { message: 'customer', given: { id: '1', email: '@example.org' }, gives: { id: '1' } },
    ],
    apply: (text) => (/[^\s@]\s*@+\s*[^\s@]/.test(text) ? text : undefined),
  },
  {
    name: 'emailDomain',
    kinds: ['email'],
    does: 'The domain is in lower case; one with letters of other scripts is in its ASCII form (RFC 5891).',
    why: 'Domains know no case, and mail servers and registers use the ASCII form.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', email: 'ada@Example.ORG' },
        gives: { id: '1', email: 'ada@example.org' },
      },
      {
        message: 'customer',
        given: { id: '1', email: 'ada@bücher.example' },
        gives: { id: '1', email: 'ada@xn--bcher-kva.example' },
      },
    ],
    apply: (text) => (isAddress(text) ? withDomain(text) : text),
  },
  {
    name: 'emailCase',
    kinds: ['email'],
    does: 'What stands before the `@` is in lower case, unless the setting `emailCase` says `keep`.',
    why: 'Nearly all mail servers take upper and lower case for the same, and people type both.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', email: 'Ada@example.org' },
        gives: { id: '1', email: 'ada@example.org' },
      },
      {
        message: 'customer',
        given: { id: '1', email: 'Ada@example.org' },
        gives: { id: '1', email: 'Ada@example.org' },
        policy: { emailCase: 'keep' },
      },
    ],
    apply: (text, { policy }) => {
      if (policy.emailCase === 'keep' || !isAddress(text)) return text;
      const at = text.lastIndexOf('@');
      return (text.slice(0, at).toLowerCase() + text.slice(at)).normalize('NFC');
    },
  },
  {
    name: 'emailForm',
    kinds: ['email'],
    does: 'Tells of what has an `@` and is no address that mail could be sent to: several addresses, spaces, no top-level domain.',
    why: 'It may still tell a person something, so it stays; it is not compared.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', email: 'a@example.org, b@example.org' },
        gives: { id: '1', email: 'a@example.org, b@example.org' },
      },
    ],
    apply: (text) => (isAddress(text) ? text : DOUBT),
  },
];

function isAddress(text: string): boolean {
  return text.length <= LENGTH_LIMIT && ADDRESS.test(text);
}

function bare(text: string): string {
  if (text.length > LENGTH_LIMIT * 2) return text;
  const opens = text.lastIndexOf('<');
  const closes = text.lastIndexOf('>');
  const inside = opens >= 0 && closes > opens ? text.slice(opens + 1, closes) : text;
  const address = inside
    .trim()
    .replace(/^mailto:\s*/i, '')
    .replace(/^['"`]+(?=[^"'`]+['"`]+$)|['"`]+$/g, '')
    .replace(/\s*@\s*/g, '@')
    .replace(/[\s.,;:]+$/, '');
  return isAddress(address) ? address : text;
}

function withDomain(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = domainOf(text.slice(at + 1));
  return domain === null ? text : `${text.slice(0, at)}@${domain}`;
}

/** Null where it is no name of a domain. */
function domainOf(text: string): string | null {
  if (text.length > LENGTH_LIMIT || /[\s/\\?#%:@[\]<>^|]/.test(text)) return null;
  const ascii = /^[a-z0-9.-]+$/i.test(text) ? text.toLowerCase() : domainToASCII(text);
  return ascii === '' ? null : ascii;
}

/** Of a cleansed address: lower case throughout; tags, and Gmail's dots, by the policy. */
export function comparableEmail(value: string, { emailTags, emailDots }: CleansingPolicy): string | null {
  if (!isAddress(value)) return null;
  const address = value.toLowerCase();
  const at = address.lastIndexOf('@');
  const [mailbox, domain] = [address.slice(0, at), address.slice(at + 1)];
  const plus = mailbox.indexOf('+');
  const untagged = emailTags === 'drop' && plus > 0 ? mailbox.slice(0, plus) : mailbox;
  if (!GMAIL.has(domain)) return `${untagged}@${domain}`;
  return `${emailDots === 'drop' ? untagged.replaceAll('.', '') : untagged}@gmail.com`;
}
