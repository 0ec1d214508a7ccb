import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { defaultTaskQueue } from '../contracts/kernel/task-queues.ts';
import type { CodecServerSettings, Config, GatewaySettings, KubernetesSettings } from './config.ts';
import { homeLayout } from './home.ts';
import { packageVersion } from './package-version.ts';
import { pointerList } from './pointer-list.ts';
import {
  address,
  count,
  duration,
  durationOrForever,
  hostList,
  ipAddress,
  listenAddress,
  namespaceList,
  nameList,
  originList,
  port,
  tenant,
  postgresUrl,
  redisUrl,
  versionName,
} from './variable-kinds.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigProblem {
  variable: string;
  message: string;
}

/** Settings that cannot be used, all of them. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`);
    super(['These settings cannot be used:', ...lines].join('\n'));
    this.problems = problems;
  }
}

/** Reads the BELAY_* variables; an empty one counts as absent. Throws InvalidConfig. */
export function loadConfig(env: Environment = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = together.safeParse(given);
  if (!result.success) {
    throw new InvalidConfig(
      result.error.issues.map(({ path, message }) => ({ variable: path.join('.'), message })),
    );
  }
  const set = result.data;
  const home = resolve(set.BELAY_HOME ?? join(dataFolder(given), 'belay'));
  const cache = resolve(set.BELAY_CACHE ?? join(cacheFolder(given), 'belay'));
  return Object.freeze<Config>({
    home,
    cache,
    taskQueue: set.BELAY_TASK_QUEUE,
    localPlatform: Object.freeze({
      ...(set.BELAY_PLATFORM_URL !== undefined && { url: set.BELAY_PLATFORM_URL }),
      tokenFile: resolve(set.BELAY_PLATFORM_TOKEN_FILE ?? homeLayout(home).platformToken),
    }),
    kubernetes: kubernetesSettings(set),
    prometheus: Object.freeze({
      ...(set.BELAY_PROMETHEUS_URL !== undefined && { address: set.BELAY_PROMETHEUS_URL }),
      ...(set.BELAY_PROMETHEUS_TOKEN_FILE !== undefined && {
        tokenFile: resolve(set.BELAY_PROMETHEUS_TOKEN_FILE),
      }),
      ...(set.BELAY_PROMETHEUS_TENANT !== undefined && { tenant: set.BELAY_PROMETHEUS_TENANT }),
    }),
    ...(set.BELAY_PLAYBOOK_HOSTS && { playbookHosts: Object.freeze(set.BELAY_PLAYBOOK_HOSTS) }),
    ...(set.BELAY_METRICS_HOSTS && { metricsHosts: Object.freeze(set.BELAY_METRICS_HOSTS) }),
    ...(set.BELAY_NOTIFICATIONS !== undefined && {
      notifications: resolve(set.BELAY_NOTIFICATIONS),
    }),
    ...(set.BELAY_PAYLOAD_KEYS_FILE !== undefined && {
      payloadKeysFile: resolve(set.BELAY_PAYLOAD_KEYS_FILE),
    }),
    watchSlots: set.BELAY_WATCH_SLOTS,
    actSlots: set.BELAY_ACT_SLOTS,
    alertSlots: set.BELAY_ALERT_SLOTS,
    cachedWorkflows: set.BELAY_WORKFLOW_CACHE,
    janitorIntervalMs: set.BELAY_JANITOR_INTERVAL,
    ...(set.BELAY_WORKER_DEPLOYMENT !== undefined && {
      workerDeployment: Object.freeze({
        name: set.BELAY_WORKER_DEPLOYMENT,
        buildId: set.BELAY_BUILD_ID ?? packageVersion(),
      }),
    }),
    drainMs: set.BELAY_DRAIN,
    ...(set.BELAY_HEALTH_PORT !== undefined && {
      health: Object.freeze({ port: set.BELAY_HEALTH_PORT, address: set.BELAY_HEALTH_ADDRESS }),
    }),
    ...(set.BELAY_SDK_METRICS_ADDRESS !== undefined && {
      sdkMetricsAddress: set.BELAY_SDK_METRICS_ADDRESS,
    }),
    breakers: Object.freeze({
      failures: set.BELAY_BREAKER_FAILURES,
      openMs: set.BELAY_BREAKER_OPEN,
      successes: set.BELAY_BREAKER_SUCCESSES,
    }),
    caches: Object.freeze({ entries: set.BELAY_CACHE_ENTRIES, keptMs: set.BELAY_CACHE_TTL }),
    ...(set.BELAY_REDIS_URL !== undefined && {
      redis: Object.freeze({
        url: set.BELAY_REDIS_URL,
        ...(set.BELAY_REDIS_PASSWORD_FILE !== undefined && {
          passwordFile: resolve(set.BELAY_REDIS_PASSWORD_FILE),
        }),
      }),
    }),
    ledger: Object.freeze({
      ...(set.BELAY_LEDGER_URL !== undefined && { url: set.BELAY_LEDGER_URL }),
      ...(set.BELAY_LEDGER_PASSWORD_FILE !== undefined && {
        passwordFile: resolve(set.BELAY_LEDGER_PASSWORD_FILE),
      }),
      keepMs: set.BELAY_LEDGER_KEEP,
    }),
    gateway: gatewaySettings(set),
    codecServer: codecServerSettings(set),
    ...(set.BELAY_AGENT_NAME !== undefined && { agentName: set.BELAY_AGENT_NAME }),
    undoWindowMs: set.BELAY_UNDO_WINDOW,
    logLevel: set.BELAY_LOG_LEVEL,
    rollouts: Object.freeze({
      blindTimeMs: set.BELAY_BLIND_TIME,
      actTimeoutMs: set.BELAY_ACT_TIMEOUT,
      actBudgetMs: set.BELAY_ACT_BUDGET,
      undoBudgetMs: set.BELAY_UNDO_BUDGET,
      unwatchedLimitMs: set.BELAY_UNWATCHED_LIMIT,
      retryIntervalMs: set.BELAY_RETRY_INTERVAL,
      ...(set.BELAY_NOTIFICATIONS !== undefined && { notifies: true }),
    }),
  });
}

function kubernetesSettings(set: z.output<typeof variables>): KubernetesSettings {
  const kubeconfig = set.BELAY_KUBECONFIG ?? set.KUBECONFIG;
  const namespaces = set.BELAY_KUBERNETES_NAMESPACES;
  return Object.freeze({
    ...(kubeconfig !== undefined && { kubeconfig }),
    contexts: Object.freeze(set.BELAY_KUBERNETES_CONTEXTS),
    ...(namespaces && { namespaces: Object.freeze(namespaces) }),
    patchScope: Object.freeze(set.BELAY_KUBERNETES_PATCH_ALLOW),
    qps: set.BELAY_KUBERNETES_QPS,
    burst: set.BELAY_KUBERNETES_BURST,
    ...(set.BELAY_TRACKS_IMAGE !== undefined && { tracksImage: set.BELAY_TRACKS_IMAGE }),
  });
}

function gatewaySettings(set: z.output<typeof variables>): GatewaySettings {
  return Object.freeze({
    port: set.BELAY_GATEWAY_PORT,
    address: set.BELAY_GATEWAY_ADDRESS,
    ...(set.BELAY_GATEWAY_TOKEN_FILE !== undefined && {
      tokenFile: resolve(set.BELAY_GATEWAY_TOKEN_FILE),
    }),
    ...(set.BELAY_GATEWAY_SIGNING_FILE !== undefined && {
      signingFile: resolve(set.BELAY_GATEWAY_SIGNING_FILE),
    }),
    ...(set.BELAY_INCIDENT_POLICY !== undefined && {
      incidentPolicyFile: resolve(set.BELAY_INCIDENT_POLICY),
    }),
    ...(set.BELAY_STATUS_PAGE !== undefined && {
      statusPageFolder: resolve(set.BELAY_STATUS_PAGE),
    }),
    requestsPerMinute: set.BELAY_GATEWAY_RATE,
  });
}

function codecServerSettings(set: z.output<typeof variables>): CodecServerSettings {
  const origins = set.BELAY_CODEC_ORIGINS;
  return Object.freeze({
    port: set.BELAY_CODEC_PORT,
    address: set.BELAY_CODEC_ADDRESS,
    ...(set.BELAY_CODEC_TOKEN_FILE !== undefined && {
      tokenFile: resolve(set.BELAY_CODEC_TOKEN_FILE),
    }),
    ...(origins && { origins: Object.freeze(origins) }),
  });
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies Config['logLevel'][];

const variables = z.object({
  BELAY_HOME: z.string().optional(),
  BELAY_CACHE: z.string().optional(),
  BELAY_TASK_QUEUE: z.string().trim().default(defaultTaskQueue),
  BELAY_PLATFORM_URL: address('http://127.0.0.1:7400').optional(),
  BELAY_PLATFORM_TOKEN_FILE: z.string().optional(),
  BELAY_PROMETHEUS_URL: address('http://prometheus:9090').optional(),
  BELAY_PROMETHEUS_TOKEN_FILE: z.string().optional(),
  BELAY_PROMETHEUS_TENANT: tenant().optional(),
  BELAY_METRICS_HOSTS: hostList().optional(),
  BELAY_PLAYBOOK_HOSTS: hostList().optional(),
  BELAY_KUBECONFIG: z.string().optional(),
  KUBECONFIG: z.string().optional(),
  BELAY_KUBERNETES_CONTEXTS: nameList().prefault(''),
  BELAY_KUBERNETES_NAMESPACES: namespaceList().optional(),
  BELAY_KUBERNETES_PATCH_ALLOW: pointerList(),
  BELAY_KUBERNETES_QPS: count(100),
  BELAY_KUBERNETES_BURST: count(200),
  BELAY_TRACKS_IMAGE: z.string().trim().optional(),
  BELAY_NOTIFICATIONS: z.string().optional(),
  BELAY_PAYLOAD_KEYS_FILE: z.string().optional(),
  BELAY_WATCH_SLOTS: count(3000),
  BELAY_ACT_SLOTS: count(200),
  BELAY_ALERT_SLOTS: count(100),
  BELAY_WORKFLOW_CACHE: count(2000),
  BELAY_JANITOR_INTERVAL: duration('20s'),
  BELAY_WORKER_DEPLOYMENT: versionName(/[.:]/, 'without dots and colons').optional(),
  BELAY_BUILD_ID: versionName(/:/, 'without colons').optional(),
  BELAY_DRAIN: duration('15s'),
  BELAY_HEALTH_PORT: port().optional(),
  BELAY_HEALTH_ADDRESS: ipAddress().default('127.0.0.1'),
  BELAY_SDK_METRICS_ADDRESS: listenAddress().optional(),
  BELAY_BREAKER_FAILURES: count(5),
  BELAY_BREAKER_OPEN: duration('60s'),
  BELAY_BREAKER_SUCCESSES: count(2),
  BELAY_CACHE_ENTRIES: count(1000),
  BELAY_CACHE_TTL: duration('1h'),
  BELAY_REDIS_URL: redisUrl().optional(),
  BELAY_REDIS_PASSWORD_FILE: z.string().optional(),
  BELAY_LEDGER_URL: postgresUrl().optional(),
  BELAY_LEDGER_PASSWORD_FILE: z.string().optional(),
  BELAY_LEDGER_KEEP: durationOrForever('400d'),
  BELAY_GATEWAY_PORT: port().prefault('7480'),
  BELAY_GATEWAY_ADDRESS: ipAddress().default('127.0.0.1'),
  BELAY_GATEWAY_TOKEN_FILE: z.string().optional(),
  BELAY_GATEWAY_SIGNING_FILE: z.string().optional(),
  BELAY_INCIDENT_POLICY: z.string().optional(),
  BELAY_STATUS_PAGE: z.string().optional(),
  BELAY_GATEWAY_RATE: count(600),
  BELAY_CODEC_PORT: port().prefault('7481'),
  BELAY_CODEC_ADDRESS: ipAddress().default('127.0.0.1'),
  BELAY_CODEC_TOKEN_FILE: z.string().optional(),
  BELAY_CODEC_ORIGINS: originList().optional(),
  BELAY_AGENT_NAME: z.string().trim().optional(),
  BELAY_UNDO_WINDOW: duration('30m'),
  BELAY_LOG_LEVEL: z
    .enum(logLevels, {
      error: ({ input }) => `"${String(input)}" is not a level; one of ${logLevels.join(', ')}`,
    })
    .default('info'),
  BELAY_BLIND_TIME: duration('30s'),
  BELAY_ACT_TIMEOUT: duration('10s'),
  BELAY_ACT_BUDGET: duration('5m'),
  BELAY_UNDO_BUDGET: duration('10m'),
  BELAY_UNWATCHED_LIMIT: duration('60s'),
  BELAY_RETRY_INTERVAL: duration('500ms'),
});

const together = variables
  .refine(
    ({ BELAY_BUILD_ID: buildId, BELAY_WORKER_DEPLOYMENT: deployment }) =>
      buildId === undefined || deployment !== undefined,
    {
      path: ['BELAY_BUILD_ID'],
      message:
        'is a version of BELAY_WORKER_DEPLOYMENT, which is not set: set that, too, or neither',
    },
  )
  .refine(
    ({ BELAY_REDIS_PASSWORD_FILE: file, BELAY_REDIS_URL: url }) =>
      file === undefined || url !== undefined,
    {
      path: ['BELAY_REDIS_PASSWORD_FILE'],
      message: 'is the password of BELAY_REDIS_URL, which is not set: set that, too, or neither',
    },
  );

/** The XDG rules: a relative path is to be ignored. */
function dataFolder(env: Environment): string {
  const folder = env['XDG_DATA_HOME'];
  return folder && isAbsolute(folder) ? folder : join(homedir(), '.local', 'share');
}

function cacheFolder(env: Environment): string {
  const folder = env['XDG_CACHE_HOME'];
  return folder && isAbsolute(folder) ? folder : join(homedir(), '.cache');
}
