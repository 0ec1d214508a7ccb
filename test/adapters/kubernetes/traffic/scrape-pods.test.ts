import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { scrapePods } from '../../../../src/adapters/kubernetes/traffic/scrape-pods.ts';
import {
  scrapeTargets,
  type ScrapeTarget,
} from '../../../../src/adapters/kubernetes/traffic/scrape-target.ts';
import { containerStatus, podWith, runningPod } from '../state/pods.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const answering = () => serve((_, response) => response.end('http_requests_total{code="200"} 3\n'));

function target(name: string, url: string, ready = true): ScrapeTarget {
  return { track: 'stable', name, uid: name, ready, url, ownPaths: [] };
}

test('asks every pod', async () => {
  const targets = [target('a', await answering()), target('b', await answering())];
  const pods = await scrapePods(targets);
  expect(pods.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  expect(pods[0]?.page.samples).toEqual([
    { name: 'http_requests_total', labels: { code: '200' }, value: 3 },
  ]);
});

test('names every ready pod that does not give its metrics, and why', async () => {
  const failing = await serve((_, response) => response.writeHead(404).end());
  const strange = await serve((_, response) => response.end('<html>'));
  const silent = await serve(() => undefined);
  const targets = [
    target('a', failing),
    target('b', strange),
    target('c', silent),
    target('d', await answering()),
  ];
  await expect(scrapePods(targets, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'unavailable',
    message:
      `no metrics from pod a (${failing}): it answered 404; ` +
      `pod b (${strange}): none of its 1 lines is in the Prometheus text format; ` +
      `pod c (${silent}): it did not answer within 300ms`,
  });
});

test('an exemplar, a fractional timestamp and a line of nonsense cost no pod', async () => {
  const url = await serve((_, response) =>
    response.end('http_requests_total{code="200"} 3 1.5e9 # {trace_id="x"} 1\nnonsense\n# EOF\n'),
  );
  const [pod] = await scrapePods([target('a', url)]);
  expect(pod?.page.samples).toEqual([
    { name: 'http_requests_total', labels: { code: '200' }, value: 3 },
  ]);
  expect(pod?.page.unreadable).toEqual([{ line: 2, name: 'nonsense' }]);
});

test('asks for the plain text format first', async () => {
  let accept: string | undefined;
  const url = await serve((request, response) => {
    ({ accept } = request.headers);
    response.end('up 1\n');
  });
  await scrapePods([target('a', url)]);
  expect(accept).toMatch(/^text\/plain;version=0\.0\.4, application\/openmetrics-text/);
});

test('a page without end, and a redirect to another host, are no metrics', async () => {
  let [isLeft, isAsked] = [false, false];
  const endless = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('a 1\n'.repeat(20_000)));
    };
    response.on('drain', more).on('close', () => (isLeft = true));
    more();
  });
  const secret = await serve((_, response) => {
    isAsked = true;
    response.end('http_requests_total{code="200"} 3\n');
  });
  const elsewhere = await serve((_, response) =>
    response.writeHead(302, { location: secret }).end(),
  );
  await expect(
    scrapePods([target('a', endless), target('b', elsewhere)], { timeoutMs: 10_000 }),
  ).rejects.toThrow(
    `no metrics from pod a (${endless}): it answered more than 16 MiB; pod b (${elsewhere}): it redirects to another origin, which is not followed`,
  );
  await expect.poll(() => isLeft).toBe(true);
  expect(isAsked).toBe(false);
});

test('many silent pods are counted, not all named', async () => {
  const failing = await serve((_, response) => response.writeHead(500).end());
  const targets = Array.from({ length: 20 }, (_, i) => target(`pod-${i}`, failing));
  await expect(scrapePods(targets)).rejects.toThrow(/; and 17 more pods$/);
});

test('a pod that is not ready may be silent', async () => {
  const gone = await serve((_, response) => response.destroy());
  const targets = [target('starting', gone, false), target('a', await answering())];
  expect((await scrapePods(targets)).map(({ name }) => name)).toEqual(['a']);
});

test('asks only so many pods at once', async () => {
  let [open, most] = [0, 0];
  const url = await serve((_, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end('up 1\n');
    }, 20);
  });
  const targets = Array.from({ length: 12 }, (_, i) => target(`pod-${i}`, url));
  expect(await scrapePods(targets, { concurrency: 3 })).toHaveLength(12);
  expect(most).toBe(3);
});

const asked = { metrics: { path: '/metrics' }, ports: [] };
const ported = (port: number) => ({
  containers: [{ name: 'shop', ports: [{ containerPort: port }] }],
});

test('the port is that of the metrics, else the one that callers reach, else the first that is declared', () => {
  const pod = runningPod(true, { spec: ported(8080) });
  const urlFor = (given: object) => scrapeTargets('stable', [pod], { ...asked, ...given })[0]?.url;
  expect(urlFor({})).toBe('http://10.88.0.7:8080/metrics');
  expect(urlFor({ ports: [9000] })).toBe('http://10.88.0.7:9000/metrics');
  expect(urlFor({ ports: [9000], metrics: { path: '/m', port: 9001 } })).toBe(
    'http://10.88.0.7:9001/m',
  );
});

test('a pod without a port is refused with what to write', () => {
  expect(() => scrapeTargets('stable', [runningPod(true)], asked)).toThrow(
    'pod shop-6d5f-x2x9p declares no container port; write target.metrics.port',
  );
});

test('pods that have no counters are not asked: not running, or on their way out', () => {
  const pods = [
    podWith({ spec: ported(8080) }),
    runningPod(true, { spec: ported(8080), metadata: { deletionTimestamp: new Date(0) } }),
    runningPod(false, {
      spec: ported(8080),
      status: {
        podIP: '10.88.0.7',
        containerStatuses: [
          containerStatus({ state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 2 }),
        ],
      },
    }),
  ];
  expect(scrapeTargets('canary', pods, asked)).toEqual([]);
});

test('a pod that was restarted says so, and which paths its node asks', () => {
  const pod = runningPod(true, {
    spec: {
      containers: [
        {
          name: 'shop',
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
          livenessProbe: { tcpSocket: { port: 8080 } },
        },
      ],
    },
    status: {
      podIP: 'fd00::7',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        containerStatus({
          ready: true,
          restartCount: 3,
          state: { running: { startedAt: new Date(1_700_000_000_000) } },
        }),
      ],
    },
  });
  expect(scrapeTargets('canary', [pod], asked)).toEqual([
    {
      track: 'canary',
      name: 'shop-6d5f-x2x9p',
      uid: 'pod-1',
      startedAtMs: 1_700_000_000_000,
      ready: true,
      url: 'http://[fd00::7]:8080/metrics',
      ownPaths: ['/metrics', '/ready'],
    },
  ]);
});
