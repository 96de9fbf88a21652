/**
 * The form in which identifiers of a type are compared; null for what identifies nobody. `personName` and `companyName`
 * are compared without being identifiers.
 */
export function comparable(type: string, value: string): string | null {
  const text = value.normalize('NFKC').replace(/\s+/g, ' ').trim();
  return formOf(type, text) || null;
}

function formOf(type: string, text: string): string {
  switch (type) {
    case 'email':
      return text.includes('@') ? text.toLowerCase() : '';
    case 'phone':
    case 'mobile':
    case 'fax':
      return (text.startsWith('+') ? '+' : '') + text.replace(/\D/g, '');
    case 'registrationNumber':
      return text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
    case 'personName':
    case 'companyName':
      return text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
    default:
      return text;
  }
}
