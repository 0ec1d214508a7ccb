import { setTimeout as sleep } from 'node:timers/promises';
import type { EndOfLog, HeldWrites, WritesSetting } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { requireSuccess, type ClusterTools } from '../tool/cluster-tools.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

const settledWithinMs = 15_000;
const pauseMs = 200;

/** Sessions of clients that began before the settings were read last. */
const others = `backend_type = 'client backend' AND pid <> pg_backend_pid()`;

/** As it is written, whether or not the server has read it yet. */
export async function readWrites(tools: ClusterTools, attempt: Attempt): Promise<WritesSetting> {
  const query = `SELECT count(*) FROM pg_file_settings WHERE name = 'default_transaction_read_only'
    AND sourcefile LIKE '%/postgresql.auto.conf' AND ${isOn}`;
  const answer = await tools.psql(tools.place, [query], attempt);
  const count = Number(answer.stdout.trim() || Number.NaN);
  if (answer.exitCode === 0 && Number.isInteger(count)) return { isHeld: count > 0 };
  const said = describeToolFailure(answer);
  throw new AgentError('unfinished', `pg_file_settings was not read: ${said}`);
}

/** As an act: one that comes after it was undone is refused. */
export async function holdWrites(
  tools: ClusterTools,
  { act }: { act: RunStep },
  attempt: Attempt,
): Promise<HeldWrites> {
  await change(tools, 'hold the writes', act, attempt, [
    'ALTER SYSTEM SET default_transaction_read_only = on',
    'SELECT pg_reload_conf()',
    'SELECT pg_sleep(0.3)',
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE ${others}`,
  ]);
  await untilSettled(
    tools,
    { wanted: 'on', sessions: `${others} AND backend_start < pg_conf_load_time()` },
    attempt,
  );
  const asked = await tools.psql(
    tools.place,
    [`SELECT count(*) FROM pg_stat_activity WHERE ${others}`],
    attempt,
  );
  return { sessions: Number(asked.stdout.trim()) || 0 };
}

export async function releaseWrites(
  tools: ClusterTools,
  { act }: { act: RunStep },
  attempt: Attempt,
): Promise<void> {
  await change(tools, 'release the writes', act, attempt, [
    'ALTER SYSTEM RESET default_transaction_read_only',
    'SELECT pg_reload_conf()',
  ]);
  await untilSettled(tools, { wanted: 'off', sessions: 'false' }, attempt);
}

async function change(
  tools: ClusterTools,
  name: string,
  act: RunStep,
  attempt: Attempt,
  statements: readonly string[],
): Promise<void> {
  const argv = await tools.psqlCommand(tools.place, statements);
  requireSuccess(name, await tools.act(act, argv, attempt, { name, timeoutMs: 60_000 }));
}

/** Every spelling that PostgreSQL takes. */
const isOn = "lower(setting) IN ('on', 'tr', 'tru', 'true', 't', 'y', 'ye', 'yes', '1')";

/** A setting that somebody has written elsewhere is not the one that Belay wrote. */
const held = `(current_setting('default_transaction_read_only') = 'on' AND NOT EXISTS (
  SELECT FROM pg_file_settings WHERE name = 'default_transaction_read_only'
    AND sourcefile NOT LIKE '%/postgresql.auto.conf' AND ${isOn}))`;

/** A setting counts from the moment at which a new session has it. */
async function untilSettled(
  tools: ClusterTools,
  { wanted, sessions }: { wanted: 'on' | 'off'; sessions: string },
  attempt: Attempt,
): Promise<void> {
  const deadlineMs = performance.now() + settledWithinMs;
  const on = wanted === 'on' ? `current_setting('default_transaction_read_only') = 'on'` : held;
  const query = `SELECT CASE WHEN ${on} THEN 'on' ELSE 'off' END || ' ' ||
    (SELECT count(*) FROM pg_stat_activity WHERE ${sessions})`;
  for (;;) {
    const answer = await tools.psql(tools.place, [query], attempt);
    if (answer.exitCode === 0 && answer.stdout.trim() === `${wanted} 0`) return;
    if (performance.now() > deadlineMs) {
      const seen = answer.exitCode === 0 ? answer.stdout.trim() : describeToolFailure(answer);
      throw new AgentError(
        'refused',
        `default_transaction_read_only should be ${wanted}, without sessions of before: ${seen}`,
      );
    }
    await sleep(pauseMs);
  }
}

/** Closes the segment that is open, and says which one has to be archived. */
export async function endLog(tools: ClusterTools, attempt: Attempt): Promise<EndOfLog> {
  const answer = await tools.psql(
    tools.place,
    [
      `SELECT json_build_object('lsn', pg_current_wal_lsn(), 'segment', pg_walfile_name(pg_current_wal_lsn()))`,
      'SELECT pg_switch_wal()',
    ],
    attempt,
  );
  const line = answer.stdout.split('\n').find((one) => one.startsWith('{'));
  if (answer.exitCode !== 0 || line === undefined) {
    throw new AgentError('unfinished', `the log was not ended: ${describeToolFailure(answer)}`);
  }
  const { lsn, segment } = JSON.parse(line) as { lsn: string; segment: string };
  return { timeline: Number.parseInt(segment.slice(0, 8), 16), segment, lsn };
}
