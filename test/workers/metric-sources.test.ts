/** Addresses that a spec's author writes, with real servers behind them. */
import { describe, expect, test } from 'vitest';
import { SourceError, type ReadSubject } from '../../src/contracts/rollouts/metric-reader.ts';
import type { HostPattern } from '../../src/contracts/kernel/reach.ts';
import { openMetricSources } from '../../workers/metric-sources.ts';
import { startStandIn } from '../adapters/json-http/stand-in.ts';
import { MemoryPlatform } from '../fakes/memory-platform.ts';

const onCluster: ReadSubject = {
  ref: {
    service: 'shop',
    environment: 'test',
    target: { platform: 'kubernetes', namespace: 'shop', metrics: { path: '/metrics' } },
  },
  version: 'v2',
  track: 'canary',
};
const onThisMachine: ReadSubject = {
  ...onCluster,
  ref: { service: 'shop', environment: 'test', target: { platform: 'local' } },
};

function sources(metricsHosts?: HostPattern[], address?: string) {
  const platform = new MemoryPlatform();
  return openMetricSources(
    { prometheus: { ...(address && { address }) }, ...(metricsHosts && { metricsHosts }) },
    { local: platform, kubernetes: platform },
  );
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  return (error as SourceError).message;
}

const http = (url: string) => ({ kind: 'http', url, pointer: '/secret' }) as const;
const query = (address?: string) =>
  ({ kind: 'prometheus-value', query: 'up', ...(address && { address }) }) as const;
const ten = JSON.stringify({
  status: 'success',
  data: { resultType: 'scalar', result: [5, '10'] },
});

describe('a metric of a service on a cluster', () => {
  test('does not reach the machine of the worker', async () => {
    const secret = await startStandIn((_, response) => response.end('{"secret":"s3cr3t"}'));
    const { port } = new URL(secret.origin);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f000001']) {
      const origin = `http://${host}:${port}`;
      expect(await refusal(sources().read(http(origin), onCluster, 2_000))).toContain(
        'is the machine that the worker runs on; BELAY_METRICS_HOSTS lists the hosts that may be queried',
      );
      expect(await refusal(sources().read(query(origin), onCluster, 2_000))).toContain(
        'is the machine that the worker runs on',
      );
    }
    const traffic = { preset: 'traefik', labels: {}, address: secret.origin } as const;
    const canary = { stable: { service: 'a' }, canary: { service: 'b' } };
    expect(
      await refusal(sources().readTraffic({ ...traffic, ...canary }, onCluster, 2_000)),
    ).toContain('is the machine that the worker runs on');
    expect(secret.asked).toEqual([]);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://[fe80::1]/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://[::ffff:169.254.169.254]/',
  ])('does not reach %s, whatever is listed', async (url) => {
    const listed = sources([{ host: '*' }, { host: '169.254.169.254' }]);
    expect(await refusal(listed.read(http(url), onCluster, 2_000))).toContain('never contacts');
    expect(await refusal(listed.read(query(url), onThisMachine, 2_000))).toContain(
      'never contacts',
    );
  });

  test('reaches the hosts that the worker lists, and no others', async () => {
    const listed = await startStandIn((_, response) => response.end('{"secret":3}'));
    const other = await startStandIn((_, response) => response.end('{"secret":3}'));
    const port = Number(new URL(listed.origin).port);
    const { read } = sources([{ host: '127.0.0.1', port }]);
    expect(await read(http(listed.origin), onCluster, 2_000)).toMatchObject({ kind: 'value' });
    expect(await refusal(read(http(other.origin), onCluster, 2_000))).toContain(
      'is not a host that the worker may contact',
    );
    expect(other.asked).toEqual([]);
  });

  test('is not redirected to this machine', async () => {
    const secret = await startStandIn((_, response) => response.end('{"secret":"s3cr3t"}'));
    const outside = await startStandIn((_, response) =>
      response.writeHead(302, { location: `${secret.origin}/` }).end(),
    );
    const { read } = sources([{ host: '127.0.0.1', port: Number(new URL(outside.origin).port) }]);
    expect(await refusal(read(http(outside.origin), onCluster, 2_000))).toContain(
      'redirects to another origin, which is not followed',
    );
    expect(secret.asked).toEqual([]);
  });

  test('finds a text where it wants a number, and does not repeat it', async () => {
    const secret = await startStandIn((_, response) => response.end('{"secret":"s3cr3t"}'));
    const reading = await sources().read(http(secret.origin), onThisMachine, 2_000);
    expect(reading).toEqual({ kind: 'nothing', reason: '/secret is a text, not a number' });
  });
});

test('a service of the local platform may be asked on this machine', async () => {
  const own = await startStandIn((_, response) => response.end('{"secret":3}'));
  expect(await sources().read(http(own.origin), onThisMachine, 2_000)).toMatchObject({
    kind: 'value',
  });
});

test('the Prometheus of the settings is asked wherever it is', async () => {
  const own = await startStandIn((_, response) => response.end(ten));
  const { read, askPrometheus } = sources([{ host: 'elsewhere' }], own.origin);
  await askPrometheus(2_000);
  expect(await read(query(), onCluster, 2_000)).toEqual({ kind: 'value', values: { canary: 10 } });
});
