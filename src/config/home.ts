import { join } from 'node:path';

/** Where each part keeps its files below BELAY_HOME. */
export function homeLayout(home: string) {
  return {
    run: join(home, 'run'),
    upRun: join(home, 'run', 'up.json'),
    temporalRun: join(home, 'run', 'temporal.json'),
    platformRun: join(home, 'run', 'platform.json'),
    workerRun: (pid: number) => join(home, 'run', `worker-${pid}.json`),
    platformToken: join(home, 'platform', 'token'),
    temporalData: join(home, 'temporal'),
    temporalDatabase: join(home, 'temporal', 'temporal.db'),
    logs: join(home, 'logs'),
    agentRun: (name: string) => join(home, 'run', `agent-${name}.json`),
    /** Of the agent that `belay up` runs. */
    agentSettings: join(home, 'agent', 'agent.yaml'),
    agentState: join(home, 'agent', 'state'),
    /** What the agent of `belay up` backs up to, what opens it, and where it restores copies. */
    agentBackups: join(home, 'agent', 'backups'),
    agentBackupsPassword: join(home, 'agent', 'backups-password'),
    agentCopies: join(home, 'agent', 'copies'),
    codecRun: join(home, 'run', 'codec-server.json'),
    gatewayRun: join(home, 'run', 'gateway.json'),
    /** The owner's, for everything. */
    gatewayToken: join(home, 'gateway', 'token'),
    /** For an Alertmanager: it may send alerts only. */
    alertmanagerToken: join(home, 'gateway', 'alertmanager-token'),
    /** Both, as the gateway reads them. */
    gatewayTokens: join(home, 'gateway', 'tokens'),
    /** What a build of a status page knew, for the next one. */
    statusPage: (name: string) => join(home, 'status-pages', `${name}.json`),
    ledger: join(home, 'ledger'),
    ledgerDatabase: join(home, 'ledger', 'ledger.db'),
  } as const;
}
