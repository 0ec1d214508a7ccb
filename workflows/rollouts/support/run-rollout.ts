import type { DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import type { Outcome } from '../../../src/contracts/rollouts/outcome.ts';
import { rolloutKinds } from '../../../src/kinds/rollouts.ts';
import type { SpecKind } from '../../../src/kinds/workflow-types.ts';
import type { SpecByKind } from '../../../src/specs/rollouts/resolution.ts';
import { writtenSpec } from '../../../src/specs/rollouts/written-spec.ts';
import type { Ending } from '../../kernel/ending.ts';
import { runStory } from '../../kernel/run-story.ts';
import { RolloutMailbox } from './mailbox.ts';
import { registerDeploys } from './register-deploys.ts';
import { Rollout } from './rollout.ts';
import { undosOf } from './undo-rollout.ts';
import { rolloutVerbActs } from './verb-acts.ts';

/** Runs the story of one kind of rollout, with everything that surrounds it. */
export async function runRollout<K extends SpecKind>(
  kind: K,
  input: unknown,
  request: DeployRequest | undefined,
  story: (rollout: Rollout, spec: SpecByKind[K]) => Promise<Ending<Outcome>>,
): Promise<RolloutReport> {
  const mailbox = new RolloutMailbox();
  const start = {
    kind: rolloutKinds[kind],
    input: writtenSpec(input),
    request,
    continuation: undefined,
  };
  const rollout = new Rollout(start, mailbox);
  registerDeploys(rollout);
  const acts = {
    verbs: rolloutVerbActs(mailbox),
    undos: (undone: Rollout) => ({ ...undosOf(undone) }),
  };
  const report = await runStory(rollout, acts, (spec) => story(rollout, spec as SpecByKind[K]));
  return report as RolloutReport;
}
