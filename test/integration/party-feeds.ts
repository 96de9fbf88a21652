/** A source of NDJSON whose records are orders with a customer, or an enterprise. */
export function partySource(name: string, rank: number): string {
  return `
name: ${name}
version: 1
namespace: ${name}
rank: ${rank}
format: { type: ndjson }
records:
  order:
    match: order
    route: { kind: order, id: order }
    identity: order
    parts:
      - name: order
        fields:
          number: order
          type: { const: sale }
          currency: { const: EUR }
          total: [total, integer]
          customer: { key: { kind: customer, id: customer.id } }
          customerId: customer.id
      - name: customer
        of: { kind: customer, id: customer.id }
        fields:
          id: customer.id
          name: customer.name
          email: customer.email
          phone: customer.phone
          city: customer.city
          country: { const: NL }
          identifiers: { list: [{ object: { type: { const: 'id:web' }, value: customer.web } }] }
  company:
    match: company
    route: { kind: enterprise, id: company }
    identity: company
    parts:
      - name: enterprise
        fields: { id: company, name: name, registrationNumber: number, country: { const: KR } }
`;
}

/** Four sources that speak of the same three customers and two companies. */
export const PARTY_FEEDS: Readonly<Record<string, readonly object[]>> = {
  web: [
    {
      order: 'W1',
      total: '1000',
      customer: { id: 'w-ann', name: 'ANN LEE', email: ' Ann@Example.org', phone: '020 135 8246' },
    },
    {
      order: 'W2',
      total: '300',
      customer: { id: 'w-bo', name: 'Bo Kim', phone: '0201358246', email: 'test@test.com' },
    },
    { company: 'w-acme', name: 'Acme', number: '120-81-47521' },
  ],
  till: [
    { order: 'T1', total: '50', customer: { id: 't-1', name: 'Ann Lee', phone: '+31 20 135 8246', city: 'Utrecht' } },
    { order: 'T2', total: '60', customer: { id: 't-2', name: 'Walk In', email: 'test@test.com' } },
  ],
  mall: [
    { order: 'M1', total: '7', customer: { id: 'm-ann', email: 'ann@example.org', city: 'Utrecht' } },
    { company: 'm-acme', name: 'Acme Ltd', number: '1208147521' },
  ],
  erp: [
    { order: 'E1', total: '900', customer: { id: 'e-ann', name: 'Lee, Ann', web: 'w-ann' } },
    { company: 'e-acme', name: 'ACME', number: '123-45-67890' },
  ],
};
