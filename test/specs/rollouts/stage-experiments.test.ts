import { describe, expect, it } from 'vitest';
import { resolveAnySpec } from '../../../src/specs/rollouts/resolve.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';
import { stagesOf } from '../../../src/policies/rollouts/plan.ts';

const experiment = {
  target: { agents: ['web-1', 'web-2'], process: 'web' },
  fault: { type: 'freeze' },
  duration: '30s',
  hypothesis: { answers: { errorsOf: { agent: 'outside', probe: 'web' }, atMost: '5%' } },
  stopConditions: 'none',
};

const local = {
  ...{ service: 'shop', environment: 'demo', target: { platform: 'local' }, replicas: 2 },
  release: { version: 'v2', command: ['serve'] },
};
const onKubernetes = {
  ...{ service: 'shop', environment: 'demo', release: { image: 'shop:v2' } },
  target: { platform: 'kubernetes', namespace: 'shops', context: 'west' },
};
const ofPods = {
  ...experiment,
  target: { pods: { labels: { app: 'shop', 'belay.dev/track': 'canary' } } },
  fault: { type: 'crash' },
};

const canary = (...given: object[]) => ({
  ...{ kind: 'canary', ...local },
  stages: given.map((each, index) => ({
    ...{ weight: 20 * (index + 1), hold: '10m', experiment: each },
  })),
});

function problemsOf(spec: object): Record<string, string> {
  const read = resolveAnySpec(spec);
  const problems = read.ok ? [] : read.problems;
  return Object.fromEntries(problems.map(({ path, message }) => [path, message]));
}

function experimentsOf(spec: object) {
  const read = resolveAnySpec(spec);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  if (read.spec.kind === 'rollback') throw new Error('a rollback has no stages');
  return stagesOf(read.spec).map((stage) => stage.experiment);
}

describe('the experiment of a stage', () => {
  it('is the environment’s and the service’s of its rollout, where it says nothing else', () => {
    const [found] = experimentsOf(canary(experiment));
    expect(found).toMatchObject({
      ...{ environment: 'demo', experiment: 'shop-rollout', fault: 'freeze' },
      ...{ steadyStateMs: 30_000, durationMs: 30_000 },
      written: { kind: 'chaosExperiment', environment: 'demo', services: ['shop'], ...experiment },
    });
    expect(resolveSpecOf('chaosExperiment', found?.written)).toMatchObject({ ok: true });
  });

  it('may be named, may make other services suffer, and goes ahead in a freeze with its rollout', () => {
    const own = { ...experiment, experiment: 'shop-hangs', services: ['shop', 'cart'] };
    const override = { by: 'ana', why: 'checkout is down' };
    const [found] = experimentsOf({ ...canary(own), override });
    expect(found).toMatchObject({
      experiment: 'shop-hangs',
      written: { services: ['shop', 'cart'], override },
    });
  });

  it('hits pods of the namespace and the cluster of the rollout, where it names no others', () => {
    const stages = [{ weight: 50, hold: '10m', experiment: ofPods }];
    const [found] = experimentsOf({ kind: 'canary', ...onKubernetes, stages });
    const pods = { namespace: 'shops', context: 'west', labels: ofPods.target.pods.labels };
    expect(found?.written).toMatchObject({ target: { pods } });
  });

  it.each(['blueGreen', 'rolling', 'recreate'])('belongs beside the watch of a %s', (kind) => {
    const [found] = experimentsOf({ kind, ...onKubernetes, experiment: ofPods });
    expect(found).toMatchObject({ experiment: 'shop-rollout', fault: 'crash' });
  });

  it('may be on two tracks of another service', () => {
    const tracks = { service: 'cart', share: '10%', mostRequests: 100 };
    const [found] = experimentsOf(
      canary({
        ...experiment,
        ...{ target: { tracks }, fault: { type: 'latency', delay: '100ms' } },
        hypothesis: { quick: { slowAgainstControl: { than: '1s' } } },
      }),
    );
    expect(found?.written).toMatchObject({ services: ['shop', 'cart'] });
  });

  it('is refused with every problem of it, each where it is written', () => {
    const wrong = {
      ...{ ...experiment, kind: 'chaosExperiment', environment: 'prod', dryRun: true },
      ...{ services: ['cart'], fault: { type: 'melt' }, colour: 'red', hypothesis: undefined },
    };
    expect(problemsOf(canary(wrong))).toEqual({
      'stages[0].experiment.kind': 'leave it out: it is a chaosExperiment',
      'stages[0].experiment.environment': 'leave it out: it is that of the rollout',
      'stages[0].experiment.dryRun': expect.stringContaining('belay chaos preview') as string,
      'stages[0].experiment.services':
        'does not have shop, which the rollout changes; write it there, too',
      'stages[0].experiment.colour': expect.stringContaining('unknown key') as string,
      'stages[0].experiment.fault.type': expect.stringContaining('"melt"') as string,
      'stages[0].experiment.hypothesis': expect.stringContaining('missing') as string,
    });
  });

  it('is refused on tracks of the service itself, with what to do instead', () => {
    const tracks = { service: 'shop', share: '10%', mostRequests: 100 };
    const asked = {
      ...{ ...experiment, target: { tracks }, fault: { type: 'latency', delay: '100ms' } },
      hypothesis: { quick: { slowAgainstControl: { than: '1s' } } },
    };
    expect(problemsOf(canary(asked))).toEqual({
      'stages[0].experiment.target.tracks':
        'are of stable, and there are none of shop while a rollout of it is open; write target.agents with ' +
        'process or host: true, or make this experiment before the rollout: belay chaos run',
    });
  });

  it('needs a name of its own where an earlier stage has one', () => {
    expect(problemsOf(canary(experiment, experiment))).toEqual({
      'stages[1].experiment.experiment':
        'shop-rollout is that of an earlier stage, too; write another one',
    });
    expect(problemsOf(canary(experiment, { ...experiment, experiment: 'shop-hangs' }))).toEqual({});
  });

  it('is refused where a canary has it beside its stages, or is no mapping', () => {
    expect(problemsOf({ kind: 'canary', ...local, experiment })).toMatchObject({
      experiment: expect.stringContaining('belongs in a stage') as string,
    });
    expect(problemsOf(canary('freeze' as never))).toMatchObject({
      'stages[0].experiment': expect.stringContaining('write the keys of an experiment') as string,
    });
  });

  it('says nothing of the rollout’s own mistakes twice', () => {
    expect(Object.keys(problemsOf({ ...canary(experiment), service: 'Shop' }))).toEqual([
      'service',
    ]);
  });
});
