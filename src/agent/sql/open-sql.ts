import { join } from 'node:path';
import { readProgramSecrets } from '../../config/agent-file.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { ExecuteSqlCall, SqlAnswer, SqlCall } from '../../contracts/recovery/sql.ts';
import type {
  SqlHost,
  SqlPlace,
  SqlServer,
  TransactionMark,
} from '../../contracts/recovery/sql-host.ts';
import { Redaction } from '../../policies/kernel/agents/redact.ts';
import { readWritten, writeDurably } from '../../processes/durable-file.ts';
import type { Secret } from '../../specs/kernel/agent.ts';
import type { ClusterSettings } from '../../specs/kernel/clusters.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { Once } from '../acts/once.ts';

export interface SqlOptions {
  agent: string;
  clusters: readonly ClusterSettings[];
  once: Once;
  server: SqlServer;
}

/** Lets through what the settings allow, and commits each act once. */
export function openSql({ agent, clusters, once, server }: SqlOptions): SqlHost {
  const opened = clusters.filter(({ sql }) => sql !== undefined);
  const find = (call: SqlCall): Required<Pick<ClusterSettings, 'sql'>> & ClusterSettings => {
    const { cluster } = call;
    const found = clusters.find(({ name }) => name === cluster);
    if (found?.sql !== undefined) return { ...found, sql: found.sql };
    const known = opened.map(({ name }) => name);
    const offer = known.length === 0 ? 'its settings name none' : offerKnown(cluster, known);
    const why =
      found === undefined
        ? `agent ${agent} has no cluster ${showGiven(cluster)} for statements; ${offer}`
        : `agent ${agent} carries no statements out in cluster ${cluster}: write clusters.${cluster}.sql in its settings`;
    throw new AgentError('refused', why);
  };
  const refuseChanges = ({ cluster }: SqlCall) => {
    throw new AgentError(
      'refused',
      `agent ${agent} only reads cluster ${cluster}: set clusters.${cluster}.sql.changes to true in its settings`,
    );
  };
  const at = async <T extends object>(
    call: SqlCall,
    work: (place: SqlPlace) => Promise<T>,
  ): Promise<T> => {
    const settings = find(call);
    const secrets = await secretsOf(settings);
    const password = secrets.find(({ name }) => name === 'PGPASSWORD')?.value;
    const place = {
      ...{ name: settings.name, host: settings.socketFolder, port: settings.port },
      ...{ user: settings.sql.user, superuser: settings.sql.superuser },
      database: databaseOf(agent, settings.sql.databases, call),
      ...(password !== undefined && { password }),
    };
    return redacted(secrets, () => work(place));
  };
  return {
    examineSql: async (call) => {
      if (call.changes && !find(call).sql.changes) refuseChanges(call);
      return at(call, (place) => server.examine(place, call));
    },
    querySql: (call, { cancelled }) => at(call, (place) => server.query(place, call, cancelled)),
    executeSql: async (call, { cancelled }) => {
      if (!find(call).sql.changes) refuseChanges(call);
      const { contract: _contract, agent: _agent, act, about, ...args } = call;
      return once(
        act,
        { about: `statements of ${call.cluster} in ${about}`, name: 'executeSql', args },
        (folder) => at(call, (place) => commitOnce(server, place, { call, cancelled, folder })),
        (begin) => begin(),
      );
    },
  };
}

interface Pending {
  transaction: TransactionMark;
  answer: SqlAnswer;
}

interface Committing {
  call: ExecuteSqlCall;
  cancelled: AbortSignal;
  folder: string;
}

/** Whoever carries it out again knows its transaction, and asks what became of that first. */
async function commitOnce(
  server: SqlServer,
  place: SqlPlace,
  { call, cancelled, folder }: Committing,
): Promise<SqlAnswer> {
  const file = join(folder, 'transaction.json');
  const pending = await readWritten<Pending>(file);
  if (pending !== undefined) {
    const { transaction, answer } = pending;
    const fate = await server.fateOf(place, transaction);
    if (fate === 'committed') return answer;
    if (fate === 'forgotten') {
      throw new AgentError(
        'lost',
        `${place.name} cannot tell whether transaction ${transaction.id} was committed: it is a standby, was promoted or restored since, or has forgotten it; look at the data`,
      );
    }
  }
  return server.execute(place, call, {
    cancelled,
    beforeCommit: (transaction, answer) =>
      writeDurably(file, { transaction, answer } satisfies Pending),
  });
}

function databaseOf(agent: string, known: readonly string[], { cluster, database }: SqlCall) {
  const wanted = database ?? (known.length === 1 ? known[0] : undefined);
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  throw new AgentError(
    'refused',
    wanted === undefined
      ? `cluster ${cluster} of agent ${agent} has several databases for statements; write database: one of ${known.join(', ')}`
      : `agent ${agent} carries no statements out in database ${showGiven(wanted)} of ${cluster}; ${offerKnown(wanted, known)}`,
  );
}

async function secretsOf({ name, sql }: ClusterSettings): Promise<Secret[]> {
  const read = await readProgramSecrets({ secrets: sql?.secrets ?? {} });
  if (read.ok) return read.secrets;
  const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AgentError('unfinished', `clusters.${name}.sql: ${said}`);
}

/** A statement may read what holds the password, and an error may quote it. */
async function redacted<T extends object>(
  secrets: readonly Secret[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return JSON.parse(Redaction.of(JSON.stringify(await work()), secrets)) as T;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, Redaction.of(error.message, secrets));
  }
}
