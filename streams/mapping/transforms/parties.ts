import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { comparable } from '../../pipeline/cleanse/comparable.ts';
import { libraries } from '../../pipeline/cleanse/libraries.ts';
import { countryOf } from '../../pipeline/countries.ts';
import { textOf, ValueFault, type Raw, type Read, type Scope, type Step, type Value } from '../scope.ts';
import { step, type StepTransform } from '../transform.ts';
import { OTHERWISE } from './lookup.ts';

/** A mapping means the same wherever it runs; settings are for cleansing and matching. */
const POLICY: CleansingPolicy = { emailCase: 'lower', emailTags: 'keep', emailDots: 'keep' };

const WHERE =
  '`country`: where it is meant, by its ISO 3166-1 alpha-2 code; or `from`: an expression that gives the country, by ' +
  'code or name. `otherwise`: what becomes of a value that is none: `fault` (the default), `keep` or `absent`.';

const WHERE_OPTIONS = { country: 'text?', from: 'expression?', otherwise: OTHERWISE } as const;

export const PARTY_STEPS: readonly StepTransform[] = [
  step({
    name: 'phone',
    means:
      'A phone number as E.164, with its extension as `;ext=`. Fields that hold phone numbers are cleansed like this by ' +
      'the country of the body; this is for identifiers, and where the country stands elsewhere.',
    takes: WHERE,
    options: WHERE_OPTIONS,
    short: 'country',
    examples: [
      { given: { p: '010-1234-5678' }, expression: ['p', { phone: 'KR' }], gives: '+821012345678' },
      {
        given: { p: '(0)20 7946 0018', at: 'United Kingdom' },
        expression: ['p', { phone: { from: 'at' } }],
        gives: '+442079460018',
      },
      { given: { p: '+44 20 7946 0018' }, expression: ['p', 'phone'], gives: '+442079460018' },
      {
        given: { p: '020 7946 0018' },
        expression: ['p', 'phone'],
        fails: 'no phone number of which the country is known',
      },
      { given: { p: 'ask' }, expression: ['p', { phone: { country: 'KR', otherwise: 'absent' } }] },
    ],
    compile: ({ country, from, otherwise }, scope) =>
      checked({
        rule: 'phone',
        otherwise,
        countryOf: whereOf(country, from, scope),
        form: (text, where) => e164(comparable('phone', text, POLICY, where)),
        message: 'this is no phone number of which the country is known',
        fix: 'mend the number, or name its country',
      }),
  }),
  step({
    name: 'email',
    means: 'An e-mail address in lower case, taken out of `mailto:` and `Name <...>`, its domain in its ASCII form.',
    takes: '`otherwise`: what becomes of a value that is none: `fault` (the default), `keep` or `absent`.',
    options: { otherwise: OTHERWISE },
    short: 'otherwise',
    examples: [
      { given: { m: 'Ada <mailto:Ada@Example.org>' }, expression: ['m', 'email'], gives: 'ada@example.org' },
      { given: { m: 'ask the driver' }, expression: ['m', { email: 'absent' }] },
      { given: { m: 'ada@' }, expression: ['m', 'email'], fails: 'no e-mail address' },
    ],
    compile: ({ otherwise }) =>
      checked({
        rule: 'email',
        otherwise,
        countryOf: () => undefined,
        form: (text) => comparable('email', text, POLICY),
        message: 'this is no e-mail address',
        fix: 'mend the address',
      }),
  }),
  step({
    name: 'registration',
    means:
      'The registration number of a company, in letters and digits alone. Of Korea (10 digits), Brazil (CNPJ) and the VAT ' +
      'numbers of Europe the check digits have to be right, and the prefix of the country is added; others pass.',
    takes: WHERE,
    options: WHERE_OPTIONS,
    short: 'country',
    examples: [
      { given: { n: '116-82-00276' }, expression: ['n', { registration: 'KR' }], gives: 'KR1168200276' },
      { given: { n: '116-82-00277' }, expression: ['n', { registration: 'KR' }], fails: 'check digits' },
      {
        given: { n: '136 695 976', c: 'Germany' },
        expression: ['n', { registration: { from: 'c' } }],
        gives: 'DE136695976',
      },
      { given: { n: 'FR 40 303 265 045' }, expression: ['n', 'registration'], gives: 'FR40303265045' },
      { given: { n: 'DE136695977' }, expression: ['n', 'registration'], fails: 'check digits' },
      { given: { n: 'none' }, expression: ['n', { registration: { otherwise: 'absent' } }] },
    ],
    compile: ({ country, from, otherwise }, scope) =>
      checked({
        rule: 'registration',
        otherwise,
        countryOf: whereOf(country, from, scope),
        form: (text, where) => comparable('registrationNumber', text, POLICY, where),
        message: 'this is no registration number, or its check digits are wrong',
        fix: 'mend the number, or its country',
      }),
  }),
  step({
    name: 'country',
    means:
      'The ISO 3166-1 alpha-2 code of a country, from its name in many languages, or from its alpha-2, alpha-3 or numeric ' +
      'code. Words for no country (unknown, n/a) are not there.',
    takes: '`otherwise`: what becomes of a value that is none: `fault` (the default), `keep` or `absent`.',
    options: { otherwise: OTHERWISE },
    short: 'otherwise',
    examples: [
      { given: { c: 'Deutschland' }, expression: ['c', 'country'], gives: 'DE' },
      { given: { c: '대한민국' }, expression: ['c', 'country'], gives: 'KR' },
      { given: { c: 'bra' }, expression: ['c', 'country'], gives: 'BR' },
      { given: { c: 36 }, expression: ['c', 'country'], gives: 'AU' },
      { given: { c: 'Unspecified' }, expression: ['c', 'country'] },
      { given: { c: 'Atlantis' }, expression: ['c', 'country'], fails: 'no country' },
    ],
    compile: ({ otherwise = 'fault' }) => {
      return (value) => {
        const text = textOf(value, 'country');
        const code = codeOf(text);
        if (code === undefined || isCode(code)) return code;
        if (otherwise === 'fault') {
          throw new ValueFault('country', value, 'this is no country of ISO 3166-1', 'mend it, or use lookup');
        }
        return otherwise === 'keep' ? value : undefined;
      };
    },
  }),
];

/** undefined for a word that says no country; the text itself if nobody knows it. */
function codeOf(text: string): string | undefined {
  const numeric = /^\d{1,3}$/.test(text.trim())
    ? libraries.countries().numericToAlpha2(text.trim().padStart(3, '0'))
    : undefined;
  return numeric ?? countryOf(text);
}

function isCode(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && libraries.countries().isValid(code);
}

/** Of digits alone nobody can tell whose they are. */
function e164(form: string | null): string | null {
  return form?.startsWith('+') === true ? form : null;
}

type CountryIn = (raw: Raw) => string | undefined;

function whereOf(country: string | undefined, from: Read | undefined, scope: Scope): CountryIn {
  if (country !== undefined && from !== undefined) scope.fail('takes country, or from for where it stands');
  if (country !== undefined) {
    const code = country.toUpperCase();
    if (!isCode(code)) scope.fail(`${country} is no country of ISO 3166-1, such as KR`);
    return () => code;
  }
  if (from === undefined) return () => undefined;
  return (raw) => {
    const named = from(raw);
    const code = named === undefined ? undefined : codeOf(textOf(named, 'country'));
    return code !== undefined && isCode(code) ? code : undefined;
  };
}

interface Form {
  readonly rule: string;
  readonly otherwise: 'fault' | 'keep' | 'absent' | undefined;
  readonly countryOf: CountryIn;
  /** null: it is none. */
  readonly form: (text: string, country: string | undefined) => string | null;
  readonly message: string;
  readonly fix: string;
}

function checked({ rule, otherwise = 'fault', countryOf: where, form, message, fix }: Form): Step {
  return (value: Value, raw: Raw): Value => {
    const found = form(textOf(value, rule), where(raw));
    if (found !== null) return found;
    if (otherwise === 'fault') throw new ValueFault(rule, value, message, fix);
    return otherwise === 'keep' ? value : undefined;
  };
}
