import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCluster } from '../../../scripts/one-node-cluster/cluster.ts';
import { pauseImage } from '../../../scripts/one-node-cluster/images/names.ts';
import { clusterLayout } from '../../../scripts/one-node-cluster/layout.ts';
import { readRecord } from '../../../scripts/one-node-cluster/lifecycle/record.ts';
import { obstacles } from '../../../scripts/one-node-cluster/prerequisites.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { containersOf, tracesOf } from './traces.ts';

const script = fileURLToPath(new URL('../../../scripts/cluster', import.meta.url));
const title = 'scripts/cluster';
/** With nothing in the cache the first start builds everything. */
const buildLimitMs = 45 * 60_000;

const run = async (...args: string[]) => (await promisify(execFile)(script, args)).stdout;
const [one, other] = [`life-a-${process.pid}`, `life-b-${process.pid}`];

const found = await obstacles();
if (found.length > 0) process.stderr.write(`SKIPPED: ${title}: ${found.join('; ')}\n`);

describe.skipIf(found.length > 0)(title, () => {
  beforeAll(() => run('up', '--name', one), buildLimitMs);
  afterAll(async () => {
    for (const name of [one, other]) await run('down', '--name', name);
  });

  const kubectl = async (name: string, ...args: string[]) => {
    const access = await findCluster(name);
    const options = [`--kubeconfig=${access.kubeconfig}`, '--namespace=default', ...args];
    return (await promisify(execFile)(join(access.kubectl, 'kubectl'), options)).stdout;
  };
  const isRunning = (name: string) =>
    kubectl(name, 'wait', 'pod/idle', '--for=jsonpath={.status.phase}=Running', '--timeout=60s');
  const runPod = async (name: string) => {
    const image = [`--image=${pauseImage}`, '--image-pull-policy=Never'];
    // A namespace takes pods once its ServiceAccount is there.
    await eventually(() => kubectl(name, 'run', 'idle', ...image));
    await isRunning(name);
  };
  /** The probe must see something first, or it could not fail. */
  const tracesBeforeEnd = async (name: string) => {
    const { nodeAddress } = await findCluster(name);
    const containers = containersOf(name);
    const traces = () => tracesOf(name, nodeAddress, containers);
    expect(containers.length).toBeGreaterThanOrEqual(2);
    expect(traces().length).toBeGreaterThan(20);
    return traces;
  };

  test('up a second time finds the same cluster', async () => {
    const before = await readRecord(one);
    expect(await run('up', '--name', one)).toContain(`${one} is up`);
    expect(await readRecord(one)).toEqual(before);
  });

  test('a cluster without its database is replaced by a whole one', async () => {
    const daemons = (await readRecord(one))?.daemons ?? [];
    process.kill(daemons.find(({ name }) => name === 'etcd')!.pid, 'SIGKILL');
    await eventually(async () => expect(await run('list')).toContain(`${one}  broken, gone: etcd`));
    await expect(run('env', '--name', one)).rejects.toThrow(`scripts/cluster up --name ${one}`);
    await run('up', '--name', one);
    expect(await run('list')).toContain(`${one}  up`);
  });

  test('two clusters run side by side; the end of one leaves nothing of it and all of the other', async () => {
    await run('up', '--name', other);
    await Promise.all([runPod(one), runPod(other)]);
    const [kept, gone] = [await tracesBeforeEnd(one), await tracesBeforeEnd(other)];
    const before = kept();
    await run('down', '--name', other);
    expect(gone()).toEqual([]);
    expect(kept()).toEqual(before);
    await isRunning(one);
  });

  test('a start that was killed half-way leaves nothing once it is taken down', async () => {
    const starting = spawn(script, ['up', '--name', other], { stdio: 'ignore' });
    await eventually(async () =>
      expect((await readRecord(other))?.daemons.length).toBeGreaterThan(2),
    );
    starting.kill('SIGKILL');
    await once(starting, 'exit');
    await run('down', '--name', other);
    expect(existsSync(clusterLayout(other).folder)).toBe(false);
    expect(tracesOf(other, 'no address', [])).toEqual([]);
  });

  test('a cluster tied to a process ends when that process is killed', async () => {
    const owner = spawn('sleep', ['600']);
    await once(owner, 'spawn');
    const traces = await tracesBeforeEnd(one);
    const ending = run('down', '--name', one, '--after', String(owner.pid));
    expect(await run('list')).toContain(`${one}  up`);
    owner.kill('SIGKILL');
    expect(await ending).toContain(`${one} is down`);
    expect(traces()).toEqual([]);
  });

  test('invalid arguments print the usage and exit with 2', async () => {
    for (const wrong of [['upp'], [], ['up', '--nam', 'x'], ['down', '--after', 'soon']]) {
      await expect(run(...wrong)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Usage:'),
      });
    }
  });

  test('an invalid name is refused', async () => {
    await expect(run('up', '--name', '../etc')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot name a cluster'),
    });
  });
});
