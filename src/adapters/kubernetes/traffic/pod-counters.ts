import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { TrackCounters } from '../../../contracts/rollouts/traffic.ts';
import type { Exposition } from '../../prometheus-text/parse-prometheus.ts';
import { histogramOf, sumOf } from '../../prometheus-text/sum-samples.ts';

const requests = 'http_requests_total';
const duration = 'http_request_duration_seconds';
/** The names that client libraries use for the status code and the path. */
const codeLabels = ['code', 'status', 'status_code'];
const pathLabels = ['path', 'handler', 'route', 'uri', 'endpoint'];

/**
 * One pod's counters, summed over all series; requests for the named paths (probes, the metrics
 * themselves) are not counted. Throws `invalid` if errors cannot be recognized, `unavailable` if a line
 * about requests cannot be read.
 */
export function podCounters(page: Exposition, ownPaths: readonly string[]): TrackCounters {
  refuseGaps(page);
  const counted = requestsIn(page);
  const traffic = page.samples.filter(({ labels }) => !isOwn(labels, ownPaths));
  const answers = traffic.filter(({ name }) => name === counted);
  return {
    requests: sumOf(answers),
    errors: sumOf(answers.filter(({ labels }) => codeOf(labels).startsWith('5'))),
    latency: histogramOf(traffic, duration),
  };
}

const named = 4;

/** `has no http_requests_total, found ...`; undefined if the page has or declares it. */
export function describeAbsence(page: Exposition): string | undefined {
  if (requestsIn(page) !== undefined) return undefined;
  const names = [...new Set(page.samples.map(({ name }) => name))];
  if (names.length === 0) return `has no ${requests}, and no other metrics`;
  const isAlike = (name: string) => /http|request|rpc/i.test(name);
  const sorted = [...names.filter(isAlike), ...names.filter((name) => !isAlike(name))];
  const shown = sorted.slice(0, named).map((name) => name.slice(0, 80));
  const more = names.length - shown.length;
  return `has no ${requests}, found ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The name of the request counter; in older libraries it may lack its `_total`. */
function requestsIn({ samples, types }: Exposition): string | undefined {
  const bare = requests.replace(/_total$/, '');
  if (types.has(requests) || samples.some(({ name }) => name === requests)) return requests;
  if (types.get(bare) !== 'counter') return undefined;
  return samples.some(({ name }) => name === bare) ? bare : requests;
}

/** A missing line would mean missing requests or errors. */
function refuseGaps({ unreadable }: Exposition): void {
  const isNeeded = (name: string) => name.startsWith('http_requests') || name.startsWith(duration);
  const gap = unreadable.find(({ name }) => name !== undefined && isNeeded(name));
  if (!gap) return;
  throw new PlatformError(
    'unavailable',
    `line ${gap.line} of its metrics, of ${gap.name}, cannot be read`,
  );
}

function isOwn(labels: Record<string, string>, ownPaths: readonly string[]): boolean {
  return pathLabels.some((name) => ownPaths.includes(labels[name] ?? ''));
}

function codeOf(labels: Record<string, string>): string {
  const code = codeLabels.map((name) => labels[name]).find((value) => value !== undefined);
  if (code !== undefined) return code;
  throw new PlatformError(
    'invalid',
    `${requests} has none of the labels ${codeLabels.join(', ')}, so errors cannot be recognized`,
  );
}
