import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { DeployReceipt, DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import { deployUpdate } from '../../../src/contracts/kernel/messages.ts';
import { rolloutKinds } from '../../../src/kinds/rollouts.ts';
import { longestText } from '../../../src/policies/kernel/verbs/read-verb-input.ts';
import { compareReleases } from '../../../src/policies/rollouts/same-release.ts';
import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import { writtenSpec } from '../../../src/specs/rollouts/written-spec.ts';
import { refuseOtherWorkflowId } from '../../kernel/refuse-other-workflow-id.ts';
import { resolveSpec } from '../../kernel/resolve-spec.ts';
import { permitOrder } from './obtain-permit.ts';
import type { Rollout } from './rollout.ts';

/**
 * Answers `belay deploy`: the run that this request started responds once it may act; any other
 * run gives way if the new spec asks for it, and refuses otherwise.
 */
export function registerDeploys(rollout: Rollout): void {
  setHandler(
    defineUpdate<DeployReceipt, [unknown, DeployRequest]>(deployUpdate),
    async (input, request) =>
      request.requestId === rollout.request?.requestId
        ? receiptOfStart(rollout)
        : makeWay(rollout, input, request),
    {
      description: 'Starts a spec; on a running rollout it supersedes if the spec says so',
      validator: (_spec: unknown, request: unknown) => {
        if (!isDeployRequest(request)) throw refuse(failureTypes.verbRefused, wrongRequest);
      },
    },
  );
}

const wrongRequest =
  'deploy takes two arguments, the spec and {"requestId": "...", "kind": "canary"}: send it with `belay deploy`.';

/** Anyone can send an update, and one that cannot be read must not stop the workflow. */
function isDeployRequest(given: unknown): given is DeployRequest {
  if (typeof given !== 'object' || given === null) return false;
  const { requestId, kind, by, why } = given as Partial<Record<keyof DeployRequest, unknown>>;
  return (
    typeof requestId === 'string' &&
    typeof kind === 'string' &&
    Object.hasOwn(rolloutKinds, kind) &&
    [by, why].every(
      (text) => text === undefined || (typeof text === 'string' && text.length <= longestText),
    )
  );
}

async function receiptOfStart(rollout: Rollout): Promise<DeployReceipt> {
  const { status } = rollout;
  await condition(() => rollout.opening.state !== 'pending' || status.outcome !== undefined);
  const { opening } = rollout;
  if (opening.state === 'refused') throw opening.failure;
  return { rolloutId: rollout.id };
}

async function makeWay(
  rollout: Rollout,
  input: unknown,
  request: DeployRequest,
): Promise<DeployReceipt> {
  const spec = (await resolveSpec(request.kind, input)).spec as AnySpec;
  const kind = rolloutKinds[request.kind];
  refuseOtherWorkflowId(kind, kind.subject(spec));
  refuseUnlessItMaySupersede(rollout, spec);
  if (rollout.spec !== undefined && mayStillBeUndone(rollout)) {
    const { requestId } = request;
    await rollout.permit.preview(permitOrder(spec), { requestId, settings: rollout.settings });
    refuseUnlessItMaySupersede(rollout, spec);
  }
  const by = request.by ?? 'someone';
  rollout.record({
    atMs: Date.now(),
    verb: 'deploy',
    by,
    ...(request.why !== undefined && { why: request.why }),
  });
  const { workflowType } = kind;
  rollout.followWith({ kind: request.kind, workflowType, input: writtenSpec(input), request });
  if (mayStillBeUndone(rollout)) {
    const named = 'release' in spec ? spec.release.version : 'a rollback';
    rollout.interrupt({ outcome: 'Superseded', reason: `Superseded by ${named}, sent by ${by}` });
  }
  return { rolloutId: rollout.id, superseding: rollout.id };
}

function refuseUnlessItMaySupersede(rollout: Rollout, spec: AnySpec): void {
  const { status } = rollout;
  if (status.phase === 'closed') {
    throw refuse(
      failureTypes.alreadyRunning,
      `The run of ${status.environment}/${status.service} before has ended as ${status.outcome ?? 'closed'}, and its report is being written: try again in a few seconds.`,
    );
  }
  const running = `${status.kind} ${status.version} of ${status.environment}/${status.service} is running (${status.phase})`;
  if (status.phase === 'undo-failed') {
    throw refuse(
      failureTypes.alreadyRunning,
      `${running}: answer its failed undo first with retry or giveUp.`,
    );
  }
  if (spec.kind === 'rollback') {
    throw refuse(failureTypes.alreadyRunning, `${running}: send it undo instead.`);
  }
  if (!spec.supersede) {
    throw refuse(
      failureTypes.alreadyRunning,
      `${running}. Wait for it, abort it, or let the new release supersede it with "supersede: true".`,
    );
  }
  const { spec: present } = rollout;
  if (
    present !== undefined &&
    'release' in present &&
    compareReleases(present.release, spec.release).kind !== 'different'
  ) {
    throw refuse(
      failureTypes.sameRelease,
      `${running}: it is rolling out ${spec.release.version} already.`,
    );
  }
}

/** After its commit point a rollout is not undone; the successor starts from its result. */
function mayStillBeUndone({ status: { phase }, interruption }: Rollout): boolean {
  return (
    interruption === undefined && phase !== 'promoting' && phase !== 'undoing' && phase !== 'closed'
  );
}

function refuse(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
