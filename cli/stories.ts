import type { Queries, Story } from '../actors/node/queries.ts';
import { MasterflagError } from '../schemas/errors.ts';

/** The story of every entity that an id may mean. @throws MF_NOT_FOUND when there is none */
export async function* storiesOf(id: string, queries: Queries): AsyncGenerator<Story> {
  const keys = await queries.find(id);
  if (keys.length === 0) throw new MasterflagError('MF_NOT_FOUND', `nothing is known as ${JSON.stringify(id)}`);
  for (const key of keys) {
    const story = await queries.story(key);
    if (story !== undefined) yield story;
  }
}
