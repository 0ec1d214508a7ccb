import { Context } from '@temporalio/activity';
import type { AnalysisActivities, HoldProgress, HoldWatch } from '../src/contracts/hold.ts';
import type { MetricReader } from '../src/contracts/metric-reader.ts';
import type { Platforms } from '../src/contracts/platform.ts';
import { noProgress } from '../src/policies/analysis/progress.ts';
import { heartbeatEveryMs } from './heartbeating.ts';
import { HoldWatcher } from './hold-watcher.ts';
import { onPlatform } from './on-platform.ts';

export function createAnalysisActivities(
  platforms: Platforms,
  reader: MetricReader,
): AnalysisActivities {
  return {
    watchHold: (watch) =>
      onPlatform(async () => {
        const context = Context.current();
        const platform = platforms[watch.ref.target.platform];
        const watcher = new HoldWatcher({ platform, reader }, watch, {
          progress: lastProgress(context, watch),
          heartbeat: (progress) => {
            context.heartbeat(progress);
          },
          sleep: (ms) => context.sleep(ms),
          now: Date.now,
          beatMs: heartbeatEveryMs(context),
        });
        return watcher.watch();
      }),
  };
}

/** After a worker's death: what its last heartbeat knew. */
function lastProgress(context: Context, watch: HoldWatch): HoldProgress {
  const last = context.info.heartbeatDetails as HoldProgress | undefined;
  return last ?? watch.progress ?? noProgress;
}
