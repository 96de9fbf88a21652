import { stripTypeScriptTypes } from 'node:module';

// Tests run through the same type stripping as the product: Node's own. Types become white space, so
// lines and columns in stack traces are those of the source, with no source maps.
export default {
  /** @param {string} source */
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
