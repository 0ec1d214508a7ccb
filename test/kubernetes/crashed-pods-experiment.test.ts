/** Whole experiments on the pods of a real cluster, by `belay chaos run`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { shopDeployment, shopService } from '../../scripts/one-node-cluster/shop-manifests.ts';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { OneMachine } from '../cli/one-machine.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { shopComplete, shopServiceUrl } from '../fixtures/shop.ts';
import { applyObject } from '../fixtures/shop-objects-on-cluster.ts';

describeOnCluster('an experiment on the pods of a real cluster', [], () => {
  const cluster = theCluster();
  let machine: OneMachine;
  let namespace: string;

  /** Its pods may be hit, and its Service is asked by the probe of its name. */
  async function deploy(name: string, replicas: number, env: Record<string, string> = {}) {
    const deployment = shopDeployment(namespace, { name, version: 'v1', replicas, env });
    const { template } = deployment.spec ?? {};
    Object.assign(template?.metadata?.labels ?? {}, { 'belay.dev/chaos': 'allowed' });
    await applyObject(deployment);
    await applyObject(shopService(namespace, name));
    await shopComplete(namespace, name);
    return { http: { url: `${await shopServiceUrl(namespace, name)}/` }, timeout: '2s' };
  }

  async function run(name: string, more: object): Promise<RunReport<ExperimentDetails>> {
    const file = join(machine.folder, `${name}.yaml`);
    const spec = {
      ...{ kind: 'chaosExperiment', environment: 'demo', experiment: name, services: [name] },
      target: { pods: { namespace, labels: { app: name } } },
      ...{ fault: { type: 'crash' }, duration: '10s', steadyState: '5s', every: '200ms' },
      ...{ stopConditions: 'none', recoverWithin: '120s', ...more },
    };
    await writeFile(file, stringify(spec));
    await machine.belay(['chaos', 'run', '-f', file, '--watch']);
    return machine.json<RunReport<ExperimentDetails>>(['report', `chaos/demo/${name}`]);
  }

  const answers = (probe: string, atMost: string) => ({
    hypothesis: { answers: { errorsOf: { agent: 'local', probe }, atMost } },
  });

  const uids = async (app: string) =>
    (
      await cluster.kubectl('-n', namespace, 'get', 'pods', '-l', `app=${app}`, '-o', 'name')
    ).trim();

  beforeAll(async () => {
    namespace = await newNamespace('crash-experiments');
    const probes = {
      several: await deploy('several', 2),
      single: await deploy('single', 1, { START_DELAY_MS: '6000' }),
    };
    const settings = {
      BELAY_KUBECONFIG: cluster.kubeconfig,
      BELAY_KUBERNETES_NAMESPACES: namespace,
    };
    machine = await OneMachine.start(settings, async (folder) => {
      const agent = join(folder, 'home/agent');
      await mkdir(agent, { recursive: true });
      const own = { name: 'local', stateFolder: join(agent, 'state'), probes };
      await writeFile(join(agent, 'agent.yaml'), stringify(own));
    });
  }, 300_000);
  afterAll(() => machine.stop());

  test('passes where another pod answers and the one that was hit is replaced', async () => {
    const before = await uids('several');
    const report = await run('several', answers('several', '50%'));
    expect(report, report.reason).toMatchObject({
      ...{ outcome: 'Passed', undo: [] },
      details: { candidates: 2, leftBehind: [] },
    });
    const { windows, targets, recoveredAfterMs } = report.details;
    expect(windows.map(({ metrics }) => metrics[0]?.state)).toEqual(['holds', 'holds', 'holds']);
    expect(recoveredAfterMs).toBeLessThan(120_000);
    const [hit] = targets;
    const name = hit !== undefined && 'pod' in hit ? hit.pod.name : '';
    expect(before).toContain(name);
    expect(await uids('several')).not.toContain(name);
    // Nobody is kept from these pods any more.
    expect(
      await cluster.kubectl('-n', namespace, 'get', 'replicasets', '-o', 'json'),
    ).not.toContain('belay.dev/chaos-claim');
  });

  test('has failed where nobody answers meanwhile, although everything is there again after it', async () => {
    const report = await run('single', { ...answers('single', '5%'), mostOfTarget: '100%' });
    expect(report, report.reason).toMatchObject({
      ...{ outcome: 'Failed', details: { leftBehind: [] } },
      reason: expect.stringMatching(/^answers: [\d.]+% is above 5%$/) as string,
    });
    const { windows } = report.details;
    expect(windows.map(({ metrics }) => metrics[0]?.state)).toEqual(['holds', 'fails', 'holds']);
    const listed = await machine.belay(['chaos', 'list']);
    expect(listed.stdout).toMatch(/demo\/several +crash +1 of 2 +Passed/);
    expect(listed.stdout).toMatch(/demo\/single +crash +1 of 1 +Failed/);
  });
});
