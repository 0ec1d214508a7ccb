import type { ChangeControlState, Freeze, Permit } from '../../contracts/kernel/change-control.ts';
import {
  describeTerm,
  frozenSubject,
  utcMinute,
} from '../../policies/kernel/change-control/describe-freeze.ts';

/** The Web UI is no place for a thousand rows. */
const mostRows = 20;
const shownRecords = 5;

/** Freezes, permits and the safety lever as Markdown for the Temporal Web UI, a few KB at most. */
export function renderChangeControl(state: ChangeControlState): string {
  const { environment, lever, freezes, permits, records } = state;
  return [
    `### Change control of ${environment}`,
    lever === undefined
      ? ''
      : `**The safety lever is engaged** by ${lever.by} since ${utcMinute(lever.sinceMs)}: ${lever.why}`,
    table('Freezes', 'Nothing is frozen.', ['', 'What', 'When', 'Who', 'Why'], freezes, (freeze) =>
      freezeRow(environment, freeze),
    ),
    table('Permits', 'No run holds a permit.', ['Run', 'Kind', 'Since'], permits, permitRow),
    ...(records.length === 0
      ? []
      : [
          [
            '**Last**',
            ...records
              .slice(-shownRecords)
              .map(({ atMs, text }) => `- ${utcMinute(atMs)}: ${inLine(text)}`),
          ].join('\n'),
        ]),
    `In a terminal: \`belay freezes ${environment}\`.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function freezeRow(environment: string, freeze: Freeze): string[] {
  const { id, by, why } = freeze;
  return [String(id), frozenSubject(environment, freeze), describeTerm(freeze), by, why];
}

function permitRow({ workflowId, kind, sinceMs }: Permit): string[] {
  return [workflowId, kind, utcMinute(sinceMs)];
}

function table<T>(
  title: string,
  whenEmpty: string,
  heading: string[],
  items: readonly T[],
  cells: (item: T) => string[],
): string {
  if (items.length === 0) return whenEmpty;
  const more = items.length - mostRows;
  return [
    `**${title}: ${items.length}**`,
    '',
    row(heading),
    row(heading.map(() => ':--')),
    ...items.slice(0, mostRows).map((item) => row(cells(item))),
    ...(more > 0 ? [row([`and ${more} more`, ...heading.slice(1).map(() => '')])] : []),
  ].join('\n');
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => inLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

function inLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
