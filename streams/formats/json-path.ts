/** Where in a document one is, as far as the paths to records are concerned. */
export interface Position {
  /** A path ends here: what stands here is a record, or a list of them. */
  readonly isRecord: boolean;
  /** A path goes on below. */
  readonly goesOn: boolean;
  readonly below: (name: string) => Position;
}

const ANY = '*';

/** Nothing here or below is a record. */
export const NOWHERE: Position = { isRecord: false, goesOn: false, below: () => NOWHERE };

/** The root of documents whose records are found by these paths; the document itself is one without any. */
export function rootOf(paths: string | readonly string[] = '.'): Position {
  return positionOf([paths].flat().map((path) => (path === '.' ? [] : path.split('.'))));
}

function positionOf(rests: readonly (readonly string[])[]): Position {
  if (rests.length === 0) return NOWHERE;
  return {
    isRecord: rests.some(({ length }) => length === 0),
    goesOn: rests.some(({ length }) => length > 0),
    below: (name) =>
      positionOf(rests.filter(([first]) => first === name || first === ANY).map((rest) => rest.slice(1))),
  };
}
