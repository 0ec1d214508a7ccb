import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { meshPod, type ScriptedMesh } from '../../fixtures/scripted-mesh.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { start, play } = useScriptedChaos(
  (ofTest) => {
    hosts = ofTest;
    hosts.mesh.pods = ['a', 'b'].map((name) => meshPod(name));
  },
  ({ name }) => ({
    target: { pods: { namespace: name, labels: { app: 'web' }, means: 'chaosMesh' } },
    fault: { type: 'outage' },
  }),
);

describe('an outage of pods by Chaos Mesh', () => {
  it('is seen by what runs in the pod, removed, and seen to be gone', async () => {
    const report = await play();
    expect(report).toMatchObject({ outcome: 'Passed', undo: [] });
    const [target] = report.details.targets;
    const name = target !== undefined && 'pod' in target ? target.pod.name : '';
    expect(hosts.mesh.acts).toEqual([`inject ${name}`, `remove ${name}`]);
    expect(hosts.mesh.outages.size).toBe(0);
    expect(report.details.leftBehind).toEqual([]);
  });

  it('is NotInjected where Chaos Mesh says Injected, and the pod runs as before', async () => {
    hosts.mesh.lies = true;
    const { outcome, reason } = await play();
    expect(outcome).toBe('NotInjected');
    expect(reason).toContain('1 of 1 containers run their own image');
    expect(hosts.mesh.outages.size).toBe(0);
  });

  it('is Inconclusive where the pod is replaced: the fault ended with it, whatever Chaos Mesh says', async () => {
    hosts.isWatchOpen = false;
    const run = await start({ duration: '60s' });
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    for (const { name } of hosts.mesh.pods)
      if (hosts.mesh.outages.has(name)) hosts.mesh.replace(name);
    const { outcome, reason } = (await run.report()) as unknown as RunReport;
    expect(outcome).toBe('Inconclusive');
    expect(reason).toContain('the pod is gone, and what was done to it went with it');
    expect(hosts.mesh.outages.size).toBe(0);
  });

  it('is LeftBehind where its controller takes nothing back, and says what to do', async () => {
    hosts.mesh.isAlive = false;
    const { outcome, reason } = await play();
    expect(outcome).toBe('LeftBehind');
    expect(reason).toMatch(/PodChaos \S+ was deleted, is Injected, and waits for its controller/);
    expect(reason).toContain('only then take the finalizers off');
  });

  it('is refused with every reason, and nothing is injected', async () => {
    Object.assign(hosts.mesh, {
      pods: [
        meshPod('a'),
        meshPod('b', { replaced: ['chaos-mesh-x-pod-failure-web-normal-image'] }),
      ],
      objects: [
        {
          ...{ kind: 'NetworkChaos', namespace: 'other', name: 'slow', namespaces: [hosts.name] },
          ...{ isDeleting: true, isPaused: false, desired: 'Stop', phases: ['Not Injected/Wait'] },
        },
      ],
      rehearsal: 'failed calling webhook: connection refused',
    });
    const refusal = await (await start()).refusal();
    expect(refusal).toContain(`${hosts.name}/b: Chaos Mesh has replaced its images before`);
    expect(refusal).toContain('NetworkChaos other/slow of Chaos Mesh was deleted, and is still');
    expect(refusal).toContain('would not take an outage: failed calling webhook');
    expect(hosts.mesh.acts).toEqual([]);
  });

  it.each<[string, (mesh: ScriptedMesh) => void, string]>([
    [
      'a fault of somebody else begins',
      (mesh) =>
        mesh.objects.push({
          ...{ kind: 'PodChaos', namespace: hosts.name, name: 'theirs', namespaces: [hosts.name] },
          ...{ isDeleting: false, isPaused: false, desired: 'Run', phases: ['Injected'] },
        }),
      'PodChaos .+/theirs of Chaos Mesh is not over',
    ],
    [
      'their author allows it no more',
      (mesh) => {
        mesh.pods = mesh.pods.map((pod) => ({ ...pod, labels: { app: 'web' } }));
      },
      'its label belay.dev/chaos is not allowed',
    ],
  ])('is not let go where, after it was examined, %s', async (_, change, why) => {
    hosts.mesh.onChosen = () => change(hosts.mesh);
    const { outcome, reason } = await play();
    expect(outcome).toBe('NotInjected');
    expect(reason).toMatch(new RegExp(why, 'u'));
    expect(hosts.mesh.acts.filter((act) => act.startsWith('inject'))).toEqual([]);
  });

  it('is one at a time of the pods of a controller, and leaves no claim on it', async () => {
    const { claims } = hosts.mesh;
    const theirs = 'run-of-prod/6 until 2999-01-01T00:00:00.000Z';
    claims.written.set('uid-of-web', theirs);
    expect(await (await start()).refusal()).toContain('run run-of-prod hits pods of ReplicaSet');
    claims.written.clear();
    hosts.mesh.onChosen = () => expect(claims.written.size).toBe(1);
    expect(await play()).toMatchObject({ outcome: 'Passed' });
    expect(claims.written.size).toBe(0);
  });

  it('is refused where Chaos Mesh is not there, or the worker may not ask it', async () => {
    hosts.mesh.kinds = [];
    hosts.mesh.lacks = ['create podchaos', 'patch pods'];
    const refusal = await (await start()).refusal();
    expect(refusal).toContain('Chaos Mesh is not installed there');
    expect(refusal).toContain('may not create podchaos (namespace)');
    expect(refusal).toContain('may not patch pods (namespace)');
  });
});
