import { describe, expect, it } from 'vitest';
import { refusedBy, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { scriptedPod } from '../../fixtures/scripted-pods.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { start, play } = useScriptedChaos(
  (ofTest) => {
    hosts = ofTest;
    hosts.pods = ['a', 'b', 'c', 'd'].map((name) => scriptedPod(name));
  },
  ({ name }) => ({
    target: { pods: { namespace: name, labels: { app: 'web' } } },
    fault: { type: 'crash' },
  }),
);

describe('an experiment that crashes pods', () => {
  it('hits as many as it may, sees that they died, and that others are ready in their place', async () => {
    const report = await play({ blastRadius: { percent: '50%' } });
    expect(report).toMatchObject({ outcome: 'Passed', undo: [] });
    const { candidates, targets, leftBehind } = report.details;
    expect([candidates, targets.length, leftBehind]).toEqual([4, 2, []]);
    const names = targets.map((target) => ('pod' in target ? target.pod.name : ''));
    expect(hosts.acts.slice(0, 2)).toEqual(names.map((name) => `crashPod ${name}`));
    // They are removed side by side.
    expect(hosts.acts.slice(2).toSorted()).toEqual(
      names.map((name) => `sparePod ${name}`).toSorted(),
    );
    expect(report.steps?.map(({ name }) => name)).toContain(
      `inject crash on ${hosts.name}/${names[0]}`,
    );
  });

  it('names the pods in a preview, and hits none', async () => {
    const { outcome, reason } = await play({ dryRun: true });
    expect(outcome).toBe('Planned');
    expect(reason).toMatch(new RegExp(`^crash would be injected: ${hosts.name}/[abcd]$`));
    expect(hosts.acts).toEqual([]);
  });

  it('is refused with every reason, where one of them must not be hit', async () => {
    hosts.pods = [scriptedPod('a'), scriptedPod('b', { labels: { app: 'web' } })];
    expect(await (await start()).refusal()).toBe(
      `nothing was injected anywhere: ${hosts.name}/b: its label belay.dev/chaos is not allowed`,
    );
    expect(hosts.acts).toEqual([]);
  });

  it('is NotInjected where the API server said yes, and the pod goes on', async () => {
    for (const { name } of hosts.pods) hosts.script('crashPod', name, () => {});
    const { outcome, reason } = await play();
    expect(outcome).toBe('NotInjected');
    expect(reason).toContain('it is not ending, 1 containers run');
  });

  it('is NotInjected where the pod was gone before', async () => {
    for (const { name } of hosts.pods) {
      hosts.script('crashPod', name, refusedBy(name, 'it ended by itself before it was hit'));
    }
    expect(await play()).toMatchObject({ outcome: 'NotInjected' });
  });

  it('is Inconclusive where its controller is gone with all of its pods: nothing can recover', async () => {
    for (const { name } of hosts.pods) {
      hosts.script('crashPod', name, () => {
        hosts.pods = [];
      });
    }
    const { outcome, reason } = await play();
    expect(outcome).toBe('Inconclusive');
    expect(reason).toContain('ReplicaSet web-5d9c is gone, or wants no pods any more');
  });

  it('Failed where nothing takes the place of the pod in its time', async () => {
    for (const { name, uid } of hosts.pods) {
      hosts.script('crashPod', name, () => {
        hosts.pods = hosts.pods.map((each) =>
          each.uid === uid ? scriptedPod('again', { isReady: false }) : each,
        );
      });
    }
    expect(await play({ recoverWithin: '20s' })).toMatchObject({ outcome: 'Failed' });
  });
});
