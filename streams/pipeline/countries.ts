/** Names that feeds use and no register has. Lower case, without marks and punctuation. */
const ALIASES: Readonly<Record<string, string>> = {
  eire: 'IE',
  rsa: 'ZA',
  usa: 'US',
  'united states of america': 'US',
  america: 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  // A bailiwick each; Jersey is the larger, and what came is kept beside it.
  'channel islands': 'JE',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
  korea: 'KR',
  'republic of korea': 'KR',
  'korea republic of': 'KR',
  'hong kong': 'HK',
  'hong kong sar': 'HK',
  macau: 'MO',
  macao: 'MO',
  uae: 'AE',
  'viet nam': 'VN',
  'russian federation': 'RU',
  brasil: 'BR',
  deutschland: 'DE',
  espana: 'ES',
  italia: 'IT',
  osterreich: 'AT',
  schweiz: 'CH',
  대한민국: 'KR',
  한국: 'KR',
};

/** Words for no country. */
const NONE = new Set(['unspecified', 'unknown', 'none', 'n a', 'na', 'null', 'other', 'european community']);

/** The letters that ISO 3166-1 leaves to users, and what ICU names that is no country of it. */
const NO_COUNTRY = new Set(['EU', 'EZ', 'UN', 'ZZ', 'XA', 'XB', 'QO', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA']);

const byName = new Map<string, string>();
const codes = new Set<string>();

function load(): void {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  for (let i = 0; i < 26 * 26; i++) {
    const code = String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));
    // Codes that were given up canonicalise to those that followed them.
    const canonical = new Intl.Locale(`und-${code}`).region === code;
    const name = NO_COUNTRY.has(code) || !canonical ? undefined : names.of(code);
    if (name === undefined) continue;
    codes.add(code);
    byName.set(plain(name), code);
  }
  for (const [name, code] of Object.entries(ALIASES)) byName.set(plain(name), code);
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** ISO 3166-1 alpha-2 of a name or a code; undefined for a word that says no country; the text itself if unknown. */
export function countryOf(text: string): string | undefined {
  if (codes.size === 0) load();
  const upper = text.trim().toUpperCase();
  if (codes.has(upper)) return upper;
  const name = plain(text);
  return NONE.has(name) || name === '' ? undefined : (byName.get(name) ?? text);
}
