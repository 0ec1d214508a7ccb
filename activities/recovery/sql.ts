import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import type { SqlActivities, StatementCall } from '../../src/contracts/recovery/sql.ts';
import type { SqlHost } from '../../src/contracts/recovery/sql-host.ts';
import { onHost } from '../kernel/support/on-host.ts';

/** What the queue of an agent carries out for statements of playbooks. */
export function createSqlActivities(agent: string, host: SqlHost): SqlActivities {
  const on = onHost<StatementCall>(agent, refuseMalformed);
  return {
    examineSql: on(host.examineSql),
    querySql: on(host.querySql),
    executeSql: on(host.executeSql, { named: 'act' }),
  };
}

const longestMs = 600_000;

function refuseMalformed(call: Partial<StatementCall>): void {
  const { cluster, statement, parameters, timeoutMs } = call;
  if (typeof cluster !== 'string' || typeof statement !== 'string') {
    throw new AgentError(
      'refused',
      'a call names a cluster of the settings of its agent, and a statement',
    );
  }
  if (!Array.isArray(parameters) || !parameters.every(isScalar)) {
    throw new AgentError('refused', 'parameters is a list of texts, numbers, true, false and null');
  }
  if (typeof timeoutMs !== 'number' || timeoutMs < 1 || timeoutMs > longestMs) {
    throw new AgentError('refused', 'timeoutMs is a number from 1 to 600000');
  }
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
