import * as z from 'zod';
import { readMoment } from '../../policies/kernel/change-control/read-moment.ts';
import type { Check } from '../../contracts/backups/search.ts';
import { agentName } from '../kernel/agent-name.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { size } from '../kernel/size.ts';
import { choice, duration, flag, idPart, listOf, mapping, text } from '../kernel/written.ts';
import { hookSchema } from './hooks.ts';
import { kindKey } from './kind.ts';
import type { BackupPlan } from './plan.ts';
import { clientPauseSchema, type ClientPause } from './pooler.ts';

/** Find the last moment at which a database was good, restore it to that, and let it take its place. */
export interface PointInTimeSpec {
  kind: 'pointInTimeRecovery';
  environment: string;
  database: string;
  /** Whose sets are restored, as far as such a run needs it. */
  plan: BackupPlan;
  check: Check;
  /** Whose transactions are looked at first; absent: all are. */
  table?: string;
  /** Times at which the check held, and did not hold any more. */
  goodAtMs?: number;
  badAtMs?: number;
  /** The label of the set that the search begins at. */
  set?: string;
  stopWrites: 'none' | 'readOnly' | 'pause';
  /** Whose clients wait, with stopWrites pause. */
  pause?: ClientPause;
  then: 'beside' | 'swap';
  /** Rows that were written since, of these tables. */
  export?: { tables: string[]; mostBytes: number };
  dryRun: boolean;
}

const dayMs = 86_400_000;

const acceptedMoment = 'write a time with its offset, such as 2026-12-24T17:00Z';

const moment = z.string({ error: refusal(acceptedMoment) }).transform((written, context) => {
  const read = readMoment(written);
  if ('ms' in read) return read.ms;
  context.addIssue(read.problem);
  return z.NEVER;
});

const check = mapping(
  {
    database: text('write the name of a database').describe('Which database is asked.'),
    query: text('write a query').describe(
      'One that answers everywhere: where a table may be missing, ask to_regclass first.',
    ),
    expect: text('write text, in quotes where it is a number', /^[^]*$/).describe(
      'The answer of a database that is good, as psql -At prints it.',
    ),
    role: text('write the name of a role')
      .exactOptional()
      .describe(
        'Who asks; it was there then, and is no superuser. Default: the owner of database.',
      ),
  },
  { sql: 'write query', name: 'leave it out', user: 'write role', expected: 'write expect' },
);

const tableName = text(
  'write a table with its schema, such as public.orders',
  /^[^.\s]+\.[^.\s]+$/,
);

const exported = mapping({
  tables: listOf(tableName, 'write at least one table').describe(
    'Of check.database, each as schema.table.',
  ),
  most: size().prefault('1GiB').describe('Of all files together. Default: 1GiB.'),
}).transform(({ tables, most }) => ({ tables: [...new Set(tables)], mostBytes: most }));

export const pointInTimeSchema = mapping(
  {
    kind: kindKey('pointInTimeRecovery'),
    environment: idPart('environment').describe('Where it belongs.'),
    database: idPart('database').describe('The name of the database, as its plan calls it.'),
    agent: agentName.describe('The agent on the host of its primary.'),
    cluster: idPart('cluster').describe('As the settings of the agent name it.'),
    backup: idPart('backup').describe('The plan that made its sets.'),
    component: idPart('component')
      .prefault('database')
      .describe('What that plan calls the database. Default: database.'),
    repositories: listOf(idPart('repository'), 'write at least one repository').describe(
      'Where its sets and its log are. The first one that leads farthest is used.',
    ),
    check: check.describe('What tells a good state from a bad one.'),
    table: tableName
      .exactOptional()
      .describe('Whose transactions are looked at first: schema.table of check.database.'),
    goodAt: moment.exactOptional().describe('A time at which all was well. The set is of before.'),
    badAt: moment
      .exactOptional()
      .describe('A time at which it was bad already. Default: the end of the log.'),
    set: text('write the label of a set')
      .exactOptional()
      .describe('Where the search begins. Default: the newest set before goodAt or badAt.'),
    stopWrites: choice(['none', 'readOnly', 'pause'])
      .prefault('none')
      .describe(
        'readOnly: sessions are ended, and new ones only read, until the end of the run. pause: clients of a PgBouncer wait. Default: none.',
      ),
    pause: clientPauseSchema
      .exactOptional()
      .describe('Whose clients wait, and how long at most. Written with stopWrites: pause.'),
    then: choice(['beside', 'swap'])
      .prefault('beside')
      .describe(
        'swap: takes the place of the database, once that was approved. Default: beside, a copy.',
      ),
    export: exported
      .exactOptional()
      .describe(
        'Rows that were written since, to files on the host of the agent. Default: none; they are in what was there before.',
      ),
    credentials: hookSchema
      .exactOptional()
      .describe(
        "Run once the database was swapped, to set today's passwords of roles again. Written with then: swap.",
      ),
    approvers: z
      .array(text('write a name'), { error: refusal('write a list of names') })
      .prefault([])
      .describe('Who may approve the loss. Default: anyone with a name.'),
    keepFor: duration(60_000, 30 * dayMs)
      .prefault('7d')
      .describe('The copy, or what was there before, is removed after this. Default: 7d.'),
    dryRun: flag().prefault(false).describe('Say what would be searched. Default: false.'),
  },
  {
    plan: 'write backup: the name of the plan',
    nodes: 'write agent and cluster: those of the primary',
    suspectedAt: 'write badAt',
    to: 'that is what is searched for; to restore a known time, use belay backup restore',
    inPlace: 'write then: swap',
    repository: 'write repositories: a list',
    pgbouncer: 'write stopWrites: pause, and pause: { agent, router }',
  },
)
  .check(judgedBy(judgeMoments))
  .check(judgedBy(judgePause))
  .check(judgedBy(judgeExport))
  .check(judgedBy(judgeCredentials))
  .transform(
    ({
      agent,
      cluster,
      backup,
      component,
      repositories,
      goodAt,
      badAt,
      credentials,
      approvers,
      keepFor,
      ...spec
    }): PointInTimeSpec => ({
      ...spec,
      ...(goodAt !== undefined && { goodAtMs: goodAt }),
      ...(badAt !== undefined && { badAtMs: badAt }),
      plan: {
        ...{ kind: 'backup', environment: spec.environment, backup },
        components: [
          { name: component, agent, source: { kind: 'postgres', cluster }, repositories },
        ],
        ...{ type: 'auto', fullEveryMs: 7 * dayMs, replicateTo: {}, hooks: {}, objectives: {} },
        restore: {
          ...{ approvers, keepForMs: keepFor },
          ...(credentials !== undefined && { credentials }),
        },
        schedules: {},
      },
    }),
  );

function judgeMoments({ goodAt, badAt }: Unfinished): Finding[] {
  if (typeof goodAt !== 'number' || typeof badAt !== 'number' || goodAt < badAt) return [];
  return [{ path: ['badAt'], message: 'is not after goodAt' }];
}

function judgePause({ stopWrites, pause }: Unfinished): Finding[] {
  if (stopWrites === 'pause' && pause === undefined) {
    return [
      { path: ['pause'], message: 'is missing: write the agent and the router of a PgBouncer' },
    ];
  }
  if (stopWrites === 'pause' || pause === undefined) return [];
  return [{ path: ['pause'], message: 'needs stopWrites: pause' }];
}

/** What is written while a database is swapped would be in no file. */
function judgeExport({ export: wanted, then, stopWrites }: Unfinished): Finding[] {
  if (wanted === undefined || then !== 'swap' || stopWrites === 'readOnly') return [];
  const message =
    'needs stopWrites: readOnly where the database is swapped: rows that are written meanwhile would be missing';
  return [{ path: ['export'], message }];
}

function judgeCredentials({ credentials, then }: Unfinished): Finding[] {
  if (credentials === undefined || then === 'swap') return [];
  return [{ path: ['credentials'], message: 'needs then: swap' }];
}
