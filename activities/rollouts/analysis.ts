import type { HoldObserver } from '../../src/contracts/rollouts/hold-observer.ts';
import { Context } from '@temporalio/activity';
import { serverClock } from '../../src/adapters/temporal/server-clock.ts';
import type {
  AnalysisActivities,
  HoldProgress,
  WatchHoldInput,
} from '../../src/contracts/rollouts/hold.ts';
import type { MetricReader } from '../../src/contracts/rollouts/metric-reader.ts';
import type { Platforms } from '../../src/contracts/rollouts/platform.ts';
import {
  boundProgress,
  progressLimits,
} from '../../src/policies/rollouts/analysis/bound-progress.ts';
import { noProgress } from '../../src/policies/rollouts/analysis/progress.ts';
import { heartbeatEveryMs, spreadHeartbeats } from '../kernel/support/heartbeating.ts';
import { HoldSampler } from './support/hold-sampler.ts';
import { mapPlatformErrors } from './support/map-platform-errors.ts';

export function createAnalysisActivities(
  platforms: Platforms,
  reader: MetricReader,
  observer?: HoldObserver,
): AnalysisActivities {
  return {
    watchHold: (watch) =>
      mapPlatformErrors(async () => {
        const context = Context.current();
        const platform = platforms[watch.ref.target.platform];
        let known = lastProgress(context, watch);
        const beat = (progress: HoldProgress) => {
          observer?.measured(watch, known, progress);
          known = progress;
        };
        const heartbeats = spreadHeartbeats(context);
        const watcher = new HoldSampler({ platform, reader }, watch, {
          progress: known,
          heartbeat: (progress) => {
            beat(progress);
            heartbeats.beat(boundProgress(progress, progressLimits.heartbeat));
          },
          sleep: (ms) => context.sleep(ms),
          now: serverClock(),
          beatMs: heartbeatEveryMs(context),
        });
        const outcome = await watcher.watch().finally(() => heartbeats.stop());
        beat(outcome.progress);
        observer?.judged(outcome);
        const { progress } = outcome;
        return { ...outcome, progress: boundProgress(progress, progressLimits.outcome) };
      }),
  };
}

/** After a worker's death: what its last heartbeat knew. */
function lastProgress(context: Context, watch: WatchHoldInput): HoldProgress {
  const last = context.info.heartbeatDetails as HoldProgress | undefined;
  return last ?? watch.progress ?? noProgress;
}
