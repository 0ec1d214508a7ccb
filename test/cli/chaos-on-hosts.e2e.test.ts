import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { CampaignDetails } from '../../src/contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readProcess } from '../../src/agent/chaos/process-facts.ts';
import type { ActOutcome } from '../../src/agent/acts/act-files.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

/** Reads the copy for each request: what is wrong is noticed by `/careful`, and served by `/careless`. */
const reader = `
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const sum = () => createHash('sha256').update(readFileSync(process.env.ORDERS)).digest('hex');
const before = sum();
require('node:http').createServer(({ url }, response) => {
  response.statusCode = url === '/careless' && sum() !== before ? 500 : 200;
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));`;

/** A host with a service and an agent of its own, in processes of their own. */
class Host {
  readonly name: string;
  readonly folder: string;
  readonly #port: number;
  readonly #service: ChildProcess;

  private constructor(name: string, folder: string, port: number) {
    this.name = name;
    this.folder = folder;
    this.#port = port;
    mkdirSync(this.copy, { recursive: true });
    writeFileSync(join(this.copy, '.belay-copy'), '');
    writeFileSync(this.orders, Buffer.alloc(64 * 4_096, `orders of ${name}`));
    this.#service = spawn(process.execPath, ['-e', reader], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PORT: String(port), ORDERS: this.orders },
    });
  }

  static async open(machine: OneMachine, name: string): Promise<Host> {
    const host = new Host(name, join(machine.folder, name), await freePort());
    if (host.#service.stdout) await once(host.#service.stdout, 'data');
    return host;
  }

  get copy(): string {
    return join(this.folder, 'copy');
  }

  get orders(): string {
    return join(this.copy, 'orders');
  }

  /** `others`: whose services it asks. */
  settings(others: readonly Host[]) {
    const probe = (url: string) => ({ http: { url }, timeout: '1s' });
    return {
      ...{ name: this.name, stateFolder: join(this.folder, 'state') },
      probes: {
        careful: probe(`${this.#url}/careful`),
        careless: probe(`${this.#url}/careless`),
        ...Object.fromEntries(others.map((each) => [each.name, probe(each.#url)])),
      },
      chaos: {
        processes: { web: { port: this.#port, faults: ['freeze'] } },
        host: { faults: ['cpu'] },
        copies: { orders: { folder: this.copy } },
      },
    };
  }

  /** By the kernel alone. */
  get isFrozen(): boolean {
    return readProcess(this.#service.pid ?? 0)?.state === 'T';
  }

  /** What its watchdogs have written of leases that are over. */
  outcomes(): ActOutcome[] {
    const acts = join(this.folder, 'state/acts');
    const files = readdirSync(acts, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('/outcome.json'))
      .map((file) => JSON.parse(readFileSync(join(acts, file), 'utf8')) as ActOutcome);
  }

  close(): void {
    this.#service.kill('SIGKILL');
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
}

let machine: OneMachine;
let hosts: Host[] = [];
let store: Host;
let web1: Host;
let web2: Host;
const agents = new Map<Host, number>();

async function startAgent(host: Host): Promise<void> {
  const others = hosts.filter((each) => each !== host);
  agents.set(host, await machine.startAgent(host.settings(others)));
}

beforeAll(async () => {
  machine = await OneMachine.start();
  const names = ['store', 'web-1', 'web-2'];
  hosts = await Promise.all(names.map((name) => Host.open(machine, name)));
  [store, web1, web2] = hosts as [Host, Host, Host];
  for (const host of hosts) await startAgent(host);
}, 240_000);

afterAll(async () => {
  await machine.stop();
  for (const host of hosts) host.close();
});

const common = {
  ...{ mostOfTarget: '100%', every: '200ms', steadyState: '2s' },
  ...{ stopConditions: 'none', owner: 'team-orders' },
};

const corruption = (experiment: string, probe: string, duration: string) => ({
  ...{ ...common, experiment, services: ['orders'], duration },
  target: { agents: ['store'], copy: 'orders' },
  fault: { type: 'corruption', intensity: 0.2 },
  hypothesis: { served: { errorsOf: { agent: 'store', probe }, atMost: '5%' } },
});

function write(name: string, spec: object): string {
  const file = join(machine.folder, `${name}.yaml`);
  writeFileSync(file, stringify({ environment: 'demo', ...spec }));
  return file;
}

const reportOf = (experiment: string) =>
  machine.json<RunReport<ExperimentDetails>>(['report', `chaos/demo/${experiment}`]);

describe('damage of a declared copy, by a whole experiment and the agent of its host', () => {
  it('has failed a service that serves it, and leaves every byte as it was', async () => {
    const before = readFileSync(store.orders);
    const spec = corruption('orders-served', 'careless', '5s');
    const file = write('orders-served', { kind: 'chaosExperiment', ...spec });
    const running = machine.belay(['chaos', 'run', '-f', file, '--watch']);
    await eventually(
      async () => expect(readFileSync(store.orders).equals(before)).toBe(false),
      60_000,
    );
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stdout + stderr).toBe(1);
    const report = await reportOf('orders-served');
    expect(report, report.reason).toMatchObject({
      ...{ outcome: 'Failed', undo: [] },
      reason: expect.stringMatching(/^served: .*5%/) as string,
      details: { leftBehind: [], targets: [{ agent: 'store' }] },
    });
    expect(report.details.recoveredAfterMs).toBeDefined();
    expect(readFileSync(store.orders).equals(before)).toBe(true);
    expect(readdirSync(store.copy).toSorted()).toEqual(['.belay-copy', 'orders']);
    const findings = await machine.json<object[]>(['chaos', 'findings']);
    expect(findings).toMatchObject([{ experiment: 'orders-served', owner: 'team-orders' }]);
  });
});

describe('a campaign on several hosts', () => {
  it('goes on after an agent was killed amid its fault, which its watchdog ends by its lease', async () => {
    const before = readFileSync(store.orders);
    const frozen = {
      ...{ ...common, experiment: 'web-1-freezes', services: ['web'], duration: '20s' },
      ...{ target: { agents: ['web-1'], process: 'web' }, fault: { type: 'freeze' } },
      hypothesis: { others: { errorsOf: { agent: 'store', probe: 'web-2' }, atMost: '50%' } },
    };
    const busy = {
      ...{ ...common, experiment: 'both-busy', services: ['web'], duration: '5s' },
      ...{ target: { agents: ['web-1', 'web-2'], host: true }, blastRadius: { count: 2 } },
      fault: { type: 'cpu', intensity: 0.2 },
      hypothesis: { answers: { errorsOf: { agent: 'store', probe: 'web-1' }, atMost: '50%' } },
    };
    const noticed = corruption('orders-noticed', 'careful', '5s');
    const file = write('game-day', {
      ...{ kind: 'chaosCampaign', campaign: 'game-day', pause: '1s', stopAfter: 'none' },
      experiments: [noticed, frozen, busy].map((spec) => ({ spec })),
    });
    const running = machine.belay(['chaos', 'run', '-f', file, '--watch']);

    await eventually(async () => {
      const { run } = await machine.json<{ run: RunStatus }>([
        'status',
        'chaos/demo/web-1-freezes',
      ]);
      expect(run.now).toMatch(/^watch for/);
    }, 120_000);
    expect(web1.isFrozen).toBe(true);
    process.kill(agents.get(web1) ?? 0, 'SIGKILL');
    // Nobody but the watchdog is left on this host.
    await eventually(async () => expect(web1.isFrozen).toBe(false), 90_000);
    await eventually(async () => {
      expect(web1.outcomes()).toMatchObject([{ kind: 'lease', reverted: { why: 'expired' } }]);
    });
    await startAgent(web1);

    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stdout + stderr).toBe(1);
    const campaign = await machine.json<RunReport<CampaignDetails>>([
      ...['report', 'chaos-campaign/demo/game-day'],
    ]);
    expect(campaign, campaign.reason).toMatchObject({ outcome: 'Inconclusive', undo: [] });
    const { rows, score } = campaign.details;
    expect(rows.map(({ experiment, outcome }) => [experiment, outcome])).toEqual([
      ...[
        ['orders-noticed', 'Passed'],
        ['web-1-freezes', 'Inconclusive'],
        ['both-busy', 'Passed'],
      ],
    ]);
    expect([score.passed, score.failed]).toEqual([expect.closeTo(2 / 3), 0]);

    const killed = await reportOf('web-1-freezes');
    expect(killed).toMatchObject({ undo: [], details: { leftBehind: [] } });
    expect(killed.reason).toMatch(/nobody saw whether it was still there|gone before its time/);
    const both = await reportOf('both-busy');
    expect(both.details.targets.map((target) => 'agent' in target && target.agent)).toEqual(
      expect.arrayContaining(['web-1', 'web-2']),
    );
    for (const host of [store, web2]) {
      for (const outcome of host.outcomes()) {
        expect(outcome).toMatchObject({ kind: 'lease', reverted: { why: 'asked' } });
      }
    }
    expect(readFileSync(store.orders).equals(before)).toBe(true);
  });
});
