import { describe, expect, it } from 'vitest';
import { chaosCampaignSchema } from '../../../src/specs/chaos/campaign.ts';
import type { ChaosCampaignSpec } from '../../../src/specs/chaos/campaign-spec.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';

const experiment = (name: string, more: object = {}) => ({
  ...{ experiment: name, services: ['web'] },
  target: { agents: ['web-1', 'web-2'], process: 'web' },
  ...{ fault: { type: 'freeze' }, duration: '30s' },
  hypothesis: { answers: { errorsOf: { agent: 'outside', probe: 'web' } } },
  ...{ stopConditions: 'none', ...more },
});

const campaign = (experiments: object[], more: object = {}) =>
  resolveAgainst(chaosCampaignSchema, {
    ...{ kind: 'chaosCampaign', environment: 'staging', campaign: 'weekly', experiments, ...more },
  });

const problems = (experiments: object[], more: object = {}) => {
  const resolved = campaign(experiments, more);
  if (resolved.ok) throw new Error('it was accepted');
  return resolved.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('the spec of a campaign', () => {
  it('gives its experiments its environment, and whatever is for all of them', () => {
    const override = { by: 'ana', why: 'agreed' };
    const resolved = campaign([{ spec: experiment('web-freezes') }], { override, dryRun: true });
    expect(resolved).toMatchObject({
      ok: true,
      spec: {
        ...{ pauseMs: 300_000, stopAfter: ['Failed', 'Aborted'] },
        experiments: [
          {
            weight: 1,
            experiment: { environment: 'staging', override, dryRun: true },
            written: { kind: 'chaosExperiment', environment: 'staging', override, dryRun: true },
          },
        ],
      },
    });
    const { written } = ((resolved.ok && resolved.spec) as ChaosCampaignSpec).experiments[0] ?? {};
    expect(written).toMatchObject(experiment('web-freezes'));
  });

  it('goes on after every verdict where it says none', () => {
    const resolved = campaign([{ spec: experiment('web-freezes') }], { stopAfter: 'none' });
    expect(resolved).toMatchObject({ ok: true, spec: { stopAfter: [] } });
  });

  it('lists every problem at once, those of its experiments among them', () => {
    expect(
      problems(
        [
          { spec: { ...experiment('one'), environment: 'prod', duration: '1s' } },
          { experiment: 'two' },
          { spec: 'three.yaml', repeatEvery: '1s' },
        ],
        { stopAfter: ['Broken'], pauses: '1m' },
      ),
    ).toEqual([
      'experiments[0].spec.environment: leave it out: it is that of the campaign',
      'experiments[0].spec.duration: 1s is too short for freeze; at least 2s',
      'experiments[1].spec: missing; write the keys of an experiment',
      'experiments[1].experiment: write its keys below spec',
      'experiments[2].spec: "three.yaml" is not accepted; write the keys of an experiment',
      'experiments[2].repeatEvery: "1s" is too short; at least 1m',
      'stopAfter[0]: "Broken" is not accepted; one of: Failed, Aborted, Inconclusive, NotInjected, Refused',
      expect.stringContaining('pauses: unknown key; did you mean "pause"?'),
    ]);
  });

  it('refuses names that are there twice, and repetitions that never end or do not fit', () => {
    const often = { spec: experiment('often'), repeatEvery: '5m' };
    expect(problems([often, { spec: experiment('often') }])).toEqual([
      'experiments[1].spec.experiment: often is there twice; each has a name of its own, and repeatEvery repeats one',
      'lasts: is missing; an experiment is repeated: write 24h',
      'experiments[0].repeatEvery: 5m is too short: with its steady state and the pause it takes 6m',
    ]);
    const every = (name: string) => ({ spec: experiment(name), repeatEvery: '10m' });
    expect(problems([every('one'), every('two')], { lasts: '24h' })).toEqual([
      'experiments: do not fit: those that are repeated take 120% of the time, with their pauses; repeat them less often',
    ]);
    const all = [{ spec: experiment('one'), repeatEvery: '6m' }];
    expect(problems(all, { lasts: '31d' })).toEqual([
      'experiments: take place 7440 times; at most 500: repeat them less often, or write a shorter lasts',
    ]);
    const late = [{ spec: experiment('one') }, { spec: experiment('two') }];
    expect(problems(late, { lasts: '5m' })).toEqual([
      'experiments[1]: two would never begin: those before it take all of lasts, 5m',
    ]);
  });
});
