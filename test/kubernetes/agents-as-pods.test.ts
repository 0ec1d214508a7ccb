import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CoreV1Api } from '@kubernetes/client-node';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { failureOf } from '../agent/agent-world.ts';
import type * as workflows from '../agent/agent-workflows.ts';
import type { Asked } from '../agent/agent-workflows.ts';
import { fromNoRegistry, toolCommands, toolOfTests, withTool } from '../fixtures/agent-tool.ts';
import { builtProgram } from '../fixtures/built.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { killContainer, processesIn, zombiesOf } from '../fixtures/container-processes.ts';
import { eventually } from '../fixtures/eventually.ts';
import { forwardTo } from '../../scripts/programs/forward.ts';
import { folderOnNode, provideVolume } from '../fixtures/local-volume.ts';
import { manifests, writeOverlay } from '../fixtures/overlay.ts';
import { requestsOf } from '../fixtures/service-account.ts';
import { devServer } from '../fixtures/temporal.ts';
import { importWorkerImage, workerImage } from '../fixtures/worker-image.ts';

const taskQueue = 'agents-as-pods';
interface AgentOnCluster {
  namespace: string;
  name: string;
  user: number;
  /** Where the node has what its pod has at /var/lib/belay-agent. */
  state: string;
}

/** deploy/kubernetes/agent-daemonset and examples/agent-sidecar as a user applies them. */
describeOnCluster('agents as pods', ['kubectl', 'hostAddress', 'containerdSocket'], () => {
  const cluster = theCluster();
  const core = cluster.config().makeApiClient(CoreV1Api);
  let temporal: TestWorkflowEnvironment;
  let address: string;
  let node: string;
  let started = 0;
  const agents: Record<string, AgentOnCluster> = {};
  const undos: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    temporal = await devServer();
    undos.push(() => temporal.teardown());
    const reachable = await forwardTo(
      Number(temporal.address.split(':').at(-1)),
      cluster.hostAddress,
    );
    undos.push(() => reachable.close());
    address = reachable.address;
    const { items } = await core.listNode({ labelSelector: 'kubernetes.io/hostname' });
    node = items[0]?.metadata?.name ?? '';
    await Promise.all([importWorkerImage(), startWorker()]);
    await Promise.all([startOnNode(), startBesideDatabase()]);
  }, 300_000);

  afterAll(async () => {
    for (const undo of undos.reverse()) await undo();
  });

  test('are listed with what they can do, each named after its node or its pod', async () => {
    await eventually(async () => {
      const listed = JSON.parse(await belay('agents', '--json')) as { name: string }[];
      expect(listed.sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
        { name: 'database-0', state: 'polling', system: 'linux/x64, user 999' },
        { name: node, state: 'polling', system: 'linux/x64, user 65532' },
      ]);
      expect(JSON.stringify(listed)).not.toContain('unavailable');
    }, 90_000);
  });

  describe.each(['of a node', 'beside a database'])('an agent %s', (which) => {
    const agent = () => agents[which]!;
    const act = async (...asked: Asked[]) => (await start(agent().name, asked)).result();
    const effects = async () =>
      (await readFile(join(agent().state, 'effects'), 'utf8')).trim().split('\n');

    test('runs a command and answers a probe of what only it can reach', async () => {
      const probe = which === 'of a node' ? 'kubelet' : 'database';
      expect(await act({ run: 'append' }, { probe })).toMatchObject([
        { ending: 'exited', exitCode: 0 },
        { ok: true },
      ]);
      expect(await effects()).toEqual(['ran']);
    });

    test('has no capability, no way to more, and a root file system that nobody can write', async () => {
      const status = await readFile(`/proc/${await processOf(agent())}/status`, 'utf8');
      const none = '0'.repeat(16);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
        expect(status).toContain(`${set}:\t${none}\n`);
      }
      expect(status).toContain('NoNewPrivs:\t1\n');
      expect(status).toContain('Seccomp:\t2\n');
      expect(status).toMatch(new RegExp(`^Uid:(\t${agent().user}){4}$`, 'm'));
      const create = (file: string) => ({ run: 'create', args: { file } });
      expect(
        await act(create('/tmp/x'), create('/app/x'), create('/etc/belay/agent/x')),
      ).toMatchObject([{ stdout: 'EROFS\n' }, { stdout: 'EROFS\n' }, { stdout: 'EROFS\n' }]);
    });

    test('has no rights in the API server, no token for it, and never asks it for anything', async () => {
      const { namespace } = agent();
      const account = which === 'of a node' ? 'belay-agent' : 'default';
      expect(await requestsOf(namespace, account)).toEqual([]);
      const as = `--as=system:serviceaccount:${namespace}:${account}`;
      const rights = await cluster.kubectl('auth', 'can-i', '--list', as, `-n=${namespace}`);
      const resources = rights.split('\n').filter((line) => /^[a-z]/.test(line));
      expect(resources.every((line) => line.startsWith('self'))).toBe(true);
      const token = {
        run: 'list',
        args: { file: '/var/run/secrets/kubernetes.io/serviceaccount' },
      };
      expect(await act(token)).toMatchObject([{ stdout: expect.stringMatching(/^(ENOENT)?\n$/) }]);
    });

    test('reverts a lease that was held when its container was killed, once it starts again', async () => {
      const before = (await effects()).length;
      const since = async () => (await effects()).slice(before);
      expect(await act({ apply: 'block', forMs: 600_000 })).toMatchObject([{ applied: true }]);
      expect(await since()).toEqual(['applied']);
      await killContainer(await containerId(agent()));
      await eventually(async () => expect(await since()).toEqual(['applied', 'reverted']), 90_000);
      expect(await act({ run: 'append' })).toMatchObject([{ ending: 'exited', exitCode: 0 }]);
      expect(await since()).toEqual(['applied', 'reverted', 'ran']);
      const { restartCount, lastState } = await statusOf(agent());
      expect(restartCount).toBe(1);
      expect(lastState?.terminated?.exitCode).toBe(137);
    });

    test('reverts a lease that was held when its pod was deleted', async () => {
      const before = (await effects()).length;
      const since = async () => (await effects()).slice(before);
      expect(await act({ apply: 'block', forMs: 600_000 })).toMatchObject([{ applied: true }]);
      const { name, uid } = (await podOf(agent())).metadata!;
      await core.deleteNamespacedPod({ namespace: agent().namespace, name: name! });
      await eventually(async () => expect(await since()).toEqual(['applied', 'reverted']), 90_000);
      expect((await podOf(agent())).metadata?.uid).not.toBe(uid);
    });
  });

  test('nothing is left on a node of what commands have left running', async () => {
    const agent = agents['of a node']!;
    expect(await (await start(agent.name, [{ run: 'leave' }])).result()).toMatchObject([
      { ending: 'exited', exitCode: 0 },
    ]);
    expect(await zombiesOf(await processOf(agent))).toEqual([]);
  });

  test('a command that ran when its container was killed is reported as lost', async () => {
    const agent = agents['beside a database']!;
    const run = await start(agent.name, [{ run: 'wait' }]);
    const effects = () => readFile(join(agent.state, 'effects'), 'utf8');
    await eventually(async () => expect(await effects()).toMatch(/waits\n$/));
    await killContainer(await containerId(agent));
    expect(await failureOf(run.result())).toMatchObject({ type: 'AgentActLost' });
    expect(await effects()).not.toMatch(/waits\n[^]*waits/);
  });

  const start = (agent: string, asked: Asked[]) =>
    temporal.client.workflow.start<typeof workflows.actOnAgent>('actOnAgent', {
      ...{ taskQueue, workflowId: `test-run-${(started += 1)}` },
      args: [agent, asked, 1_500],
    });

  async function startWorker(): Promise<void> {
    const worker = await Worker.create({
      connection: temporal.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('../agent/agent-workflows.ts', import.meta.url)),
    });
    const running = worker.run();
    undos.push(() => {
      worker.shutdown();
      return running;
    });
  }

  async function startOnNode(): Promise<void> {
    const namespace = await newNamespace('agents');
    const state = await folderOnNode(65532);
    agents['of a node'] = { namespace, name: node, user: 65532, state };
    const overlay = await writeOverlay({
      resources: ['agent-daemonset'],
      ...(await settingsFor(namespace, 'agent-daemonset')),
      patches: [
        {
          target: { kind: 'DaemonSet' },
          patch: JSON.stringify([
            ...withTool(0),
            { op: 'replace', path: '/spec/template/spec/volumes/1/hostPath/path', value: state },
          ]),
        },
      ],
    });
    await core.patchNode({
      name: node,
      body: [{ op: 'add', path: '/metadata/labels/belay.dev~1agent', value: 'true' }],
    });
    undos.push(() => cluster.kubectl('label', 'node', node, 'belay.dev/agent-'));
    await cluster.kubectl('apply', `--kustomize=${overlay}`);
    undos.push(() => cluster.kubectl('delete', 'daemonset', 'belay-agent', `-n=${namespace}`));
  }

  async function startBesideDatabase(): Promise<void> {
    const namespace = await newNamespace('databases');
    const volumeOf = (claim: string) => provideVolume({ namespace, name: `${claim}-database-0` });
    const [state] = await Promise.all([volumeOf('belay-agent-state'), volumeOf('data')]);
    agents['beside a database'] = { namespace, name: 'database-0', user: 999, state };
    const settings = await settingsFor(namespace, 'agent-sidecar', {
      database: { tcp: { host: '127.0.0.1', port: 8080 } },
    });
    const overlay = await writeOverlay({
      resources: ['examples/agent-sidecar'],
      ...settings,
      replicas: [{ name: 'database', count: 1 }],
      secretGenerator: [{ name: 'database', literals: ['password=of-no-use'] }],
      images: [...settings.images, { name: 'postgres', newName: 'belay.test/shop', newTag: 'v1' }],
      patches: [
        {
          target: { kind: 'StatefulSet' },
          patch: JSON.stringify([
            ...withTool(0),
            fromNoRegistry(1),
            {
              op: 'replace',
              path: '/spec/template/spec/automountServiceAccountToken',
              value: true,
            },
          ]),
        },
      ],
    });
    await cluster.kubectl('apply', `--kustomize=${overlay}`);
    undos.push(() => cluster.kubectl('delete', 'statefulset', 'database', `-n=${namespace}`));
  }

  /** What an overlay of a user sets: where Temporal is, and what the agents may do. */
  async function settingsFor(namespace: string, folder: string, probes: object = {}) {
    const allowed = parse(await readFile(join(manifests, folder, 'agent.yaml'), 'utf8')) as {
      probes: object;
    };
    const settings = {
      ...allowed,
      commands: toolCommands,
      probes: { ...allowed.probes, ...probes },
    };
    return {
      namespace,
      configMapGenerator: [
        {
          name: 'belay-agent-settings',
          behavior: 'merge',
          literals: [`TEMPORAL_ADDRESS=${address}`],
        },
        {
          name: 'belay-agent-allowed',
          behavior: 'merge',
          literals: [`agent.yaml=${JSON.stringify(settings)}`],
        },
        { name: 'tools', literals: [`tool=${toolOfTests}`] },
      ],
      images: [{ name: 'belay', newName: workerImage.name, newTag: workerImage.tag }],
    };
  }

  const podOf = async ({ namespace }: AgentOnCluster) => {
    const { items } = await core.listNamespacedPod({ namespace });
    const [pod, ...others] = items;
    if (pod === undefined || others.length > 0) throw new Error(`${items.length} pods`);
    return pod;
  };
  const statusOf = async (agent: AgentOnCluster) => {
    const { status } = await podOf(agent);
    const found = status?.containerStatuses?.find(({ name }) => name.endsWith('agent'));
    if (found === undefined) throw new Error('no agent in the pod');
    return found;
  };
  const containerId = async (agent: AgentOnCluster) => (await statusOf(agent)).containerID ?? '';

  const processOf = async (agent: AgentOnCluster) => {
    const [pid] = await processesIn(await containerId(agent));
    if (pid === undefined) throw new Error(`no process of ${agent.name}`);
    return pid;
  };

  async function belay(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...(await builtProgram('src/cli/main')), ...args],
      { env: { ...process.env, TEMPORAL_ADDRESS: temporal.address } },
    );
    return stdout;
  }
});
