import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from '../../src/adapters/temporal/connection.ts';
import { homeLayout } from '../../src/config/home.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { readUpRecord, type PartName } from '../../src/embedded/up-record.ts';
import { isAlive, stopProcess, type ProcessIdentity } from '../../src/processes/identity.ts';
import { builtProgram } from '../fixtures/built.ts';
import { eventually } from '../fixtures/eventually.ts';
import { firing, notificationOf } from '../gateway/gateway-on-loopback.ts';

const startLimitMs = 90_000;
const command = await builtProgram('src/cli/main');
const parts: PartName[] = ['Temporal server', 'local platform', 'worker', 'agent', 'gateway'];

let home: string;
let ports: string[];
const foreground: ChildProcess[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-up-'));
  const named = ['--temporal-port', '--ui-port', '--gateway-port'];
  ports = (await Promise.all(named.map(async (flag) => [flag, String(await freePort())]))).flat();
});

afterAll(async () => {
  for (const child of foreground) child.kill('SIGKILL');
  const record = await readUpRecord(home);
  const left = [record, ...Object.values(record?.children ?? {})];
  for (const identity of left) if (identity) await stopProcess(identity, { graceMs: 5_000 });
  await rm(home, { recursive: true, force: true });
});

const environment = () => ({
  PATH: process.env['PATH'],
  HOME: home,
  BELAY_HOME: home,
  BELAY_CACHE: loadConfig().cache,
  BELAY_TASK_QUEUE: 'up-test',
  BELAY_DRAIN: '1s',
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function belay(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const argv = [...command, ...args];
    execFile(process.execPath, argv, { env: environment() }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

function upInForeground(): ChildProcess {
  const argv = [...command, 'up', ...ports];
  const child = spawn(process.execPath, argv, { env: environment(), stdio: 'ignore' });
  foreground.push(child);
  return child;
}

async function childrenOnceReady(pid?: number): Promise<Record<PartName, ProcessIdentity>> {
  return eventually(async () => {
    const record = await readUpRecord(home);
    if (!record?.ready || (pid !== undefined && record.pid !== pid)) throw new Error('not ready');
    return record.children as Record<PartName, ProcessIdentity>;
  }, startLimitMs);
}

async function living(children: Record<PartName, ProcessIdentity>): Promise<PartName[]> {
  const alive = await Promise.all(parts.map((name) => isAlive(children[name])));
  return parts.filter((_, index) => alive[index]);
}

describe('belay up --detach', () => {
  test('returns when everything runs, and prints the addresses', async () => {
    const { code, stdout, stderr } = await belay('up', '--detach', ...ports);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`127.0.0.1:${ports[1]}`);
    expect(stdout).toContain(`http://127.0.0.1:${ports[3]}`);
    expect(stdout).toContain(`http://127.0.0.1:${ports[5]}/v1/alerts`);
    expect(await living(await childrenOnceReady())).toEqual(parts);
  });

  test('runs an agent named local, which may do nothing until its settings file allows it', async () => {
    const { stdout } = await belay('agents', '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'local', state: 'polling', commands: [], probes: [] },
    ]);
    expect(await readFile(homeLayout(home).agentSettings, 'utf8')).toContain('commands: {}');
  });

  test('refuses a second one on the same home, naming the first', async () => {
    const pid = (await readUpRecord(home))?.pid;
    for (const args of [['up'], ['up', '--detach']]) {
      const { code, stderr } = await belay(...args);
      expect(code).toBe(4);
      expect(stderr).toContain(`\`belay up\` already runs for ${home}, as process ${pid}`);
    }
  });

  test('accepts alerts only with its token', async () => {
    const { gateway } = (await readUpRecord(home)) ?? {};
    const tokenFile = gateway?.tokenFile ?? '';
    expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
    const send = (authorization: string) =>
      fetch(`${gateway?.url}/v1/alerts`, {
        method: 'POST',
        headers: { authorization },
        body: JSON.stringify(notificationOf(firing({ deployment: 'shop', namespace: 'demo' }))),
      });
    expect((await send('Bearer guessed')).status).toBe(401);
    const taken = await send(`Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`);
    expect(await taken.json()).toMatchObject({ started: [expect.stringMatching(/^alert\//)] });
    const { alertmanagerToken } = homeLayout(home);
    expect((await stat(alertmanagerToken)).mode & 0o777).toBe(0o600);
    const authorization = `Bearer ${(await readFile(alertmanagerToken, 'utf8')).trim()}`;
    expect((await send(authorization)).status).toBe(200);
    const abort = await fetch(`${gateway?.url}/v1/services/demo/shop/abort`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(abort.status).toBe(403);
  });

  test('passes a doctor that only warns of the other users of the machine', async () => {
    const { code, stdout } = await belay('doctor', '--json');
    const findings = JSON.parse(stdout) as { check: string; state: string }[];
    expect(findings.filter(({ state }) => state !== 'ok')).toMatchObject([
      { check: 'Local users', state: 'warn' },
    ]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['Workers (up-test-watch, activity)', 'Gateway', 'Gateway token']),
    );
    expect(code).toBe(0);
  });

  test("runs Temporal's own command against the same server, exit code included", async () => {
    const names = await belay('temporal', 'operator', 'search-attribute', 'list', '-o', 'json');
    expect(names.stdout).toContain('BelayService');
    const missing = await belay('temporal', 'workflow', 'describe', '-w', 'no-such-workflow');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('not found');
  });

  test('starts a killed part again', async () => {
    const before = (await childrenOnceReady()).worker;
    process.kill(before.pid, 'SIGKILL');
    const after = await eventually(async () => {
      const { worker } = await childrenOnceReady();
      if (worker.pid === before.pid) throw new Error('not yet');
      return worker;
    }, startLimitMs);
    await eventually(() => access(homeLayout(home).workerRun(after.pid)), startLimitMs);
    expect(await isAlive(after)).toBe(true);
  });

  test('is stopped by belay down, with everything it started', async () => {
    const children = await childrenOnceReady();
    const { code, stdout } = await belay('down');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Belay is down.\n' });
    expect(await living(children)).toEqual([]);
    expect(await readdir(join(home, 'run'))).not.toContain('up.json');
    expect((await belay('down')).stdout).toBe(`Nothing runs for ${home}.\n`);
  });
});

describe('belay up in a terminal', () => {
  test('takes over what a killed one left, on the same ports, without losses', async () => {
    const first = upInForeground();
    const orphans = await childrenOnceReady(first.pid);
    const config = loadConfig({ BELAY_HOME: home });
    const client = await connectClient(config, { HOME: home });
    await client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody-polls' });
    await client.connection.close();
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await living(orphans)).toEqual(parts);

    const second = upInForeground();
    const children = await childrenOnceReady(second.pid);
    expect(await living(orphans)).toEqual([]);
    expect(await living(children)).toEqual(parts);
    const again = await connectClient(config, { HOME: home });
    expect((await again.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
    await again.connection.close();
  });

  test('ends in order on Ctrl-C', async () => {
    const up = foreground.at(-1)!;
    const children = await childrenOnceReady(up.pid);
    const ended = once(up, 'exit');
    up.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await living(children)).toEqual([]);
  });

  test('ends at once on a second Ctrl-C, and leaves no process behind', async () => {
    const up = upInForeground();
    const children = await childrenOnceReady(up.pid);
    const ended = once(up, 'exit');
    up.kill('SIGINT');
    up.kill('SIGTERM');
    expect(await ended).toEqual([130, null]);
    expect(await living(children)).toEqual([]);
  });

  test('belay down stops what a killed one left', async () => {
    const up = upInForeground();
    const children = await childrenOnceReady(up.pid);
    up.kill('SIGKILL');
    await once(up, 'exit');
    expect((await belay('down')).stdout).toBe('Belay is down.\n');
    expect(await living(children)).toEqual([]);
  });
});
