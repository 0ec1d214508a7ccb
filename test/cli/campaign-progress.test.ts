import { expect, it } from 'vitest';
import { renderCampaign } from '../../src/cli/render/campaign-progress.ts';
import type {
  CampaignProgress,
  CampaignStatus,
} from '../../src/contracts/chaos/campaign-details.ts';
import { noon, page } from './rollout-examples.ts';

const campaign: CampaignProgress = {
  ...{ planned: 5, ended: { Passed: 2, Missed: 1 } },
  score: { passed: 0.4, failed: 0, unknown: 0.6 },
  ...{ underWay: 'web-freezes', next: { experiment: 'web-crashes', dueAtMs: noon } },
};
const status = { subject: { environment: 'staging', name: 'daily' } } as CampaignStatus;

it('an open campaign says how far it is, what is under way and what is next', () => {
  expect(renderCampaign({ ...status, campaign }, page).map((line) => line.trim())).toEqual([
    'Campaign',
    'ended         3 of 5, 2 Passed, 1 Missed',
    'score so far  40% passed, 0% failed, 60% unknown',
    'under way     web-freezes: belay status chaos/staging/web-freezes',
    expect.stringMatching(/^next {10}web-crashes, due .*12:00:00$/) as string,
  ]);
});

it('has nothing to say before the spec of the campaign is read', () => {
  expect(renderCampaign(status, page)).toEqual([]);
});
