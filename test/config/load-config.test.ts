import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidConfig, loadConfig } from '../../src/config/load-config.ts';

test('needs no setting at all', () => {
  expect(loadConfig({})).toEqual({
    home: join(homedir(), '.local/share/belay'),
    cache: join(homedir(), '.cache/belay'),
    taskQueue: 'belay',
    localPlatform: { tokenFile: join(homedir(), '.local/share/belay/platform/token') },
    kubernetes: { patchScope: [], contexts: [], qps: 100, burst: 200 },
    prometheus: {},
    watchSlots: 3000,
    alertSlots: 100,
    actSlots: 200,
    cachedWorkflows: 2000,
    caches: { entries: 1_000, keptMs: 3_600_000 },
    janitorIntervalMs: 20_000,
    drainMs: 15_000,
    breakers: { failures: 5, openMs: 60_000, successes: 2 },
    ledger: { keepMs: 400 * 24 * 3_600_000 },
    gateway: { port: 7480, address: '127.0.0.1', requestsPerMinute: 600 },
    codecServer: { port: 7481, address: '127.0.0.1' },
    undoWindowMs: 1_800_000,
    logLevel: 'info',
    rollouts: {
      blindTimeMs: 30_000,
      actTimeoutMs: 10_000,
      actBudgetMs: 300_000,
      undoBudgetMs: 600_000,
      unwatchedLimitMs: 60_000,
      retryIntervalMs: 500,
    },
  });
});

test('versioned workers are of this version of Belay unless they are told which', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const named = { BELAY_WORKER_DEPLOYMENT: 'belay' };
  expect(loadConfig(named).workerDeployment).toEqual({ name: 'belay', buildId: version });
  const config = loadConfig({ ...named, BELAY_BUILD_ID: '0.1.0-shop.7' });
  expect(config.workerDeployment).toEqual({ name: 'belay', buildId: '0.1.0-shop.7' });
});

test.each([
  [{ BELAY_BUILD_ID: '7' }, /BELAY_BUILD_ID: is a version of BELAY_WORKER_DEPLOYMENT/],
  [{ BELAY_WORKER_DEPLOYMENT: 'belay.eu' }, /BELAY_WORKER_DEPLOYMENT: "belay.eu" is no name/],
  [{ BELAY_WORKER_DEPLOYMENT: '__belay' }, /not with __ first/],
])('refuses versions that Temporal would not take: %j', (env, message) => {
  expect(() => loadConfig(env)).toThrow(message);
});

test.each([
  ['mysql://belay:s3cret@db/ledger', /BELAY_LEDGER_URL: begins with mysql:, but .* PostgreSQL/],
  ['postgres://belay:s3/cret@db/ledger', /BELAY_LEDGER_URL: is not an address/],
  ['postgres://belay:s3cret@db', /BELAY_LEDGER_URL: names no database; write it like postgres:/],
])('refuses a ledger that cannot be, without repeating its password: %s', (url, message) => {
  const load = () => loadConfig({ BELAY_LEDGER_URL: url });
  expect(load).toThrow(message);
  expect(load).not.toThrow(/s3/);
});

test.each([
  ['memcached://:s3cret@cache:11211', /BELAY_REDIS_URL: begins with memcached:, but .* Redis/],
  ['redis://:s3/cret@cache', /BELAY_REDIS_URL: is not an address/],
  ['redis://:s3cret@cache/answers', /BELAY_REDIS_URL: names a database that is not a number/],
])('refuses a Redis that cannot be, without repeating its password: %s', (url, message) => {
  const load = () => loadConfig({ BELAY_REDIS_URL: url });
  expect(load).toThrow(message);
  expect(load).not.toThrow(/s3/);
});

test('shares answers in a Redis, whose password may be in a file', () => {
  const env = { BELAY_REDIS_URL: 'rediss://cache:6380/2', BELAY_REDIS_PASSWORD_FILE: '/run/redis' };
  expect(loadConfig(env).redis).toEqual({
    url: 'rediss://cache:6380/2',
    passwordFile: '/run/redis',
  });
  expect(() => loadConfig({ BELAY_REDIS_PASSWORD_FILE: '/run/redis' })).toThrow(
    /is the password of BELAY_REDIS_URL, which is not set/,
  );
  expect(() => loadConfig({ BELAY_CACHE_ENTRIES: '0', BELAY_CACHE_TTL: 'long' })).toThrow(
    /BELAY_CACHE_ENTRIES[\s\S]*BELAY_CACHE_TTL/,
  );
});

test('keeps the ledger in PostgreSQL, for as long as it is told', () => {
  const url = 'postgresql://belay:s3cret@db:5433/ledger?sslmode=verify-full';
  const env = { BELAY_LEDGER_URL: url, BELAY_LEDGER_KEEP: 'forever' };
  expect(loadConfig(env).ledger).toEqual({ url, keepMs: Infinity });
  expect(() => loadConfig({ BELAY_LEDGER_KEEP: 'long' })).toThrow(/like 400d, or forever/);
});

test('lists everything that is wrong at once, by the name of the variable', () => {
  const load = () =>
    loadConfig({
      BELAY_BLIND_TIME: '30 seconds',
      BELAY_DRAIN: '0s',
      BELAY_WATCH_SLOTS: '-1',
      BELAY_ACT_SLOTS: 'many',
      BELAY_LOG_LEVEL: 'chatty',
      BELAY_PLATFORM_URL: 'localhost',
      BELAY_HEALTH_PORT: '70000',
      BELAY_HEALTH_ADDRESS: 'localhost',
      BELAY_KUBERNETES_NAMESPACES: 'shop, Shop_2,',
      BELAY_KUBERNETES_PATCH_ALLOW: '/spec/volumes, spec/tolerations',
      BELAY_KUBERNETES_QPS: '0',
    });
  expect(load).toThrow(InvalidConfig);
  expect(load).toThrowErrorMatchingInlineSnapshot(`
    [InvalidConfig: These settings cannot be used:
      BELAY_PLATFORM_URL: "localhost" is not an address; write it like http://127.0.0.1:7400
      BELAY_KUBERNETES_NAMESPACES: "Shop_2" is not the name of a namespace; write them like shop,billing
      BELAY_KUBERNETES_NAMESPACES: "" is not the name of a namespace; write them like shop,billing
      BELAY_KUBERNETES_PATCH_ALLOW: "spec/tolerations" is not a path in a pod template; write them like /metadata/annotations,/spec/containers/*/volumeMounts, or * for all
      BELAY_KUBERNETES_QPS: "0" is not a whole number above 0, like 100
      BELAY_WATCH_SLOTS: "-1" is not a whole number above 0, like 3000
      BELAY_ACT_SLOTS: "many" is not a whole number above 0, like 200
      BELAY_DRAIN: "0s" is not a duration; write a number above 0 and ms, s, m, h or d, like 15s
      BELAY_HEALTH_PORT: "70000" is not a port; write a number from 1 to 65535
      BELAY_HEALTH_ADDRESS: "localhost" is not an IP address; 0.0.0.0 stands for all
      BELAY_LOG_LEVEL: "chatty" is not a level; one of debug, info, warn, error
      BELAY_BLIND_TIME: "30 seconds" is not a duration; write a number above 0 and ms, s, m, h or d, like 30s]
  `);
});

test('follows the XDG folders unless they are relative', () => {
  const config = loadConfig({ XDG_DATA_HOME: '/data', XDG_CACHE_HOME: 'not/absolute' });
  expect(config.home).toBe('/data/belay');
  expect(config.cache).toBe(join(homedir(), '.cache/belay'));
});

test('lets BELAY_HOME move everything that lives in it', () => {
  const config = loadConfig({ BELAY_HOME: '/srv/belay', XDG_DATA_HOME: '/data' });
  expect(config.home).toBe('/srv/belay');
  expect(config.localPlatform.tokenFile).toBe('/srv/belay/platform/token');
});

test('reads durations and counts as people write them, and an empty variable as none', () => {
  const config = loadConfig({
    BELAY_BLIND_TIME: '5s',
    BELAY_RETRY_INTERVAL: '50ms',
    BELAY_WATCH_SLOTS: '10',
    BELAY_DRAIN: '',
  });
  expect(config.rollouts.blindTimeMs).toBe(5_000);
  expect(config.rollouts.retryIntervalMs).toBe(50);
  expect(config.watchSlots).toBe(10);
  expect(config.drainMs).toBe(15_000);
});

test('tells its health on loopback unless an address is given, and nowhere without a port', () => {
  expect(loadConfig({ BELAY_HEALTH_PORT: '8080' }).health).toEqual({
    port: 8080,
    address: '127.0.0.1',
  });
  expect(loadConfig({ BELAY_HEALTH_PORT: '8080', BELAY_HEALTH_ADDRESS: '::' }).health).toEqual({
    port: 8080,
    address: '::',
  });
  expect(loadConfig({ BELAY_HEALTH_ADDRESS: '0.0.0.0' }).health).toBeUndefined();
});

test('lets the SDK tell its metrics at an address of its own, and nowhere without one', () => {
  const at = (address: string) => loadConfig({ BELAY_SDK_METRICS_ADDRESS: address });
  expect(loadConfig({}).sdkMetricsAddress).toBeUndefined();
  expect(at('127.0.0.1:9464').sdkMetricsAddress).toBe('127.0.0.1:9464');
  expect(at('[::1]:9464').sdkMetricsAddress).toBe('[::1]:9464');
  for (const wrong of ['9464', 'localhost:9464', '127.0.0.1:70000']) {
    expect(() => at(wrong)).toThrow('is not an address; write an IP address and a port');
  }
});

test('cannot be changed once it is loaded', () => {
  const config = loadConfig({});
  expect(() => Object.assign(config, { home: '/elsewhere' })).toThrow(TypeError);
  expect(() => Object.assign(config.rollouts, { blindTimeMs: 1 })).toThrow(TypeError);
});

test('takes the kubeconfig that kubectl would, unless Belay has one of its own', () => {
  expect(loadConfig({ KUBECONFIG: '/k/one:/k/two' }).kubernetes.kubeconfig).toBe('/k/one:/k/two');
  const both = loadConfig({ KUBECONFIG: '/k/one', BELAY_KUBECONFIG: '/k/belay' });
  expect(both.kubernetes.kubeconfig).toBe('/k/belay');
});

test('bounds what it watches to the namespaces that are named, each once', () => {
  const { kubernetes } = loadConfig({ BELAY_KUBERNETES_NAMESPACES: 'shop, billing,shop' });
  expect(kubernetes.namespaces).toEqual(['shop', 'billing']);
});

test('takes pages by their origin, as browsers send it', () => {
  const origins = 'https://temporal.example.com, http://localhost:8233';
  expect(loadConfig({ BELAY_CODEC_ORIGINS: origins }).codecServer.origins).toEqual([
    'https://temporal.example.com',
    'http://localhost:8233',
  ]);
  expect(() => loadConfig({ BELAY_CODEC_ORIGINS: 'https://temporal.example.com/,*' })).toThrow(
    /"https:\/\/temporal\.example\.com\/" is not an origin.*\n.*"\*" is not an origin/,
  );
});

test('takes hosts of metrics with and without a port', () => {
  const written = 'Prometheus.monitoring:9090, *.example.com,[fd12::1]:80,*,10.0.0.7';
  expect(loadConfig({ BELAY_METRICS_HOSTS: written }).metricsHosts).toEqual([
    { host: 'prometheus.monitoring', port: 9090 },
    { host: '*.example.com' },
    { host: '[fd12::1]', port: 80 },
    { host: '*' },
    { host: '10.0.0.7' },
  ]);
  expect(() => loadConfig({ BELAY_METRICS_HOSTS: 'http://a:1,b:0,c' })).toThrow(
    /"http:\/\/a:1" is not a host.*\n.*"b:0" is not a host/,
  );
});
