import type { CopiedSet, CopySetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { compareLogs } from './compare-logs.ts';
import { makeSet } from './make-set.ts';
import { openRepository } from './repository/repository.ts';
import type { ClusterTools } from './tool/cluster-tools.ts';

/**
 * pgBackRest cannot copy a set to another repository. What it can do is archive the log to all of
 * them: so this makes a new full set of the running cluster in the other repository, and then proves
 * by the checksums of the log that both repositories lead to the same position. The new set is later
 * than the one that was asked for, and moments before it can be restored from the first repository
 * only. The cluster has to run.
 */
export async function copySet(
  tools: ClusterTools,
  call: CopySetCall,
  attempt: Attempt,
): Promise<CopiedSet> {
  const { label, repository, to } = call;
  if (to === repository) throw new AgentError('refused', `${to} is the repository that it is in`);
  const from = await openRepository(tools, repository, attempt);
  const original = from.sets.find((set) => set.label === label);
  if (original === undefined) {
    throw new AgentError('refused', `repository ${repository} does not list ${label}`);
  }
  const { act, plan, component, contract, agent } = call;
  const made = { act, plan, component, contract, agent, repository: to, type: 'full' } as const;
  const set = await makeSet(tools, made, attempt);
  const [first, second] = [
    await openRepository(tools, repository, attempt),
    await openRepository(tools, to, attempt),
  ];
  const equal = compareLogs({ original, set, first, second });
  if (!equal.ok) throw new AgentError('refused', equal.reasons.join('\n'));
  return { set, equal: equal.proof };
}
