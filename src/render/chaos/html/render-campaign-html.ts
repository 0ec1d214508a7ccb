import { htmlFacts, htmlSection } from '../../kernel/html/html-page.ts';
import { htmlTable } from '../../kernel/html/html-table.ts';
import {
  campaignFacts,
  plannedRows,
  scoreFacts,
  turnRows,
  type KnownCampaign,
} from '../campaign-view.ts';

/** The same sections as HTML. */
export function renderCampaignHtml(known: KnownCampaign): string[] {
  const asked = plannedRows(known);
  return [
    htmlSection(
      'What was asked',
      asked.length > 0 && htmlFacts(campaignFacts(known)) + renderPlanned(asked),
    ),
    htmlSection('Experiments', htmlFacts(scoreFacts(known)) + renderTurns(known)),
  ];
}

function renderPlanned(rows: readonly (readonly string[])[]): string {
  return htmlTable(
    [
      { title: 'Experiment' },
      { title: 'Fault' },
      { title: 'Target', set: 'wide' },
      { title: 'Again' },
      { title: 'Weight', set: 'number' },
    ],
    rows,
  );
}

function renderTurns(known: KnownCampaign): string {
  const rows = turnRows(known);
  if (rows.length === 0) return '';
  return htmlTable(
    [
      { title: 'Due', set: 'fixed' },
      { title: 'Began', set: 'fixed' },
      { title: 'Experiment' },
      { title: 'Fault' },
      { title: 'Outcome' },
      { title: 'Recovered after', set: 'number' },
      { title: 'Why', set: 'wide' },
      { title: 'Run', set: 'fixed' },
    ],
    rows.map(({ due, began, experiment, fault, outcome, tone, recovered, reason, run }) => [
      ...[due, began, experiment, fault],
      { text: outcome, tone },
      ...[recovered, reason, run],
    ]),
  );
}
