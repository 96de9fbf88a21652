import { basename } from 'node:path';
import { inferSource } from '../../streams/infer/infer.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { openInputs } from '../inputs.ts';

/** The text of a source for files like this one. @throws MF_USAGE for a path that is no file */
export function infer(path: string, name: string | undefined): Promise<string> {
  const [input, ...others] = openInputs([path], { format: 'csv', names: () => true }, 'stdin').inputs;
  if (input === undefined || others.length > 0 || path === '-') {
    throw new MasterflagError(
      'MF_USAGE',
      `${path} is not one file: a source is inferred from one, which is read more than once`,
    );
  }
  return inferSource({ file: basename(path), ...(name !== undefined && { name }), open: input.open });
}
