import { Context } from '@temporalio/activity';
import type {
  AnalysisActivities,
  HoldOutcome,
  HoldProgress,
  HoldWatch,
} from '../src/contracts/hold.ts';
import type { MetricReader } from '../src/contracts/metric-reader.ts';
import type { Platforms } from '../src/contracts/platform.ts';
import { boundProgress, progressLimits } from '../src/policies/analysis/bound-progress.ts';
import { noProgress } from '../src/policies/analysis/progress.ts';
import { heartbeatEveryMs } from './heartbeating.ts';
import { HoldWatcher } from './hold-watcher.ts';
import { onPlatform } from './on-platform.ts';

/** Told of what holds see, as they see it. */
export interface HoldObserver {
  measured(hold: HoldWatch, before: HoldProgress, now: HoldProgress): void;
  judged(outcome: HoldOutcome): void;
}

export function createAnalysisActivities(
  platforms: Platforms,
  reader: MetricReader,
  observer?: HoldObserver,
): AnalysisActivities {
  return {
    watchHold: (watch) =>
      onPlatform(async () => {
        const context = Context.current();
        const platform = platforms[watch.ref.target.platform];
        let known = lastProgress(context, watch);
        const tell = (progress: HoldProgress) => {
          observer?.measured(watch, known, progress);
          known = progress;
        };
        const watcher = new HoldWatcher({ platform, reader }, watch, {
          progress: known,
          heartbeat: (progress) => {
            tell(progress);
            context.heartbeat(boundProgress(progress, progressLimits.heartbeat));
          },
          sleep: (ms) => context.sleep(ms),
          now: Date.now,
          beatMs: heartbeatEveryMs(context),
        });
        const outcome = await watcher.watch();
        tell(outcome.progress);
        observer?.judged(outcome);
        const { progress } = outcome;
        return { ...outcome, progress: boundProgress(progress, progressLimits.outcome) };
      }),
  };
}

/** After a worker's death: what its last heartbeat knew. */
function lastProgress(context: Context, watch: HoldWatch): HoldProgress {
  const last = context.info.heartbeatDetails as HoldProgress | undefined;
  return last ?? watch.progress ?? noProgress;
}
