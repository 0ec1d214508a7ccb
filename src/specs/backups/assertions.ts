import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { duration, flag, listOf, mapping, text } from '../kernel/written.ts';

/** What a restored database is asked, beyond that it recovers and can be promoted. */
export interface DatabaseAssertions {
  heartbeat?: { database: string; query: string; withinMs: number };
  sql: { name: string; database: string; query: string; expect: string }[];
  roles: string[];
  structure: boolean;
  checksums: boolean;
  sequences: boolean;
}

const database = text('write the name of a database', /^[^\0]{1,63}$/)
  .prefault('postgres')
  .describe('Where it is asked. Default: postgres.');
const query = text('write a query', /^(?=[^]*\S)[^\0]{1,10000}$/);

export const assertionKeys = {
  heartbeat: mapping({
    database,
    query: query.describe('Answers with the time of the newest row.'),
    within: duration(1).describe('How old that row may be at the target of the restore.'),
  })
    .transform(({ within, ...rest }) => ({ ...rest, withinMs: within }))
    .exactOptional()
    .describe('How new the newest row is.'),
  sql: z
    .array(
      mapping({
        name: text('write a name', /^(?=.*\S).{1,100}$/).describe('As reports name it.'),
        database,
        query: query.describe('Answers with one value.'),
        expect: text(
          'write the whole answer as text, in quotes where it is a number',
          /^[^\0]*$/,
        ).describe('What it has to answer, as text.'),
      }),
      { error: refusal('write a list of queries, each with name, query and expect') },
    )
    .max(50, { error: 'has too many queries; at most 50' })
    .prefault([])
    .describe('Queries, and what each has to answer.'),
  roles: listOf(text('write the name of a role', /^[^\0]{1,63}$/), 'write at least one role')
    .exactOptional()
    .describe('Roles that have to be there.'),
  structure: flag().prefault(true).describe('Check every database with amcheck. Default: true.'),
  checksums: flag()
    .prefault(true)
    .describe('Check the checksums of every page, where the cluster has them. Default: true.'),
  sequences: flag()
    .prefault(true)
    .describe('Every sequence is ahead of the rows that use it. Default: true.'),
};
