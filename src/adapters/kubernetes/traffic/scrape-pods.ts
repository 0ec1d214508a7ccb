import { PlatformError } from '../../../contracts/platform.ts';
import { parsePrometheus, type Sample } from '../../prometheus-text/parse-prometheus.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import type { ScrapedPod } from './traffic-snapshot.ts';

interface ScrapeLimits {
  timeoutMs: number;
  /** Pods that are asked at once. */
  concurrency: number;
}

type Outcome = { pod: ScrapedPod } | { failure: string } | 'left out';

const namedFailures = 3;

/**
 * Every pod's samples. A pod that is not ready may be silent, and is then left out; a ready one
 * that cannot be read makes the whole scrape `unavailable`: part of the traffic is not the traffic.
 */
export async function scrapePods(
  targets: ScrapeTarget[],
  { timeoutMs = 3_000, concurrency = 16 }: Partial<ScrapeLimits> = {},
): Promise<ScrapedPod[]> {
  const outcomes: Outcome[] = [];
  const waiting = targets.values();
  const work = async () => {
    for (const target of waiting) outcomes.push(await scrape(target, timeoutMs));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  refuseGaps(outcomes);
  return outcomes.flatMap((outcome) =>
    typeof outcome === 'object' && 'pod' in outcome ? [outcome.pod] : [],
  );
}

function refuseGaps(outcomes: Outcome[]): void {
  const failures = outcomes.flatMap((outcome) =>
    typeof outcome === 'object' && 'failure' in outcome ? [outcome.failure] : [],
  );
  if (failures.length === 0) return;
  const more = failures.length - namedFailures;
  const shown = failures.sort().slice(0, namedFailures).join('; ');
  throw new PlatformError(
    'unavailable',
    `no metrics of ${shown}${more > 0 ? `; and ${more} more pods` : ''}`,
  );
}

async function scrape(target: ScrapeTarget, timeoutMs: number): Promise<Outcome> {
  try {
    return { pod: { ...target, samples: await readSamples(target.url, timeoutMs) } };
  } catch (error) {
    if (!target.ready) return 'left out';
    return { failure: `pod ${target.name} (${target.url}): ${rootMessage(error)}` };
  }
}

async function readSamples(url: string, timeoutMs: number): Promise<Sample[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await response.text();
  if (!response.ok) throw new PlatformError('unavailable', `it answered ${response.status}`);
  return parsePrometheus(text);
}

/** fetch itself only ever says "fetch failed". */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
