import { expect, it } from 'vitest';
import { chaosExperimentSchema } from '../../../src/specs/chaos/experiment.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const pods = (means?: string) => ({
  pods: { namespace: 'shop', labels: { app: 'web' }, ...(means !== undefined && { means }) },
});

const resolve = (target: object, fault: object) =>
  resolveAgainst(chaosExperimentSchema, {
    ...{ environment: 'staging', experiment: 'web-pod-down', services: ['web'], duration: '30s' },
    ...{ target, fault, stopConditions: 'none' },
    hypothesis: { answers: { errorsOf: { agent: 'outside', probe: 'web' } } },
  });

it('an outage is of pods that Chaos Mesh hits', () => {
  const target = pods('chaosMesh');
  expect(resolve(target, { type: 'outage' })).toMatchObject({
    ...{ ok: true, spec: { target, fault: { type: 'outage' } } },
  });
});

it.each([
  ['an outage by Kubernetes', pods(), 'outage', 'write target.pods.means: chaosMesh'],
  ['an outage by Kubernetes, named', pods('kubernetes'), 'outage', 'is done by Chaos Mesh'],
  ['a crash by Chaos Mesh', pods('chaosMesh'), 'crash', 'leave target.pods.means out'],
  ['dns by Chaos Mesh', pods('chaosMesh'), 'dns', 'with an agent beside the pods'],
  ['an outage of hosts', { agents: ['a', 'b'], host: true }, 'outage', 'write target.pods with'],
  ['means that there are not', pods('litmus'), 'outage', 'target.pods.means: '],
])('%s is refused', (_, target, type, said) => {
  const resolved = resolve(target, { type });
  const problems = resolved.ok ? [] : resolved.problems;
  const all = problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
  expect(all).toContain(said);
});
