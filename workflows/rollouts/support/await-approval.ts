import { awaitApproval } from '../../kernel/await-approval.ts';
import { recordOutcome, throwIfFailed, type OpenStage } from './hold-stage.ts';
import { putBackOnce } from './note-changes.ts';
import type { Rollout } from './rollout.ts';

/** Keeps watching the stage while it waits until someone with permission approves it. */
export async function awaitStageApproval(rollout: Rollout, stage: OpenStage): Promise<void> {
  const { approval, weight } = stage.spec;
  if (approval === undefined) return;
  const { by, limit } = approval;
  stage.status.approvedBy = await awaitApproval(
    rollout,
    {
      what: { awaited: `at ${weight} %`, missed: `${weight} %` },
      by,
      ...(limit !== undefined && {
        limit: {
          timeoutMs: limit.timeoutMs,
          onTimeout: limit.onTimeout === 'abort' ? 'abort' : 'approve',
        },
      }),
    },
    {
      goOn: () => {
        stage.monitor.watchUntil(undefined);
      },
      hasNews: () => stage.monitor.hasOutcome(),
      takeIn: async () => {
        const outcome = stage.monitor.takeOutcome();
        if (outcome === undefined) return;
        recordOutcome(rollout, stage, outcome);
        throwIfFailed(stage, outcome);
        await putBackOnce(rollout, stage.service, outcome);
      },
    },
  );
}
