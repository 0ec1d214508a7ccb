import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { trafficPresets, type TrafficPreset, type TrafficSource } from './metric-source.ts';
import { choice, mapping, text } from '../kernel/written.ts';

/** Of a Prometheus server. Only the worker has credentials, and sends them only to its own server. */
export const addressKey = z
  .url({
    protocol: /^https?$/,
    error: refusal('write an address such as http://prometheus:9090'),
  })
  .refine((address) => !/^[^/]*\/\/[^/]*@/.test(address), {
    error: 'contains a user name or a password; leave them out: they would be kept in the history',
  })
  .exactOptional()
  .describe("Address of the Prometheus server. Default: the worker's BELAY_PROMETHEUS_URL.");

const labels = (of: string) =>
  z
    .record(
      text('write the name of a label', /^[a-zA-Z_]\w*$/),
      text('write the value of the label, or a regular expression'),
      { error: refusal('write a mapping of labels, such as { job: shop }') },
    )
    .describe(`Labels of ${of}; a value may be a regular expression.`);

const preset = () =>
  choice(trafficPresets).describe(
    'What exports the metrics, which determines their names: belay (the local platform), http (http_requests_total of the pods), opentelemetry, traefik, nginx, istio or envoy.',
  );

const prometheus = z.union(
  [
    preset().transform((name) => ({ preset: name })),
    mapping({
      preset: preset(),
      address: addressKey,
      labels: labels('the series of both tracks').exactOptional(),
      stable: labels("stable's series, instead of the preset's").exactOptional(),
      canary: labels("the canary's series, instead of the preset's").exactOptional(),
    }),
  ],
  { error: refusePrometheus },
);

/** Where the request counts come from, if not from the platform itself. */
export const trafficSchema = mapping({
  prometheus: prometheus.describe('A Prometheus server: a preset, or a mapping that contains one.'),
})
  .transform(({ prometheus: { preset: name, ...rest } }): TrafficSource => ({
    preset: name,
    labels: {},
    ...rest,
  }))
  .describe(
    'Where the request counts come from. Default: the platform itself (its router, or every pod).',
  );

/** Presets that cannot tell the tracks apart on this target, if the spec does not give the labels. */
export function judgeTraffic({ target, analysis }: Unfinished): Finding[] {
  const traffic = isMapping(analysis) ? analysis['traffic'] : undefined;
  if (!isMapping(traffic) || !isMapping(target)) return [];
  const { preset: name, stable, canary } = traffic as Unfinished & Partial<TrafficSource>;
  const hasBoth = stable !== undefined && canary !== undefined;
  const needed = name === undefined || hasBoth ? undefined : whatPresetNeeds(name, target);
  if (needed === undefined) return [];
  const message = `${name} distinguishes the tracks by ${needed}; use another preset, or write the labels of each track as stable and canary`;
  return [{ path: ['analysis', 'traffic', 'prometheus'], message }];
}

/** What the target lacks; undefined if it lacks nothing. */
function whatPresetNeeds(
  name: TrafficPreset,
  { platform, router, colours }: Unfinished,
): string | undefined {
  const routers = isMapping(router) ? Object.keys(router) : [];
  const isOnKubernetes = platform === 'kubernetes';
  switch (name) {
    case 'belay':
      return platform === 'local' ? undefined : 'the router of platform: local';
    case 'http':
    case 'opentelemetry':
    case 'istio':
      return isOnKubernetes && !colours ? undefined : "the names of a canary's pods on Kubernetes";
    case 'traefik':
      return routers.some((given) => given === 'gatewayApi' || given === 'nginx')
        ? undefined
        : 'their Services, behind a target.router of gatewayApi or nginx';
    case 'nginx':
      return routers.includes('nginx') ? undefined : 'the Ingress of target.router.nginx';
    case 'envoy':
      return routers.length > 0 ? undefined : 'their Services, behind a target.router';
  }
}

function refusePrometheus({ input }: { input?: unknown }): string {
  const accepted = `write one of ${trafficPresets.join(', ')}, or a mapping with a preset`;
  return refusal(accepted)({ input: isMapping(input) ? input['preset'] : input });
}
