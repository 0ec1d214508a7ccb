import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { findEndpoint } from '../adapters/temporal/endpoint.ts';
import type { Config } from '../config/config.ts';
import { loadAgentSettings } from '../config/agent-file.ts';
import { homeLayout } from '../config/home.ts';
import { readOrCreateToken } from '../config/own-token.ts';
import type { ProcessIdentity } from '../processes/identity.ts';
import { readRunFile } from '../processes/run-file.ts';
import { writeFirstSettings } from './local-agent.ts';
import { startDevServer } from './dev-server.ts';
import { describeProgram, locateTemporal } from './locate.ts';
import type { PartName, UpRecord } from './up-record.ts';
import { choosePort } from './ports.ts';
import { workerEnvironment } from './own-process.ts';
import { startOwnProcess } from './start-own-process.ts';
import { supervise, type RunningPart, type Supervised } from './supervise.ts';

export interface MachineOptions {
  config: Config;
  temporalPort?: number;
  uiPort?: number;
  gatewayPort?: number;
  log: (line: string) => void;
  /** Cancels a start that is in progress; startMachine then throws. */
  signal: AbortSignal;
  onSpawn: (name: PartName, identity: ProcessIdentity) => Promise<void>;
}

export interface Machine {
  temporal: { address: string; uiUrl?: string };
  platformUrl: string;
  gateway: RunningGateway;
  /** Gateway first, Temporal last, so that each part can end cleanly. */
  stop(): Promise<void>;
}

/** The address for webhooks, and the file with their token. */
export type RunningGateway = NonNullable<UpRecord['gateway']>;

const platformRun = z.object({ pid: z.number(), url: z.string() });
const gatewayRun = z.object({ pid: z.number(), url: z.string() });
const workerRun = z.object({ pid: z.number() });
const readyWithinMs = 60_000;

/** Starts and supervises everything that Belay needs on one machine. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const started: Supervised<RunningPart>[] = [];
  const keep = async <T extends RunningPart>(
    name: PartName,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const supervised = await supervise({ name, start }, options);
    started.unshift(supervised);
    return supervised.first;
  };
  const stop = async () => {
    for (const part of started) await part.stop();
  };
  try {
    const temporal = await startTemporal(options, keep);
    const platformUrl = await startPlatform(options, keep);
    await keep('worker', (signal) => startWorker(options, signal));
    await startAgent(options, keep);
    const gateway = await startGateway(options, keep);
    return { temporal, platformUrl, gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Keep = <T extends RunningPart>(
  name: PartName,
  start: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

async function startTemporal(
  { config, temporalPort, uiPort, log, onSpawn }: MachineOptions,
  keep: Keep,
): Promise<Machine['temporal']> {
  const endpoint = await findEndpoint(config);
  if (endpoint.source === 'settings') {
    log(`using the Temporal server of the TEMPORAL_* settings, ${endpoint.address}`);
    return { address: endpoint.address };
  }
  const program = await locateTemporal({ cache: config.cache, log });
  log(`using ${describeProgram(program)}`);
  const options = {
    executable: program.path,
    home: config.home,
    port: await choosePort({ ...asked(temporalPort), usual: 7233, log }),
    uiPort: await choosePort({ ...asked(uiPort), usual: 8233, log }),
    namespace: endpoint.namespace,
    onSpawn: (identity: ProcessIdentity) => onSpawn('Temporal server', identity),
  };
  const { address, uiUrl } = await keep('Temporal server', () => startDevServer(options));
  return { address, uiUrl };
}

function asked(port: number | undefined): { asked?: number } {
  return port === undefined ? {} : { asked: port };
}

async function startPlatform({ config, onSpawn }: MachineOptions, keep: Keep): Promise<string> {
  if (config.localPlatform.url !== undefined) return config.localPlatform.url;
  const { platformRun: runFile, logs } = homeLayout(config.home);
  const read = () => readRunFile(runFile, platformRun);
  await keep('local platform', (signal) =>
    startOwnProcess({
      program: 'src/local-platform/main',
      args: ['--home', config.home],
      logFile: join(logs, 'platform.log'),
      isReady: async ({ pid }) => (await read())?.pid === pid,
      readyWithinMs,
      stopGraceMs: 30_000,
      onSpawn: (identity) => onSpawn('local platform', identity),
      signal,
    }),
  );
  return (await read())?.url ?? '';
}

function startWorker({ config, onSpawn }: MachineOptions, signal: AbortSignal) {
  const { workerRun: runFile, logs } = homeLayout(config.home);
  return startOwnProcess({
    program: 'workers/control',
    env: workerEnvironment({
      ...process.env,
      BELAY_HOME: config.home,
      BELAY_CACHE: config.cache,
    }),
    logFile: join(logs, 'worker.log'),
    isReady: async ({ pid }) => (await readRunFile(runFile(pid), workerRun))?.pid === pid,
    readyWithinMs,
    stopGraceMs: workerStopGraceMs(config),
    onSpawn: (identity) => onSpawn('worker', identity),
    signal,
  });
}

/** With what its settings file allows: at first, nothing. */
async function startAgent({ config, onSpawn }: MachineOptions, keep: Keep): Promise<void> {
  const { agentRun, agentSettings, logs } = homeLayout(config.home);
  await writeFirstSettings(config, await findEndpoint(config));
  const { name } = await loadAgentSettings(agentSettings, config);
  await keep('agent', (signal) =>
    startOwnProcess({
      program: 'workers/agent',
      args: [agentSettings],
      env: {
        ...process.env,
        BELAY_HOME: config.home,
        BELAY_CACHE: config.cache,
        // The worker has them.
        BELAY_HEALTH_PORT: '',
        BELAY_SDK_METRICS_ADDRESS: '',
      },
      logFile: join(logs, 'agent.log'),
      isReady: async ({ pid }) => (await readRunFile(agentRun(name), workerRun))?.pid === pid,
      readyWithinMs,
      stopGraceMs: config.drainMs + 5_000,
      onSpawn: (identity) => onSpawn('agent', identity),
      signal,
    }),
  );
}

/** With a generated token, unless the settings name credentials. */
async function startGateway(
  { config, gatewayPort, log, onSpawn }: MachineOptions,
  keep: Keep,
): Promise<RunningGateway> {
  const { gatewayRun: runFile, gatewayToken, logs } = homeLayout(config.home);
  const { port: usual, tokenFile, signingFile } = config.gateway;
  const makesTokens = tokenFile === undefined && signingFile === undefined;
  const tokens = makesTokens ? await writeOwnTokens(config) : tokenFile;
  const port = await choosePort({ ...asked(gatewayPort), usual, log });
  const read = () => readRunFile(runFile, gatewayRun);
  await keep('gateway', (signal) =>
    startOwnProcess({
      program: 'workers/gateway',
      env: {
        ...process.env,
        BELAY_HOME: config.home,
        BELAY_GATEWAY_PORT: String(port),
        // The worker has it.
        BELAY_HEALTH_PORT: '',
        ...(tokens !== undefined && { BELAY_GATEWAY_TOKEN_FILE: tokens }),
      },
      logFile: join(logs, 'gateway.log'),
      isReady: async ({ pid }) => (await read())?.pid === pid,
      readyWithinMs,
      stopGraceMs: config.drainMs + 5_000,
      onSpawn: (identity) => onSpawn('gateway', identity),
      signal,
    }),
  );
  const url = (await read())?.url ?? '';
  const given = makesTokens ? gatewayToken : tokenFile;
  return { url, ...(given !== undefined && { tokenFile: given }) };
}

/** The owner's token, which allows everything, and one for Alertmanager. */
async function writeOwnTokens({ home }: Pick<Config, 'home'>): Promise<string> {
  const { gatewayToken, alertmanagerToken, gatewayTokens } = homeLayout(home);
  const owners = await readOrCreateToken(gatewayToken);
  const alertmanagers = await readOrCreateToken(alertmanagerToken);
  const everything = 'alerts read declare verbs:*/*/*';
  const lines = [`${owners} ${everything}`, `alertmanager ${alertmanagers} alerts`];
  await writeFileAtomic(gatewayTokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  return gatewayTokens;
}

/** A worker stops waiting for its acts after twice the drain time; then it has to exit by itself. */
export function workerStopGraceMs(config: Pick<Config, 'drainMs'>): number {
  return 2 * config.drainMs + 5_000;
}
