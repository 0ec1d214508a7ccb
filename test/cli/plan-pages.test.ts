import { describe, expect, it } from 'vitest';
import { noPaint } from '../../src/cli/render/page.ts';
import { renderPlanPage } from '../../src/cli/render/plan-page.ts';
import { resolveAnySpec } from '../../src/specs/rollouts/resolve.ts';

const settings = {
  blindTimeMs: 30_000,
  actTimeoutMs: 1,
  actBudgetMs: 1,
  undoBudgetMs: 1,
  unwatchedLimitMs: 1,
  retryIntervalMs: 1,
};

const onKubernetes = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'kubernetes', namespace: 'shop' },
  release: { image: 'shop:v2' },
};

function planOf(written: object): string {
  const resolution = resolveAnySpec({ ...onKubernetes, ...written });
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  if (resolution.spec.kind === 'rollback') throw new Error('a rollback has no plan');
  return renderPlanPage(resolution.spec, settings, noPaint);
}

describe('the plan of a deployment', () => {
  it.each([
    ['canary-kubernetes', { kind: 'canary' }],
    [
      'blue-green',
      { kind: 'blueGreen', approval: { by: ['ana', 'bo'], timeout: '4h' }, watch: '10m' },
    ],
    ['rolling', { kind: 'rolling' }],
    ['recreate', { kind: 'recreate', watch: 0, analysis: 'none' }],
  ])('%s says what is done, in its order, before it is done', async (name, written) => {
    await expect(planOf(written)).toMatchFileSnapshot(`./golden/plan-${name}.txt`);
  });

  it('names the experiment of a stage, and where it is made', () => {
    const experiment = {
      target: { pods: { labels: { app: 'shop', 'belay.dev/track': 'canary' } } },
      ...{ fault: { type: 'crash' }, duration: '1m', stopConditions: 'none' },
      hypothesis: { answers: { errorsOf: { agent: 'outside', probe: 'shop' }, atMost: '1%' } },
    };
    const said = 'experiment shop-rollout (crash for 1m, after 30s of steady state)';
    const stages = [{ weight: 20, hold: '10m', experiment }];
    expect(planOf({ kind: 'canary', stages })).toContain(`then ${said}`);
    const steps = planOf({ kind: 'blueGreen', experiment });
    expect(steps).toMatch(/watch .*\n.*experiment .*crash for 1m.*all traffic back.*\n.*keep /);
    expect(planOf({ kind: 'rolling', experiment })).toContain('crash for 1m');
  });

  it('leaves out what a blue-green deployment goes without', () => {
    const text = planOf({
      kind: 'blueGreen',
      smoke: [],
      warmUp: 'none',
      watch: 0,
      analysis: 'none',
      scaleDownDelay: 0,
    });
    expect(text.match(/^ +\d {2}\w+/gm)?.map((line) => line.trim())).toStrictEqual([
      '1  prepare',
      '2  switch',
      '3  commit',
    ]);
  });

  it.each([
    [{ router: { gatewayApi: { route: 'shop' } } }, 'by HTTPRoute shop, which has 3s to settle'],
    [
      { router: { nginx: { ingress: 'shop', settle: '10s' } } },
      'by Ingress shop, which has 10s to settle',
    ],
    [
      { router: { istio: { virtualService: 'shop' } } },
      'by VirtualService shop, which has 3s to settle',
    ],
    [{}, 'by replica ratio: the nearest split that the replicas allow'],
  ])('says what divides the traffic: %j', (changes, words) => {
    const target = { ...onKubernetes.target, ...changes };
    expect(planOf({ kind: 'canary', target })).toMatch(new RegExp(`Traffic +${words}\n`));
  });

  it('says that two declared colours stay', () => {
    const colours = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };
    const text = planOf({ kind: 'blueGreen', target: { ...onKubernetes.target, colours } });
    expect(text).toContain('Deployments shop-blue and shop-green in namespace shop');
    expect(text).toContain('by the selector of Service shop');
    expect(text).toContain('green stays live; the other colour is scaled to 0 and kept');
  });
});
