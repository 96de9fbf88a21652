import { createRequire } from 'node:module';
import type * as Hangul from 'es-hangul';
import type * as Countries from 'i18n-iso-countries';
import type * as Vat from 'jsvat';
import type * as Phone from 'libphonenumber-js/min';

const require = createRequire(import.meta.url);

/** Loaded when a value first needs them: their tables would double the time that a short command takes to start. */
export const libraries = {
  // Not by its main file, which reads the names of all languages.
  countries: once(() => require('i18n-iso-countries/index.js') as typeof Countries),
  hangul: once(() => require('es-hangul') as typeof Hangul),
  phone: once(() => require('libphonenumber-js/min') as typeof Phone),
  vat: once(() => require('jsvat') as typeof Vat),
} as const;

/** Names of countries in one language, by alpha-2. */
export function countryNames(language: string): Countries.LocaleData {
  return require(`i18n-iso-countries/langs/${language}.json`) as Countries.LocaleData;
}

function once<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= load());
}
