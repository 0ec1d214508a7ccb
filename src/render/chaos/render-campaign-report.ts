import { inCell } from '../kernel/markdown.ts';
import {
  campaignFacts,
  plannedRows,
  plannedTitles,
  scoreFacts,
  turnRows,
  type KnownCampaign,
} from './campaign-view.ts';
import type { Fact } from './experiment-view.ts';
import { markdownTable } from './markdown-table.ts';

const titles = ['due', 'began', 'experiment', 'fault', 'outcome', 'recovered after', 'why', 'run'];

/** What the report of a campaign says beyond its steps, as sections of Markdown. */
export function renderCampaignReport(known: KnownCampaign): string[] {
  const asked = plannedRows(known);
  const turns = turnRows(known).map(
    ({ due, began, experiment, fault, outcome, recovered, reason, run }) => [
      ...[due, began, experiment, fault, outcome, recovered, reason, run],
    ],
  );
  return [
    ...(asked.length === 0
      ? []
      : [
          [
            ...['## What was asked', ''],
            ...factLines(campaignFacts(known)),
            ...['', ...markdownTable(plannedTitles, asked)],
          ].join('\n'),
        ]),
    [
      ...['## Experiments', ''],
      ...factLines(scoreFacts(known)),
      ...(turns.length === 0 ? [] : ['', ...markdownTable(titles, turns)]),
    ].join('\n'),
  ];
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.map(([name, value]) => `- ${name}: ${inCell(value)}`);
}
