import { proxyActivities } from '@temporalio/workflow';
import type {
  ExecuteSqlCall,
  SqlActivities,
  StatementCall,
} from '../../../../src/contracts/recovery/sql.ts';
import { createAgentCalls } from '../../../kernel/agent-calls.ts';
import type { Fencing } from '../../../kernel/fencing.ts';

type Asked = Pick<StatementCall, 'cluster' | 'database' | 'statement' | 'parameters' | 'timeoutMs'>;
type Executed = Asked & Pick<ExecuteSqlCall, 'about' | 'least' | 'most'>;

/** To connect, to examine the role and to commit. */
const overheadMs = 20_000;
/** From an agent's death until its act is given to the agent that was started in its place. */
const heartbeatMs = 10_000;

/** Statements of a playbook, carried out by the agent of the host of the database. */
export function createSqlActs(agent: string, fencing: Pick<Fencing, 'next'>, timeoutMs: number) {
  const once = timeoutMs + overheadMs;
  const calls = createAgentCalls(agent, fencing, { heartbeatMs, budgetMs: 3 * once });
  const { call, nextStep, answer, options } = calls;
  const acts = proxyActivities<SqlActivities>({ ...options.reverts, startToCloseTimeout: once });
  // A probe is asked again by its step, so one that does not answer is not waited for.
  const asks = proxyActivities<SqlActivities>({
    ...options.short,
    ...{ startToCloseTimeout: once, scheduleToCloseTimeout: 2 * once },
    retry: { ...options.short.retry, maximumAttempts: 1 },
  });
  return {
    examine: (asked: Asked, changes: boolean) =>
      answer(
        asks.examineSql.executeWithOptions({ summary: `examine ${asked.cluster} on ${agent}` }, [
          { ...call, ...asked, changes },
        ]),
      ),

    query: (asked: Asked) =>
      answer(
        asks.querySql.executeWithOptions({ summary: `ask ${asked.cluster} on ${agent}` }, [
          { ...call, ...asked },
        ]),
      ),

    execute: (executed: Executed) =>
      answer(
        acts.executeSql.executeWithOptions(
          { summary: `a statement in ${executed.cluster} on ${agent}` },
          [{ ...call, ...executed, act: nextStep() }],
        ),
      ),
  };
}
