import type { CampaignDetails, CampaignStatus } from '../../contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../contracts/chaos/details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { renderCampaignHtml } from '../../render/chaos/html/render-campaign-html.ts';
import { renderExperimentHtml } from '../../render/chaos/html/render-experiment-html.ts';
import { renderCampaignReport } from '../../render/chaos/render-campaign-report.ts';
import { renderExperimentReport } from '../../render/chaos/render-experiment-report.ts';
import { renderCampaign } from '../render/campaign-progress.ts';
import { createAnyFamily } from './any-family.ts';
import type { FamilyCommands } from './family-commands.ts';

/** Reports say what was asked, measured and become of the fault, and an open campaign what is next. */
export function createChaosFamily(kinds: readonly AnyKind[]): FamilyCommands {
  return createAnyFamily(kinds, {
    terminal: (run, page) => ('campaign' in run ? renderCampaign(run as CampaignStatus, page) : []),
    markdown: (report) =>
      isCampaign(report)
        ? renderCampaignReport(report)
        : renderExperimentReport(report as RunReport<ExperimentDetails>),
    html: (report) =>
      isCampaign(report)
        ? renderCampaignHtml(report)
        : renderExperimentHtml(report as RunReport<ExperimentDetails>),
  });
}

function isCampaign(report: RunReport): report is RunReport<CampaignDetails> {
  return report.kind === chaosKinds.chaosCampaign.kind;
}
