import type { CampaignStatus } from '../../contracts/chaos/campaign-details.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { describeScore } from '../../render/chaos/campaign-view.ts';
import { formatMoment, type Page } from './page.ts';
import { titled } from './sections.ts';
import { renderTable } from './table.ts';

/** How far an open campaign has come, what is under way, and what follows. */
export function renderCampaign({ campaign, subject }: CampaignStatus, page: Page): string[] {
  if (campaign === undefined) return [];
  const { planned, ended, score, underWay, next } = campaign;
  const { paint } = page;
  const outcomes = Object.entries(ended).map(([outcome, count]) => `${count} ${outcome}`);
  const over = Object.values(ended).reduce((sum, count) => sum + count, 0);
  const rows = [
    ['ended', [`${over} of ${planned}`, ...outcomes].join(', ')],
    ['score so far', describeScore(score)],
    ...(underWay === undefined ? [] : [['under way', statusOf(subject.environment, underWay)]]),
    ...(next === undefined
      ? []
      : [['next', `${next.experiment}, due ${formatMoment(next.dueAtMs, page)}`]]),
  ];
  const lines = renderTable(rows, { indent: 4 });
  return titled('Campaign', lines, paint);
}

/** The experiment, and how to see where it stands. */
function statusOf(environment: string, name: string): string {
  const workflowId = workflowIdOf(chaosKinds.chaosExperiment, { environment, name });
  return `${name}: belay status ${workflowId}`;
}
