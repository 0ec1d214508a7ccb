import { describe, expect, it } from 'vitest';
import { planTraffic } from '../../../../src/adapters/prometheus/presets/plan-traffic.ts';
import {
  matching,
  showSelector,
  type Selector,
} from '../../../../src/adapters/prometheus/selectors/selector.ts';
import { SourceError, type ReadSubject } from '../../../../src/contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../../src/contracts/rollouts/traffic.ts';
import { fillPlaceholders } from '../../../../src/policies/rollouts/analysis/placeholders.ts';
import type { KubernetesTarget } from '../../../../src/specs/rollouts/kubernetes-target.ts';
import type { TrafficPreset, TrafficSource } from '../../../../src/specs/rollouts/metric-source.ts';
import type { Target } from '../../../../src/specs/rollouts/target.ts';

const cluster = (more: Partial<KubernetesTarget> = {}): KubernetesTarget => ({
  platform: 'kubernetes',
  namespace: 'shops',
  metrics: { path: '/metrics' },
  ...more,
});
const gatewayApi = cluster({ router: { gatewayApi: { route: 'front', settleMs: 0 } } });
const nginx = cluster({ router: { nginx: { ingress: 'front', settleMs: 0 } } });
const local: Target = { platform: 'local' };

const subject = (target: Target, track: Track = 'canary'): ReadSubject => ({
  ref: { service: 'shop', environment: 'demo', target },
  version: 'v2',
  track,
});

function plan(preset: TrafficPreset, target: Target, more: Partial<TrafficSource> = {}) {
  return planTraffic({ preset, labels: {}, ...more }, subject(target), fillPlaceholders);
}

function requests(...given: Parameters<typeof plan>): Record<string, string> {
  return Object.fromEntries(
    plan(...given).tracks.map(({ track, requests }) => [track, showSelector(requests)]),
  );
}

const selectorOf = (track: Track, ...given: Parameters<typeof plan>): Selector =>
  plan(...given).tracks.find((each) => each.track === track)!.requests;

describe('a preset', () => {
  it('belay reads the router of the local platform', () => {
    expect(requests('belay', local)).toEqual({
      stable: 'belay_router_requests_total{environment="demo",service="shop",track="stable"}',
      canary: 'belay_router_requests_total{environment="demo",service="shop",track="canary"}',
    });
    expect(showSelector(plan('belay', local).startTime!)).toBe(
      'belay_router_start_time_seconds{environment="demo",service="shop"}',
    );
  });

  it('http reads what the pods of each track count, and sees those that have counted nothing', () => {
    const probes = '"/health|/healthz|/livez|/readyz|/metrics"';
    const unasked = ['path', 'handler', 'route', 'uri'].map((l) => `${l}!~${probes}`).join(',');
    const pod = '[4-9bcdf]{1,10}-[a-z0-9]{5}';
    expect(requests('http', cluster({ deployment: 'web' }))).toEqual({
      stable: `http_requests_total{namespace="shops",${unasked},pod=~"web-${pod}"}`,
      canary: `http_requests_total{namespace="shops",${unasked},pod=~"web-canary-${pod}"}`,
    });
    expect(plan('http', cluster()).tracks[1]?.targets).toEqual({
      metric: 'up',
      matchers: [
        { label: 'namespace', op: '=', value: 'shops' },
        { label: 'pod', op: '=~', value: `shop-canary-${pod}` },
      ],
    });
  });

  it('opentelemetry reads what the pods of each track push', () => {
    expect(requests('opentelemetry', cluster())['canary']).toMatch(
      /^http_server_request_duration_seconds_count{k8s_namespace_name="shops",http_route!~"[^"]+",k8s_pod_name=~"shop-canary-/,
    );
  });

  it('nginx reads an Ingress, and its canary by the label of that name', () => {
    expect(requests('nginx', nginx)).toEqual({
      stable: 'nginx_ingress_controller_requests{namespace="shops",ingress="front",canary=""}',
      canary: 'nginx_ingress_controller_requests{namespace="shops",ingress="front",canary!=""}',
    });
  });

  it('istio reads what the pods of each track answered, in milliseconds', () => {
    expect(requests('istio', cluster())['canary']).toBe(
      'istio_requests_total{reporter="destination",destination_workload_namespace="shops",pod=~"shop-canary-[4-9bcdf]{1,10}-[a-z0-9]{5}"}',
    );
    expect(plan('istio', cluster()).tracks[0]?.latency?.unitMs).toBe(1);
  });

  it.each([
    ['shops_shop_80', 'stable'],
    ['shops_shop-canary_http', 'canary'],
    ['outbound|80||shop.shops.svc.cluster.local', 'stable'],
    ['outbound|80|v1|shop-canary.shops.svc.cluster.local', 'canary'],
    ['shops_shop-db_80', 'neither'],
    ['other_shop_80', 'neither'],
  ])('envoy takes the cluster %s for %s', (name, of) => {
    for (const track of ['stable', 'canary'] as const) {
      const selector = selectorOf(track, 'envoy', gatewayApi);
      expect(matching(selector)({ envoy_cluster_name: name })).toBe(of === track);
    }
  });

  const throughGateway =
    'httproute-shops-front-gw-belay-gateway-belay-ep-gateway-0-b0f4473951c469e637fa-svc-shops';
  it.each([
    [gatewayApi, `${throughGateway}-shop-0@kubernetesgateway`, 'stable'],
    [gatewayApi, `${throughGateway}-shop-canary-1@kubernetesgateway`, 'canary'],
    [gatewayApi, `${throughGateway}-shop-db-0@kubernetesgateway`, 'neither'],
    [gatewayApi, 'shops-shop-80@kubernetesgateway', 'stable'],
    [gatewayApi, 'shops-shop-canary-80@kubernetesgateway', 'canary'],
    [gatewayApi, 'shops-shop-80@kubernetes', 'neither'],
    [nginx, 'shops-front-shop-80@kubernetesingressnginx', 'stable'],
    [nginx, 'shops-front-shop-80-canary@kubernetesingressnginx', 'canary'],
    [nginx, 'shops-front-shop-http-canary@kubernetesingressnginx', 'canary'],
    [nginx, 'other-front-shop-80@kubernetesingressnginx', 'neither'],
    [nginx, 'shops-front-admin-shop-80@kubernetesingressnginx', 'neither'],
  ])('traefik takes the service of %o %s for %s', (target, service, of) => {
    for (const track of ['stable', 'canary'] as const) {
      expect(matching(selectorOf(track, 'traefik', target))({ service })).toBe(of === track);
    }
  });
});

describe('a preset that cannot distinguish the tracks of a target says what to write instead', () => {
  it.each([
    ['belay', cluster(), 'works only with platform: local'],
    ['http', local, 'by the names of pods on Kubernetes'],
    ['opentelemetry', local, 'by the names of pods on Kubernetes'],
    ['traefik', cluster(), 'in a target without a router (gatewayApi or nginx) one Service'],
    ['traefik', local, 'by Services of Kubernetes'],
    ['nginx', gatewayApi, 'by the Ingress of a target with router: nginx'],
    ['istio', local, 'by the names of pods on Kubernetes'],
    ['envoy', cluster(), 'in a target without a router one Service leads to both'],
  ] satisfies [TrafficPreset, Target, string][])('%s of %o: %s', (preset, target, why) => {
    expect(() => plan(preset, target)).toThrow(SourceError);
    expect(() => plan(preset, target)).toThrow(why);
    expect(() => plan(preset, target)).toThrow(/write the labels of each track's series as stable/);
  });

  it('http and istio for two colours', () => {
    const colours = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };
    expect(() => plan('http', cluster({ colours }))).toThrow(
      /each Deployment is in turn the canary/,
    );
    expect(() => plan('istio', cluster({ colours }))).toThrow(
      /each Deployment is in turn the canary/,
    );
  });
});

describe('labels that a spec writes', () => {
  it("distinguish the tracks instead of the preset's own", () => {
    const stable = { job: 'shop', release: 'v1' };
    const canary = { job: 'shop', release: '{{version}}' };
    expect(requests('http', local, { stable, canary })).toEqual({
      stable: expect.stringMatching(/^http_requests_total{.*,job="shop",release="v1"}$/),
      canary: expect.stringMatching(/^http_requests_total{.*,job="shop",release="v2"}$/),
    });
  });

  it('may be regular expressions, and come on top of the others', () => {
    const labels = { path: '/api/.+', namespace: 'shops|carts' };
    expect(requests('istio', cluster(), { labels })['stable']).toBe(
      'istio_requests_total{reporter="destination",destination_workload_namespace="shops",pod=~"shop-[4-9bcdf]{1,10}-[a-z0-9]{5}",path=~"/api/.+",namespace=~"shops|carts"}',
    );
  });

  it('replace a label of the preset', () => {
    const labels = { namespace: 'elsewhere' };
    expect(requests('http', cluster(), { labels })['stable']).toContain('namespace="elsewhere"');
    expect(requests('http', cluster(), { labels })['stable']).not.toContain('shops');
  });

  it('can include the paths that are excluded by default', () => {
    const labels = { path: '/health' };
    expect(requests('http', cluster(), { labels })['stable']).toContain('path="/health"');
    expect(requests('http', cluster(), { labels })['stable']).not.toContain('path!~');
  });

  it('cannot break out of the selector', () => {
    const labels = { job: 'a"} or up{x="' };
    expect(requests('belay', local, { labels })['stable']).toContain('job=~"a\\"} or up{x=\\""');
    expect(() => plan('belay', local, { labels: { 'a="b"} or up{c': 'd' } })).toThrow(
      /is not a valid label name/,
    );
  });
});

it('a release that replaces stable is read without a canary', () => {
  const inPlace = subject(cluster(), 'stable');
  const { tracks } = planTraffic({ preset: 'http', labels: {} }, inPlace, fillPlaceholders);
  expect(tracks.map(({ track }) => track)).toEqual(['stable']);
});
