import { editorSchema } from '../../streams/trial/editor-schema.ts';

/** The same with and without --json: it is JSON. */
export function sourceSchema(): string {
  return JSON.stringify(editorSchema(), null, 2);
}
