import { Context } from '@temporalio/activity';
import { SourceError, type MetricReader } from '../../../src/contracts/rollouts/metric-reader.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import type {
  Platform,
  ServiceRef,
  ServiceState,
} from '../../../src/contracts/rollouts/platform.ts';
import type { TrafficSnapshot } from '../../../src/contracts/rollouts/traffic.ts';
import { describeSilentSources } from '../../../src/policies/rollouts/analysis/silent-sources.ts';
import type { AnalysisSpec } from '../../../src/specs/rollouts/analysis.ts';
import { takeSample } from './take-sample.ts';

const longestMs = 3_000;

/**
 * What the sources of an analysis lack of stable, before anything is touched: whoever counts under
 * another name does so for the canary, too. Never fails and takes a part of the attempt's time only:
 * a hold asks again.
 */
export async function checkSources(
  { ref, analysis, state }: { ref: ServiceRef; analysis: AnalysisSpec; state: ServiceState },
  { platform, reader }: { platform: Platform; reader: MetricReader },
): Promise<string[]> {
  if (analysis.mode === 'none' || state.stable === undefined) return [];
  const { version } = state.stable.release;
  // The router of the local platform counts from the first request on.
  const isRouted = ref.target.platform === 'local' && analysis.traffic === undefined;
  const metrics = analysis.metrics.filter(({ source }) => source !== undefined || !isRouted);
  const withinMs = Math.min(longestMs, Context.current().info.startToCloseTimeoutMs / 3);
  const taken = await unlessLate(
    takeSample(
      {
        ...{ ref, version, track: 'stable', intervalMs: withinMs },
        analysis: { ...analysis, metrics },
      },
      metrics.filter(({ source }) => source !== undefined),
      { reader, platformTraffic: () => readTraffic(platform, ref), now: Date.now },
    ),
    withinMs,
  );
  return taken ? describeSilentSources(metrics, taken) : [];
}

async function readTraffic(platform: Platform, ref: ServiceRef): Promise<TrafficSnapshot> {
  try {
    return await platform.readTraffic(ref);
  } catch (error) {
    throw error instanceof PlatformError ? new SourceError(error.message, { cause: error }) : error;
  }
}

async function unlessLate<T>(answer: Promise<T>, withinMs: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = new Promise<undefined>((resolve) => {
    const end = setTimeout(() => resolve(undefined), withinMs);
    timer.signal.addEventListener('abort', () => clearTimeout(end));
  });
  // Whoever answers too late answers nobody.
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
  }
}
