import { proxyActivities } from '@temporalio/workflow';
import type { AgentActivities, ArgumentValues, RunStep } from '../../src/contracts/kernel/agent.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import { createAgentCalls, type AgentPatience } from './agent-calls.ts';
import type { Fencing } from './fencing.ts';

/**
 * Everything a run does by one agent, each act with the next step of the run. An absent agent is an
 * AgentAbsent failure within 30 s. Results are values: look at `ending` and `exitCode`.
 */
export function createAgentActs(
  agent: string,
  fencing: Pick<Fencing, 'next'>,
  patience?: AgentPatience,
) {
  const { call, options, nextStep, answer } = createAgentCalls(agent, fencing, patience);
  const short = proxyActivities<AgentActivities>(options.short);
  const long = proxyActivities<AgentActivities>(options.long);
  const probes = proxyActivities<AgentActivities>(options.probes);
  const reverts = proxyActivities<AgentActivities>(options.reverts);

  return {
    describe: () =>
      answer(short.describeAgent.executeWithOptions({ summary: `what ${agent} can do` }, [call])),

    runCommand: (command: string, args: ArgumentValues = {}) =>
      answer(
        long.runCommand.executeWithOptions({ summary: `${command} on ${agent}` }, [
          { ...call, act: nextStep(), command, args },
        ]),
      ),

    /** A step for a lease, so that its undo can be armed before it is applied. */
    nextStep,

    applyLease: (lease: RunStep, command: string, forMs: number, args: ArgumentValues = {}) =>
      answer(
        long.applyLease.executeWithOptions(
          { summary: `${command} on ${agent} for ${formatDuration(forMs)}` },
          [{ ...call, act: lease, command, args, forMs }],
        ),
      ),

    extendLease: (lease: RunStep, forMs: number) =>
      answer(
        short.extendLease.executeWithOptions(
          { summary: `${formatDuration(forMs)} more on ${agent}` },
          [{ ...call, lease, forMs }],
        ),
      ),

    revertLease: (lease: RunStep) =>
      answer(
        reverts.revertLease.executeWithOptions({ summary: `revert on ${agent}` }, [
          { ...call, lease },
        ]),
      ),

    runProbe: (probe: string) =>
      answer(
        probes.runProbe.executeWithOptions({ summary: `probe ${probe} on ${agent}` }, [
          { ...call, probe },
        ]),
      ),
  };
}
