import { describe, expect, it } from 'vitest';
import { chaosExperimentSchema } from '../../../src/specs/chaos/experiment.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const tracks = { service: 'shop', share: '10%', mostRequests: 500 };

const minimal = {
  ...{ kind: 'chaosExperiment', environment: 'demo', experiment: 'shop-slow' },
  services: ['shop'],
  target: { tracks },
  fault: { type: 'latency', delay: '200ms' },
  duration: '30s',
  hypothesis: { quick: { slowAgainstControl: { than: '500ms' } } },
  stopConditions: 'none',
};

const resolve = (more: object = {}) =>
  resolveAgainst(chaosExperimentSchema, { ...minimal, ...more });

const problems = (more: object) => {
  const resolved = resolve(more);
  if (resolved.ok) throw new Error('it was accepted');
  return resolved.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('an experiment on one of two tracks', () => {
  it('compares with the control as rollouts compare, where nothing else is written', () => {
    const test = { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 };
    expect(
      resolve({ hypothesis: { ...minimal.hypothesis, good: { failedAgainstControl: {} } } }),
    ).toMatchObject({
      ok: true,
      spec: {
        target: { tracks: { service: 'shop', share: 0.1, mostRequests: 500, replicas: 1 } },
        hypothesis: [
          { source: { of: 'slow', thanMs: 500, test }, limits: { atMost: 0.01 } },
          { source: { of: 'failed', test }, limits: { atMost: 0.01 } },
        ],
      },
    });
  });

  it('stops at a share of the requests of the experiment track', () => {
    const stopConditions = [{ metric: 'quick', above: '50%' }];
    expect(resolve({ stopConditions })).toMatchObject({
      spec: { stopConditions: [{ metric: 'quick', above: 0.5 }] },
    });
  });

  it('may be of a Service of Kubernetes, which is called as the service where nothing else is written', () => {
    const kubernetes = { namespace: 'web' };
    expect(resolve({ target: { tracks: { ...tracks, kubernetes } } })).toMatchObject({
      ok: true,
      spec: { target: { tracks: { kubernetes: { namespace: 'web', service: 'shop' } } } },
    });
    const named = { ...kubernetes, service: 'shop-web', context: 'east' };
    expect(resolve({ target: { tracks: { ...tracks, kubernetes: named } } })).toMatchObject({
      spec: { target: { tracks: { kubernetes: named } } },
    });
  });

  it.each<[string, object, string[]]>([
    [
      'on Kubernetes with replicas, in a namespace of the cluster itself',
      { target: { tracks: { ...tracks, replicas: 2, kubernetes: { namespace: 'kube-system' } } } },
      [
        'target.tracks.kubernetes.namespace: kube-system is never hit: what runs there keeps the cluster itself going',
        'target.tracks.replicas: is of the local platform; leave it out: on Kubernetes the pods of stable answer both tracks',
      ],
    ],
    [
      'on Kubernetes with a fault of a process',
      {
        target: { tracks: { ...tracks, kubernetes: { namespace: 'web' } } },
        fault: { type: 'crash' },
      },
      [
        'fault.type: crash is not done to tracks on Kubernetes; write latency or error, or target.pods',
      ],
    ],
    [
      'on Kubernetes whose pods would be named too seldom',
      {
        target: { tracks: { ...tracks, kubernetes: { namespace: 'web' } } },
        ...{ every: '30s', duration: '10m', steadyState: '10m' },
      },
      ['every: 30s is too seldom for tracks on Kubernetes; at most 10s'],
    ],
    [
      'without a budget',
      { target: { tracks: { service: 'shop', share: '60%' } } },
      [
        'target.tracks.share: "60%" is not accepted; write a percentage from 0.1% to 50%',
        'target.tracks.mostRequests: missing; write a whole number from 1 to 10000000',
      ],
    ],
    [
      'beside hosts, and with pods',
      { target: { tracks, agents: ['web-1'], host: true } },
      [
        'target.agents: is of hosts; leave it out beside tracks',
        'target.host: is of hosts; leave it out beside tracks',
      ],
    ],
    [
      'with a fault that a router cannot inject',
      { fault: { type: 'loss', intensity: 0.5 } },
      [
        'fault.type: loss is not done to tracks; write latency, error, crash or freeze, or target.agents with an agent of the host',
      ],
    ],
    [
      'with a delay that nobody sees in time',
      { fault: { type: 'latency', delay: '4s', jitter: '2s' } },
      ['fault.delay: 6s is too long to be seen in time; at most 5s with tracks, jitter included'],
    ],
    [
      'with a hypothesis that compares nothing, of a service that is not listed',
      {
        hypothesis: { answers: { errorsOf: { agent: 'local', probe: 'shop' } } },
        services: ['cart'],
      },
      [
        'hypothesis: compares nothing with the control; write a metric with failedAgainstControl or slowAgainstControl',
        'services: does not have shop, of which tracks are; write it there, too',
      ],
    ],
    [
      'with a radius, which is not of tracks',
      { blastRadius: { percent: '50%' }, mostOfTarget: '5%' },
      [
        'blastRadius: is not of tracks: one of both is hit; leave it out, and write tracks.share',
        'target.tracks.share: is more than mostOfTarget',
      ],
    ],
    [
      'and a comparison is without tracks',
      { target: { agents: ['web-1', 'web-2'], network: 'web' } },
      ['hypothesis.quick: compares two tracks, and there are none; write target.tracks'],
    ],
  ])('is refused %s', (_, more, expected) => {
    expect(problems(more).toSorted()).toEqual(expected.toSorted());
  });
});
