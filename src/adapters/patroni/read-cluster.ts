import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { ManagedMember, ManagerFacts } from '../../contracts/recovery/database-manager.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What `GET /cluster`, `/patroni` and `/config` answer. Versions before 4 say `master` for a primary. */
export interface PatroniAnswers {
  cluster: unknown;
  own: unknown;
  /** Absent: it has none. */
  config?: unknown;
  atMs: number;
}

/** As Patroni's documentation has them. */
const usual = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: 1_048_576 };

/** Throws AgentError for an answer that says nothing of members. */
export function readCluster({ cluster, own, config, atMs }: PatroniAnswers): ManagerFacts {
  const { members: written, pause, scheduled_switchover: scheduled } = fieldsOf(cluster);
  if (!Array.isArray(written)) {
    throw new AgentError('unfinished', 'Patroni does not say which members it has');
  }
  const all = written.map(fieldsOf);
  const members = all.map(readMember);
  const { patroni, database_system_identifier: identifier } = fieldsOf(own);
  const { version, scope } = fieldsOf(patroni);
  const settings = fieldsOf(config);
  const seconds = (name: keyof typeof usual) => numberOf(settings[name]) ?? usual[name];
  const leader = all.find(({ role }) => role === 'leader')?.['name'];
  const standbyLeader = all.find(({ role }) => role === 'standby_leader')?.['name'];
  const { synchronous_mode: synchronous } = settings;
  return {
    ...{ kind: 'patroni', version: textOf(version), cluster: textOf(scope), atMs, members },
    ...(typeof leader === 'string' && { leader }),
    ...(typeof standbyLeader === 'string' && { standbyLeader }),
    isPaused: pause === true,
    isSynchronous: synchronous !== undefined && !isOff(synchronous),
    maxLagBytes: seconds('maximum_lag_on_failover'),
    settledWithinMs: 1_000 * (seconds('ttl') + 2 * seconds('loop_wait') + seconds('retry_timeout')),
    ...(scheduled !== undefined && { scheduled: describeScheduled(fieldsOf(scheduled)) }),
    ...(typeof identifier === 'string' && { systemIdentifier: identifier }),
  };
}

const running: readonly unknown[] = ['running', 'streaming', 'in archive recovery'];

function readMember({ name, role, state, timeline, lag, tags }: Fields): ManagedMember {
  const { nofailover, failover_priority: priority } = fieldsOf(tags);
  const [timelineNumber, lagBytes] = [numberOf(timeline), numberOf(lag)];
  return {
    ...{ name: textOf(name), state: textOf(state), isRunning: running.includes(state) },
    isSynchronous: role === 'sync_standby' || role === 'quorum_standby',
    ...(timelineNumber !== undefined && { timeline: timelineNumber }),
    ...(lagBytes !== undefined && { lagBytes }),
    noFailover: isOn(nofailover) || priority === 0,
    ...(state === 'creating replica' && { isCopying: true as const }),
  };
}

function describeScheduled({ at, from, to }: Fields): string {
  const where = typeof to === 'string' ? ` to ${to}` : '';
  const whence = typeof from === 'string' ? ` from ${from}` : '';
  return `a switchover${whence}${where} at ${textOf(at)}`;
}

function isOn(value: unknown): boolean {
  return value === true || ['true', 'on', 'yes', '1'].includes(textOf(value).toLowerCase());
}

function isOff(value: unknown): boolean {
  return value === false || ['false', 'off', 'no', '0', ''].includes(textOf(value).toLowerCase());
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
