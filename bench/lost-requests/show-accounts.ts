import { ms, print, printTable } from '../report/tell.ts';
import type { TrialAccount } from './account.ts';
import type { Connections } from './callers.ts';
import type { TrialPlan } from './plan.ts';

const heading = [
  'route, operation',
  'trials',
  'requests',
  'lost',
  'sent again',
  'canary answered',
  'bypassing the route before the commit point',
  'last response after the abort, new connections: median',
  'worst',
  'kept: median',
  'worst',
];

/** One row for each kind of trial. */
export function showAccounts(accounts: TrialAccount[]): void {
  const names = [...new Set(accounts.map(({ plan }) => nameOf(plan)))];
  const rows = names.map((name) =>
    row(
      name,
      accounts.filter(({ plan }) => nameOf(plan) === name),
    ),
  );
  print('Two clients for each address, one with a connection for each request. Times in ms.');
  printTable([heading, ...rows]);
  for (const { plan, requests, heldUpMs, slowProbes } of accounts) {
    const around = `clients delayed by ${heldUpMs} ms, ${slowProbes} late readiness probes`;
    for (const problem of requests.problems) print(`${nameOf(plan)} (${around}): ${problem}`);
  }
}

export function nameOf({ route, operation, killIn, preStop }: TrialPlan): string {
  const killed = killIn === undefined ? '' : `, worker killed in ${killIn}`;
  return `${route}, ${operation}${killed}${preStop ? '' : ', no preStop'}`;
}

function row(name: string, accounts: TrialAccount[]): string[] {
  const sum = (of: (account: TrialAccount) => number) =>
    String(accounts.reduce((all, account) => all + of(account), 0));
  const isRouted = accounts.some(({ leaked }) => leaked !== undefined);
  return [
    name,
    String(accounts.length),
    sum(({ requests }) => requests.sent),
    sum(({ requests }) => requests.lost),
    sum(({ requests: { repeated } }) => repeated.entrance + repeated.direct),
    sum(({ requests }) => requests.byVersion['v2'] ?? 0),
    isRouted ? sum(({ leaked = 0 }) => leaked) : '-',
    ...lastAnswers(accounts, 'new'),
    ...lastAnswers(accounts, 'kept'),
  ];
}

function lastAnswers(accounts: TrialAccount[], connections: Connections): [string, string] {
  const all = accounts
    .flatMap(({ lastAnswerMs }) => (lastAnswerMs ? [lastAnswerMs[connections]] : []))
    .sort((one, other) => one - other);
  const [median, worst] = [all[Math.floor((all.length - 1) / 2)], all.at(-1)];
  return median === undefined || worst === undefined ? ['-', '-'] : [ms(median), ms(worst)];
}
