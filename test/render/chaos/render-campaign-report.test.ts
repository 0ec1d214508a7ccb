import { describe, expect, it } from 'vitest';
import { renderCampaignReport } from '../../../src/render/chaos/render-campaign-report.ts';
import { campaignReport } from '../../fixtures/chaos-reports.ts';

const report = (...changes: Parameters<typeof campaignReport>) =>
  renderCampaignReport(campaignReport(...changes)).join('\n\n');

describe('the report of a campaign', () => {
  it('says what was asked, the score, and what became of each experiment at each of its times', async () => {
    await expect(report()).toMatchFileSnapshot('./golden/campaign.md');
  });

  it('counts nothing as missed or skipped where everything was run', () => {
    const { rows } = campaignReport().details;
    const text = report({ planned: 1, rows: rows.slice(0, 1) });
    expect(text).toContain('- Run: 1 of 1\n');
  });

  it('shows its rows where the spec cannot be read', () => {
    const text = report({}, { spec: undefined });
    expect(text).not.toContain('What was asked');
    expect(text).toContain('- Score: 20% passed, 20% failed, 60% unknown');
  });
});
