import { collapsed, trimmed } from './expressions.ts';
import type { Field } from './proposal.ts';
import { isIdLike, type Owner, type Role } from './roles.ts';
import { conceptsOf, type Concept } from './words.ts';

/**
 * What is said of a customer or an enterprise beside its id.
 * @param country where phone numbers are meant that have no country beside them
 */
export function partyFields(
  roles: readonly Role[],
  owner: 'customer' | 'enterprise',
  about: boolean,
  country: string | undefined,
): Field[] {
  // In a file about the party itself, what does not say whose it is, is its own.
  const owners: readonly Owner[] = owner === 'customer' ? ['customer', 'billing'] : ['enterprise'];
  const own = roles.filter(
    (role) => role.isFilled && (about ? role.isOf(...owners) : owners.some((one) => role.owner === one)),
  );
  // What is said of the party itself goes before what its invoices are sent to.
  own.sort((a, b) => Number(b.owner === owner) - Number(a.owner === owner));
  const fields: Field[] = [];
  const add = (name: string, role: Role | undefined, expression: (role: Role) => unknown, doubt?: string): void => {
    if (role !== undefined)
      fields.push({ name, expression: expression(role), roles: [role], ...(doubt !== undefined && { doubt }) });
  };
  const name = nameOf(own);
  if (name !== undefined) fields.push(name);
  add('email', pick(own, (role) => role.column.looks === 'email') ?? pick(own, (role) => role.has('email')), trimmed);
  const address = addressIn(own);
  const ownCountry = pick(address, (role) => role.has('country') && !role.has('region'));
  const phone = pick(own, (role) => role.has('phone'));
  if (ownCountry !== undefined || country === undefined) add('phone', phone, trimmed);
  else {
    const doubt = `numbers without the code of a country are taken for numbers of ${country}`;
    add('phone', phone, ({ path }) => [path, { phone: { country, otherwise: 'keep' } }], doubt);
  }
  if (owner === 'enterprise')
    add(
      'registrationNumber',
      pick(own, (role) => role.has('registration')),
      trimmed,
    );
  add(
    'street',
    pick(address, (role) => role.has('street') && !role.hasAny(...NO_STREET)),
    collapsed,
  );
  add(
    'city',
    pick(address, (role) => role.has('city')),
    collapsed,
  );
  add(
    'region',
    pick(address, (role) => role.has('region')),
    trimmed,
  );
  add(
    'postcode',
    pick(address, (role) => role.has('postcode')),
    trimmed,
  );
  add('country', ownCountry, trimmed);
  return fields;
}

/** Of several addresses, the one that says most: its parts are of one place. */
function addressIn(own: readonly Role[]): readonly Role[] {
  const parts = own.filter((role) => role.hasAny('street', 'city', 'region', 'postcode', 'country'));
  const places = Map.groupBy(parts, ({ path }) => placeOf(path));
  const [best] = [...places.values()].sort((a, b) => b.length - a.length);
  return best ?? [];
}

/** The object that a property is in; `Address.Country.Code` is of the address as well. */
function placeOf(path: string): string {
  const names = path.split('.').slice(0, -1);
  return (conceptsOf(names.at(-1) ?? '').includes('country') ? names.slice(0, -1) : names).join('.');
}

/** What stands below an address in the path of a property is no street. */
const NO_STREET: readonly Concept[] = [
  ...([
    'email',
    'phone',
    'city',
    'region',
    'postcode',
    'country',
    'id',
    'name',
    'first',
    'last',
    'position',
    'registration',
  ] as const),
];

function nameOf(own: readonly Role[]): Field | undefined {
  for (const owner of new Set(own.map((role) => role.owner))) {
    const found = nameIn(own.filter((role) => role.owner === owner));
    if (found !== undefined) return found;
  }
  return undefined;
}

const NO_NAME: readonly Concept[] = [
  'first',
  'last',
  'email',
  'country',
  'city',
  'region',
  'street',
  'category',
  'product',
];

function nameIn(own: readonly Role[]): Field | undefined {
  // A column that is called after the party, and holds no ids of it, holds its names.
  const whole =
    pick(own, (role) => role.has('name') && !role.hasAny(...NO_NAME)) ??
    pick(own, (role) => role.isBare && role.owner !== null && !role.has('id') && !isIdLike(role) && !role.isNumber);
  const first = pick(own, (role) => role.has('first') && !role.hasAny('time', 'order'));
  const last = pick(own, (role) => role.has('last') && !role.hasAny('time', 'order', 'id'));
  if (whole !== undefined && (!isIdLike(whole) || first === undefined)) {
    return { name: 'name', expression: collapsed(whole), roles: [whole] };
  }
  if (first === undefined || last === undefined) return undefined;
  const expression = [{ concat: { of: [first.path, last.path], with: ' ' } }, 'collapse'];
  return { name: 'name', expression, roles: [first, last] };
}

/** Ids of a party beside the one that it goes by: what other sources, or the same one elsewhere, know it as. */
export function identifiersOf(
  roles: readonly Role[],
  id: Role | undefined,
  owner: Owner,
  source: string,
): Field | undefined {
  const others = roles.filter((role) => role.isFilled && role !== id && role.owner === owner && isOtherId(role));
  const tax =
    owner === 'customer'
      ? roles.filter((role) => role.isFilled && role.has('registration') && role.isOf('customer', 'billing'))
      : [];
  if (others.length + tax.length === 0) return undefined;
  const list = [
    ...others.map(({ path }) => ({ object: { type: { const: `${source}.${path}`.slice(0, 50) }, value: path } })),
    ...tax.map(({ path }) => ({ object: { type: { const: 'registrationNumber' }, value: path } })),
  ];
  return { name: 'identifiers', expression: { list }, roles: [...others, ...tax] };
}

function isOtherId(role: Role): boolean {
  return (
    role.has('id') &&
    isIdLike(role) &&
    !role.hasAny('phone', 'postcode', 'country', 'region', 'street', 'city', 'email', 'time', 'registration')
  );
}

/** The one that most records have. */
export function pick(roles: readonly Role[], fits: (role: Role) => boolean): Role | undefined {
  const fitting = roles.filter((role) => role.isFilled && fits(role));
  return fitting.sort((a, b) => b.column.filled - a.column.filled)[0];
}
