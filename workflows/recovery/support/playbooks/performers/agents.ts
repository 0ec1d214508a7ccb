import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type {
  AgentDescription,
  ArgumentValues,
  Capability,
} from '../../../../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../../../../src/contracts/kernel/failures.ts';
import type { PartCheck } from '../../../../../src/contracts/recovery/playbooks/activities.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import { shorten } from '../../../../../src/policies/kernel/notifications/bounded-text.ts';
import { createAgentActs } from '../../../../kernel/agent-acts.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import type { ActionPerformer, Order, ProbePerformer } from '../performer.ts';
import type { PlaybookRun } from '../playbook-run.ts';
import { describeEnd } from './describe-end.ts';

const longestOutput = 4_096;

export const agentCommand: ActionPerformer = {
  check: (run, order) =>
    checkCapability(run, order, ({ commands }) => commands.filter(({ isLease }) => !isLease)),
  perform: async (run, { inputs }) => {
    const { agent, command, args } = read(inputs);
    const result = await createAgentActs(agent, run.fencing).runCommand(command, args);
    const value = describeEnd(result);
    if (result.ending !== 'exited' || result.exitCode !== 0)
      throw refuse(`${command} on ${agent} ${value}`);
    return {
      outputs: { exitCode: 0, stdout: shorten(result.stdout, longestOutput) },
      seen: [{ what: command, source: agent, value }],
    };
  },
};

export const agentLease: ActionPerformer = {
  check: (run, order) =>
    checkCapability(run, order, ({ commands }) =>
      commands.filter(({ isLease }) => isLease === true),
    ),
  perform: async (run, { inputs, isUndoable }) => {
    const { agent, command, args } = read(inputs);
    const forMs = Number(inputs['for']);
    const acts = createAgentActs(agent, run.fencing);
    // Another attempt is another lease: one that failed was reverted, and stays so.
    const lease = acts.nextStep();
    if (isUndoable) run.undo.arm(`revert ${command} on ${agent}`, 'revertLease', agent, lease);
    const { applied, apply, expiresAtMs } = await acts.applyLease(lease, command, forMs, args);
    if (!applied) throw refuse(`${command} on ${agent} ${describeEnd(apply)}`);
    return {
      outputs: { expiresAtMs },
      seen: [{ what: command, source: agent, value: `held for at most ${formatDuration(forMs)}` }],
    };
  },
};

export const agentProbe: ProbePerformer = {
  check: (run, order) => checkCapability(run, order, ({ probes }) => probes),
  ask: async (run, { inputs }) => {
    const agent = String(inputs['agent']);
    const probe = String(inputs['probe']);
    const { ok, detail, latencyMs } = await createAgentActs(agent, run.fencing).runProbe(probe);
    return {
      passed: ok,
      outputs: { detail, tookMs: latencyMs },
      seen: [{ what: probe, source: agent, value: detail }],
    };
  },
};

/** Whether the agent is there, and has what is asked of it. */
async function checkCapability<Spec>(
  run: PlaybookRun<Spec>,
  { inputs }: Order,
  of: (description: AgentDescription) => readonly Capability[],
): Promise<PartCheck> {
  const agent = String(inputs['agent']);
  const name = String(inputs['command'] ?? inputs['probe']);
  try {
    const description = await createAgentActs(agent, run.fencing).describe();
    const known = of(description);
    const found = known.find((each) => each.name === name);
    const seen = [
      { what: 'agent', source: agent, value: `${description.version} on ${description.host}` },
    ];
    if (found === undefined) {
      const names = known.map((each) => each.name).join(', ') || 'none';
      return { problems: [`agent ${agent} has no ${name}; it has: ${names}`], seen };
    }
    return {
      problems:
        found.unavailable === undefined ? [] : [`${name} on ${agent}: ${found.unavailable}`],
      seen,
    };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problems: [reasonOf(error)], seen: [] };
  }
}

function read(inputs: Order['inputs']) {
  return {
    agent: String(inputs['agent']),
    command: String(inputs['command']),
    args: (inputs['args'] ?? {}) as ArgumentValues,
  };
}

function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.targetUnavailable);
}
