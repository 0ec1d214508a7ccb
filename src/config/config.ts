import type { HostPattern } from '../contracts/kernel/reach.ts';
import type { RunSettings } from '../contracts/kernel/settings.ts';

/** Everything a process of Belay is told from outside, frozen. */
export interface Config {
  /** BELAY_HOME: data of this machine: ledger, platform state, Temporal's database, run files. */
  home: string;
  /** BELAY_CACHE: downloaded programs; may be deleted at any time. */
  cache: string;
  /** BELAY_TASK_QUEUE: acts; watches poll the queue derived from it. */
  taskQueue: string;
  /** BELAY_PLATFORM_URL and BELAY_PLATFORM_TOKEN_FILE; absent: what `belay up` wrote into home. */
  localPlatform: { url?: string; tokenFile: string };
  kubernetes: KubernetesSettings;
  /** BELAY_PROMETHEUS_URL, its TOKEN_FILE and TENANT: the server of specs that name none; its token and tenant go to no other. */
  prometheus: { address?: string; tokenFile?: string; tenant?: string };
  /** BELAY_METRICS_HOSTS: the only hosts that addresses of metrics in specs may lead to; absent: every host but this machine. */
  metricsHosts?: readonly HostPattern[];
  /** BELAY_PLAYBOOK_HOSTS: the only hosts that playbooks may ask over HTTP; absent: every host but this machine. */
  playbookHosts?: readonly HostPattern[];
  /** BELAY_NOTIFICATIONS: the file that says who is told of what; absent: nobody is. */
  notifications?: string;
  /** BELAY_PAYLOAD_KEYS_FILE: keys that payloads are encrypted with; absent: they are not. */
  payloadKeysFile?: string;
  /** BELAY_WATCH_SLOTS: holds one worker can watch at once. */
  watchSlots: number;
  /** BELAY_ACT_SLOTS */
  actSlots: number;
  /** BELAY_ALERT_SLOTS: what one worker does about alerts at once. */
  alertSlots: number;
  /** BELAY_WORKFLOW_CACHE: workflows kept in memory by one worker. */
  cachedWorkflows: number;
  /** BELAY_JANITOR_INTERVAL (default 20s). */
  janitorIntervalMs: number;
  /** BELAY_WORKER_DEPLOYMENT and BELAY_BUILD_ID (this version of Belay); absent: workers are not versioned. */
  workerDeployment?: WorkerDeployment;
  /** BELAY_DRAIN (default 15s): how long a stopping worker may finish what it holds. */
  drainMs: number;
  /** BELAY_HEALTH_PORT and BELAY_HEALTH_ADDRESS: where a worker says how it is; absent: nowhere. */
  health?: { port: number; address: string };
  /** BELAY_SDK_METRICS_ADDRESS: host:port where Temporal's SDK answers `/metrics`; absent: nowhere. */
  sdkMetricsAddress?: string;
  /** BELAY_BREAKER_FAILURES, BELAY_BREAKER_OPEN, BELAY_BREAKER_SUCCESSES: of every breaker. */
  breakers: { failures: number; openMs: number; successes: number };
  /** BELAY_CACHE_ENTRIES (1000) of each cache, and BELAY_CACHE_TTL (1h): how long an answer is kept at most. */
  caches: { entries: number; keptMs: number };
  /** BELAY_REDIS_URL and BELAY_REDIS_PASSWORD_FILE: where processes share answers; absent: they do not. */
  redis?: { url: string; passwordFile?: string };
  ledger: LedgerSettings;
  gateway: GatewaySettings;
  codecServer: CodecServerSettings;
  /** BELAY_AGENT_NAME: goes before the name in an agent's settings file. */
  agentName?: string;
  /** BELAY_UNDO_WINDOW (default 30m): how long after its promotion an alert may undo a release. */
  undoWindowMs: number;
  /** BELAY_LOG_LEVEL */
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** BELAY_BLIND_TIME, BELAY_ACT_TIMEOUT, BELAY_ACT_BUDGET, BELAY_UNDO_BUDGET, BELAY_UNWATCHED_LIMIT, BELAY_RETRY_INTERVAL */
  rollouts: RunSettings;
}

/** What Temporal tells versions of workers apart by. */
export interface WorkerDeployment {
  name: string;
  buildId: string;
}

export interface KubernetesSettings {
  /** BELAY_KUBECONFIG, else KUBECONFIG; absent: ~/.kube/config, or the cluster a worker runs in. */
  kubeconfig?: string;
  /** BELAY_KUBERNETES_CONTEXTS: those that a spec may name, beside the current one. */
  contexts: readonly string[];
  /** BELAY_KUBERNETES_NAMESPACES: those that Belay may watch; absent: all. */
  namespaces?: readonly string[];
  /** BELAY_KUBERNETES_PATCH_ALLOW: what a release's patch may change beside what it always may. */
  patchScope: readonly string[];
  /** BELAY_KUBERNETES_QPS: requests per second to one cluster, in the long run. */
  qps: number;
  /** BELAY_KUBERNETES_BURST: requests at once after a quiet time. */
  burst: number;
  /** BELAY_TRACKS_IMAGE: an image of Belay, for the pod that divides the requests of an experiment; absent: there are none. */
  tracksImage?: string;
}

/** Where reports of runs are kept. */
export interface LedgerSettings {
  /** BELAY_LEDGER_URL: a PostgreSQL; absent: an SQLite file in home. Has a password in it. */
  url?: string;
  /** BELAY_LEDGER_PASSWORD_FILE: the password, where the URL has none. */
  passwordFile?: string;
  /** BELAY_LEDGER_KEEP (default 400d): how long after its end a run is kept; Infinity: always. */
  keepMs: number;
}

/** Where webhooks arrive, and who may send them. */
export interface GatewaySettings {
  /** BELAY_GATEWAY_PORT and BELAY_GATEWAY_ADDRESS */
  port: number;
  address: string;
  /** BELAY_GATEWAY_TOKEN_FILE: bearer tokens, one a line. */
  tokenFile?: string;
  /** BELAY_GATEWAY_SIGNING_FILE: secrets that requests are signed with, one a line. */
  signingFile?: string;
  /** BELAY_INCIDENT_POLICY: keys that every incident begins with which is declared here. */
  incidentPolicyFile?: string;
  /** BELAY_STATUS_PAGE: the folder of a status page, which is served under /status/ without a credential. */
  statusPageFolder?: string;
  /** BELAY_GATEWAY_RATE: requests per minute of one address, in the long run. */
  requestsPerMinute: number;
}

/** Where the Web UI and the CLI of Temporal have payloads decrypted. */
export interface CodecServerSettings {
  /** BELAY_CODEC_PORT and BELAY_CODEC_ADDRESS */
  port: number;
  address: string;
  /** BELAY_CODEC_TOKEN_FILE: bearer tokens, one a line. */
  tokenFile?: string;
  /** BELAY_CODEC_ORIGINS: pages that may ask; absent: the Web UI of `belay up`. */
  origins?: readonly string[];
}
