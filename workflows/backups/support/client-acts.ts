import { proxyActivities } from '@temporalio/workflow';
import type { ClientActivities } from '../../../src/contracts/backups/clients.ts';
import type { Pooler } from '../../../src/specs/backups/pooler.ts';
import { createAgentCalls } from '../../kernel/agent-calls.ts';
import type { Fencing } from '../../kernel/fencing.ts';

const restMs = 30_000;

export type ClientActs = ReturnType<typeof createClientActs>;

/** Everything that a run does with the clients of a PgBouncer, by the agent of its host. */
export function createClientActs({ agent, router }: Pooler, fencing: Pick<Fencing, 'next'>) {
  const { call, options, nextStep, answer } = createAgentCalls(agent, fencing);
  const about = { ...call, router, kind: 'pgbouncer' as const };
  const looks = proxyActivities<ClientActivities>(options.short);
  const acts = proxyActivities<ClientActivities>(options.reverts);
  return {
    examine: () =>
      answer(looks.examineRoute.executeWithOptions({ summary: `examine ${router}` }, [about])),

    /** The same, with the database to which it leads. */
    identify: () =>
      answer(
        looks.examineRoute.executeWithOptions(
          { summary: `ask to which database ${router} leads` },
          [{ ...about, identifies: true }],
        ),
      ),

    pause: (withinMs: number, forMs: number) =>
      answer(
        acts.pauseRoute.executeWithOptions(
          {
            summary: `pause the clients of ${router}`,
            startToCloseTimeout: withinMs + restMs,
          },
          [{ ...about, act: nextStep(), withinMs, forMs }],
        ),
      ),

    resume: () =>
      answer(
        acts.resumeRoute.executeWithOptions({ summary: `let the clients of ${router} go on` }, [
          { ...about, act: nextStep() },
        ]),
      ),
  };
}
