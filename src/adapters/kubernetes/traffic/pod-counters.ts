import { PlatformError } from '../../../contracts/platform.ts';
import type { TrackCounters } from '../../../contracts/traffic.ts';
import type { Sample } from '../../prometheus-text/parse-prometheus.ts';
import { histogramOf, sumOf } from '../../prometheus-text/sum-samples.ts';

const requests = 'http_requests_total';
const duration = 'http_request_duration_seconds';
/** What client libraries call the status code and the path. */
const codeLabels = ['code', 'status', 'status_code'];
const pathLabels = ['path', 'handler', 'route', 'uri', 'endpoint'];

/**
 * One pod's counters, summed over everything that its series tell apart; requests for the paths
 * named (probes, the metrics themselves) are nobody's traffic and left out. Throws `invalid` where answers cannot be told from errors.
 */
export function podCounters(samples: Sample[], ownPaths: readonly string[]): TrackCounters {
  const traffic = samples.filter(({ labels }) => !isOwn(labels, ownPaths));
  const answers = traffic.filter(({ name }) => name === requests);
  return {
    requests: sumOf(answers),
    errors: sumOf(answers.filter(({ labels }) => codeOf(labels).startsWith('5'))),
    latency: histogramOf(traffic, duration),
  };
}

function isOwn(labels: Record<string, string>, ownPaths: readonly string[]): boolean {
  return pathLabels.some((name) => ownPaths.includes(labels[name] ?? ''));
}

function codeOf(labels: Record<string, string>): string {
  const code = codeLabels.map((name) => labels[name]).find((value) => value !== undefined);
  if (code !== undefined) return code;
  throw new PlatformError(
    'invalid',
    `${requests} has none of the labels ${codeLabels.join(', ')}, so errors cannot be told from answers`,
  );
}
