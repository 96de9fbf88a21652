import { collapsed, trimmed } from './expressions.ts';
import type { Field } from './proposal.ts';
import { isIdLike, type Owner, type Role } from './roles.ts';
import type { Concept } from './words.ts';

/** What is said of a customer or an enterprise beside its id. */
export function partyFields(roles: readonly Role[], owner: 'customer' | 'enterprise', about: boolean): Field[] {
  // In a file about the party itself, what does not say whose it is, is its own.
  const owners: readonly Owner[] = owner === 'customer' ? ['customer', 'billing'] : ['enterprise'];
  const own = roles.filter(
    (role) => role.isFilled && (about ? role.isOf(...owners) : owners.some((one) => role.owner === one)),
  );
  const fields: Field[] = [];
  const add = (name: string, role: Role | undefined, expression: (role: Role) => unknown, doubt?: string): void => {
    if (role !== undefined)
      fields.push({ name, expression: expression(role), roles: [role], ...(doubt !== undefined && { doubt }) });
  };
  const name = nameOf(own);
  if (name !== undefined) fields.push(name);
  add('email', pick(own, (role) => role.column.looks === 'email') ?? pick(own, (role) => role.has('email')), trimmed);
  add(
    'phone',
    pick(own, (role) => role.has('phone')),
    trimmed,
  );
  if (owner === 'enterprise')
    add(
      'registrationNumber',
      pick(own, (role) => role.has('registration')),
      trimmed,
    );
  add(
    'street',
    pick(own, (role) => role.has('street') && !role.hasAny(...NO_STREET)),
    collapsed,
  );
  add(
    'city',
    pick(own, (role) => role.has('city')),
    collapsed,
  );
  add(
    'region',
    pick(own, (role) => role.has('region') && !role.has('country')),
    trimmed,
  );
  add(
    'postcode',
    pick(own, (role) => role.has('postcode')),
    trimmed,
  );
  add(
    'country',
    pick(own, (role) => role.has('country')),
    trimmed,
  );
  return fields;
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
  const whole = pick(
    own,
    (role) => role.has('name') && !role.hasAny('first', 'last', 'email', 'country', 'city', 'category', 'product'),
  );
  if (whole !== undefined && !isIdLike(whole)) return { name: 'name', expression: collapsed(whole), roles: [whole] };
  const first = pick(own, (role) => role.has('first') && !role.hasAny('time', 'order'));
  const last = pick(own, (role) => role.has('last') && !role.hasAny('time', 'order', 'id'));
  if (first !== undefined && last !== undefined) {
    return {
      name: 'name',
      expression: [{ concat: { of: [first.path, last.path], with: ' ' } }, 'collapse'],
      roles: [first, last],
    };
  }
  return whole === undefined ? undefined : { name: 'name', expression: collapsed(whole), roles: [whole] };
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
