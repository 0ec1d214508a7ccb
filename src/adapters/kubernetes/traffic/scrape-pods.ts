import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { describeNetworkError } from '../../http/describe-network-error.ts';
import { openExchange } from '../../http/exchange.ts';
import { followRedirects, RedirectRefused } from '../../http/follow-redirects.ts';
import { parsePrometheus, type Exposition } from '../../prometheus-text/parse-prometheus.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import type { ScrapedPod } from './traffic-snapshot.ts';

interface ScrapeLimits {
  timeoutMs: number;
  /** The largest number of concurrent scrapes. */
  concurrency: number;
}

type ScrapeResult = { pod: ScrapedPod } | { failure: string } | 'left out';

const namedFailures = 3;

/**
 * The samples of every pod. A pod that is not ready may be silent, and is then omitted; if a ready pod
 * cannot be read, the whole scrape is `unavailable`, because partial traffic must not be judged.
 */
export async function scrapePods(
  targets: ScrapeTarget[],
  { timeoutMs = 3_000, concurrency = 16 }: Partial<ScrapeLimits> = {},
): Promise<ScrapedPod[]> {
  const outcomes: ScrapeResult[] = [];
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

function refuseGaps(outcomes: ScrapeResult[]): void {
  const failures = outcomes.flatMap((outcome) =>
    typeof outcome === 'object' && 'failure' in outcome ? [outcome.failure] : [],
  );
  if (failures.length === 0) return;
  const more = failures.length - namedFailures;
  const shown = failures.sort().slice(0, namedFailures).join('; ');
  throw new PlatformError(
    'unavailable',
    `no metrics from ${shown}${more > 0 ? `; and ${more} more pods` : ''}`,
  );
}

async function scrape(target: ScrapeTarget, timeoutMs: number): Promise<ScrapeResult> {
  try {
    return { pod: { ...target, page: await readPage(target.url, timeoutMs) } };
  } catch (error) {
    if (!target.ready) return 'left out';
    const why = error instanceof PlatformError ? error.message : describeNetworkError(error);
    return { failure: `pod ${target.name} (${target.url}): ${why}` };
  }
}

const exchange = openExchange();
const maxBytes = 16 * 1024 * 1024;
/** The plain format first: it contains everything that is needed. */
const accept =
  'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5, */*;q=0.1';

async function readPage(url: string, timeoutMs: number): Promise<Exposition> {
  const signal = AbortSignal.timeout(timeoutMs);
  const request = { headers: { accept }, signal, maxBytes };
  const answer = await followRedirects(exchange, new URL(url), request).catch((error: unknown) => {
    if (signal.aborted) throw unread(`it did not answer within ${formatDuration(timeoutMs)}`);
    throw error instanceof RedirectRefused ? unread(`it ${error.message}`) : error;
  });
  const { status, body, isWhole } = answer;
  if (status < 200 || status > 299) throw unread(`it answered ${status}`);
  if (!isWhole) throw unread(`it answered more than ${maxBytes / 1024 / 1024} MiB`);
  const page = parsePrometheus(body);
  const { length } = page.unreadable;
  if (page.samples.length > 0 || length === 0) return page;
  throw unread(`none of its ${length} lines is in the Prometheus text format`);
}

function unread(why: string): PlatformError {
  return new PlatformError('unavailable', why);
}
