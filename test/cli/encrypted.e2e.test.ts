import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunningServer } from '../../src/adapters/temporal/running-server.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import type { ServiceState } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readRunningCodecServer } from '../../src/embedded/running-codec-server.ts';
import type { AuditEntry } from '../../src/policies/rollouts/audit/audit-trail.ts';
import { eventually } from '../fixtures/eventually.ts';
import { keyLine, writeKeys } from '../fixtures/payload-keys.ts';
import { OneMachine, sendTraffic } from './one-machine.ts';

interface Known {
  rollout?: RolloutStatus;
  report?: RolloutReport;
  service?: ServiceState;
}

const run = promisify(execFile);
const { GetWorkflowExecutionHistoryResponse, DescribeWorkflowExecutionResponse } =
  proto.temporal.api.workflowservice.v1;

/** Is in the spec, and in what people say: nobody may find it in Temporal. */
const canary = 'the-price-of-tea-in-2027';
const workflowId = rolloutWorkflowId({ service: 'shop', environment: 'demo' });
const longHold = { stages: [{ weight: 50, hold: '10m' }] };

const keys = mkdtempSync(join(tmpdir(), 'belay-encrypted-'));
const keysFile = join(keys, 'payload-keys');
const tokenFile = join(keys, 'tokens');
const [first, second, foreign] = [keyLine('first'), keyLine('second'), keyLine('foreign')];

describe('a machine whose payloads are encrypted', () => {
  let machine: OneMachine;
  let raw: Client;
  let address: string;
  let temporal: string;
  let traffic: { stop: () => Promise<void> } | undefined;

  beforeAll(async () => {
    writeKeys(keysFile, first);
    writeFileSync(tokenFile, 'a-token-of-the-tests\n');
    machine = await OneMachine.start({
      BELAY_PAYLOAD_KEYS_FILE: keysFile,
      BELAY_BLIND_TIME: '5s',
      BELAY_CODEC_TOKEN_FILE: tokenFile,
      BELAY_CODEC_PORT: String(await freePort()),
    });
    address = (await readRunningServer(join(machine.folder, 'home')))?.address ?? '';
    raw = new Client({ connection: await Connection.connect({ address }) });
    temporal = (await locateTemporal({ cache: loadConfig().cache })).path;
  });
  afterAll(async () => {
    await traffic?.stop();
    await raw.connection.close();
    await machine.stop();
    rmSync(keys, { recursive: true });
  });

  const known = () => machine.json<Known>(['status', 'shop']);
  const spec = (version: string, over: object = longHold) =>
    machine.spec(version, over, { GREETING: canary });
  const untilHeld = () =>
    eventually(async () => {
      const { rollout } = await known();
      if (rollout?.phase !== 'holding') throw new Error(`still ${rollout?.phase ?? 'closed'}`);
      return rollout;
    });

  /** All that the server has of the newest run, as it has it. */
  async function stored(): Promise<string> {
    const namespace = 'default';
    const execution = { workflowId };
    const description = await raw.workflowService.describeWorkflowExecution({
      namespace,
      execution,
    });
    const parts = [Buffer.from(DescribeWorkflowExecutionResponse.encode(description).finish())];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await raw.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution,
        ...(nextPageToken && { nextPageToken }),
      });
      parts.push(Buffer.from(GetWorkflowExecutionHistoryResponse.encode(page).finish()));
      ({ nextPageToken } = page);
    } while (nextPageToken.length);
    return Buffer.concat(parts).toString('latin1');
  }

  /** The history as Temporal's own command has it, every payload out of its base64. */
  async function show(...flags: string[]): Promise<string> {
    const args = ['workflow', 'show', '--address', address, '-w', workflowId, '-o', 'json'];
    return payloadsIn((await run(temporal, [...args, ...flags], { maxBuffer: 1 << 26 })).stdout);
  }

  function payloadsIn(history: string): string {
    return [...history.matchAll(/"data": "([^"]*)"/g)]
      .map(([, data = '']) => Buffer.from(data, 'base64').toString('latin1'))
      .join('\n');
  }

  it('rolls out as any other, with the progress of its hold in the status', async () => {
    const deployed = await machine.belay(['deploy', '-w', '-f', await spec('v1')]);
    expect(deployed.stdout).toContain('demo/shop  v1  Promoted');
    traffic = sendTraffic((await known()).service?.url ?? '');
    const again = ['deploy', '-f', await spec('v2'), '--as', 'ana', '--why', `for ${canary}`];
    expect(await machine.belay(again)).toMatchObject({ exitCode: 0 });
    await untilHeld();
    await eventually(async () => {
      const { rollout } = await known();
      expect(rollout?.stages[0]?.canaryRequests).toBeGreaterThan(0);
    });
  });

  it('leaves nothing to read in Temporal but names, phases and versions', async () => {
    await machine.belay(['pause', 'shop', '--as', 'bo', '--why', `asked about ${canary}`]);
    await machine.belay(['resume', 'shop']);
    const text = await stored();
    expect(text).toContain('binary/encrypted');
    for (const secret of [
      canary,
      'GREETING',
      'examples/shop/server.js',
      'Asked for by',
      'Canary of',
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it('tells why it refuses, though the failure is not to be read in Temporal', async () => {
    const refused = await machine.belay(['promote', 'shop', '--stage', '20']);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toContain('20 %');
    const second = await machine.belay(['deploy', '-f', await spec('v3')]);
    expect(second.stderr).toContain('canary v2 of demo/shop is running (holding)');
    const text = await stored();
    expect(text).toContain('Encoded failure');
    expect(text).not.toContain('of demo/shop is running');
  });

  it("is read by Temporal's own command through the codec server, and not without it", async () => {
    const server = machine.belay(['codec-server']);
    const { url } = await eventually(async () => {
      const running = await readRunningCodecServer(join(machine.folder, 'home'));
      if (running === undefined) throw new Error('no codec server yet');
      return running;
    });
    try {
      const auth = ['--codec-auth', 'Bearer a-token-of-the-tests'];
      expect(await show('--codec-endpoint', url, ...auth)).toContain(canary);
      expect(await show()).not.toContain(canary);
      await expect(show('--codec-endpoint', url)).rejects.toThrow(/Command failed/);
      const passedOn = ['temporal', 'workflow', 'show', '-w', workflowId, '-o', 'json'];
      expect(payloadsIn((await machine.belay(passedOn)).stdout)).toContain(canary);
    } finally {
      const runFile = join(machine.folder, 'home/run/codec-server.json');
      const { pid } = JSON.parse(readFileSync(runFile, 'utf8')) as { pid: number };
      process.kill(pid, 'SIGTERM');
      await server;
    }
  });

  it('goes on under a new key that was put first while a rollout was open', async () => {
    writeKeys(keysFile, second, first);
    const home = join(machine.folder, 'home/run');
    const worker = /^worker-(\d+)\.json$/.exec(
      readdirSync(home).find((name) => name.startsWith('worker-')) ?? '',
    );
    process.kill(Number(worker?.[1]), 'SIGKILL');
    await eventually(untilHeld, 90_000);
    const promoted = await machine.belay(['promote', 'shop', '--as', 'ana', '--why', 'enough tea']);
    expect(promoted).toMatchObject({ exitCode: 0 });
    const { report } = await eventually(async () => {
      const now = await known();
      if (now.report?.details.version !== 'v2') throw new Error('still open');
      return now;
    }, 60_000);
    expect(report).toMatchObject({
      outcome: 'Promoted',
      startedBy: 'ana',
      startedWhy: `for ${canary}`,
    });
    const text = await stored();
    expect(text).toMatch(/encryption-key-id\W{1,4}first/);
    expect(text).toMatch(/encryption-key-id\W{1,4}second/);
    expect(text).not.toContain(canary);
  });

  it('exports who did what, when and why', async () => {
    const { stdout } = await machine.belay(['audit', '--service', 'shop', '--json']);
    const trail = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEntry);
    const ofV2 = trail.filter(({ version }) => version === 'v2');
    expect(ofV2.map(({ action, by, result }) => [action, by, result])).toEqual([
      ['start', 'ana', 'accepted'],
      ['pause', 'bo', 'accepted'],
      ['resume', expect.stringContaining('@') as string, 'accepted'],
      ['promote', 'ana', 'accepted'],
      ['end', 'belay', 'Promoted'],
    ]);
    const csv = await machine.belay(['audit', '--by', 'ana', '--csv']);
    expect(csv.stdout).toMatch(
      /^at,action,by,why,[^]*,promote,ana,enough tea,accepted,demo,shop,v2,/,
    );
  });

  it('takes no worker that could not read what is there', async () => {
    const { exitCode, stdout, stderr } = await machine.belay(['worker'], {
      BELAY_PAYLOAD_KEYS_FILE: '',
    });
    expect(stdout + stderr).toContain(
      'This is encrypted with payload key second: name a file that holds it with BELAY_PAYLOAD_KEYS_FILE.',
    );
    expect(exitCode).toBe(1);
  });

  it('waits with a rollout whose key no worker has, and goes on once one has it', async () => {
    const elsewhere = writeKeys(join(keys, 'elsewhere'), foreign, second, first);
    const settings = { BELAY_PAYLOAD_KEYS_FILE: elsewhere };
    const deployed = await machine.belay(['deploy', '-f', await spec('v4')], settings);
    expect(deployed.stdout + deployed.stderr).toMatch(/No worker|worker/);
    const { status } = await raw.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('RUNNING');
    const log = await readFile(join(machine.folder, 'home/logs/worker.log'), 'utf8');
    expect(log).toMatch(/encrypted with payload key foreign, which .* does not hold: add its line/);
    writeKeys(keysFile, second, first, foreign);
    const { version } = await eventually(untilHeld, 90_000);
    expect(version).toBe('v4');
    expect(await machine.belay(['abort', 'shop'])).toMatchObject({ exitCode: 0 });
  });
});
