import type { Quantiles } from '../measures/quantiles.ts';
import { ms, print, printTable, seconds } from '../report/tell.ts';
import type { HaltFigures } from './halts/measure-halts.ts';
import type { KillFigures } from './kills/measure-kills.ts';
import type { ChaosFigures } from './measure-chaos.ts';
import { mostHaltMs, mostLateMs, mostOfBound } from './targets.ts';
import type { AlikeFigures } from './tracks/measure-alike.ts';
import type { LatencyFigures } from './tracks/measure-latency.ts';
import type { Verdict } from './verdicts/measure-planted.ts';

export function showChaos(figures: ChaosFigures): void {
  const { alike, latency, planted, unrecovered, halts, kills } = figures;
  if (alike) showAlike(alike);
  if (latency) showLatency(latency);
  if (planted) showVerdicts('Injectors that did nothing', planted, 'NotInjected');
  if (unrecovered) showVerdicts('Targets that never recover', unrecovered, 'Failed');
  if (halts) showHalts(halts);
  if (kills) showKills(kills);
}

function showAlike(alike: readonly AlikeFigures[]): void {
  print('Simulated experiments whose fault changes nothing that is judged, with alpha 1 %:');
  printTable([
    ['slow requests of both tracks', 'runs', 'Failed', 'target', 'Inconclusive', 'Passed'],
    ...alike.map(({ slow, runs, mostFailed, verdicts: { Failed, Inconclusive, Passed } }) => [
      percent(slow),
      ...[runs, Failed, mostFailed, Inconclusive, Passed].map(String),
    ]),
  ]);
}

function showLatency(latency: readonly LatencyFigures[]): void {
  print('Simulated: requests of the experiment until a delay is told from the control:');
  printTable([
    ['what', 'slow in control', 'requests', 'seconds', "of Wald's bound", 'target'],
    ...latency.map(({ what, control, requestsPerSecond, requests: { mean }, wald, hasTarget }) => [
      what,
      ...[percent(control), mean.toFixed(0), (mean / requestsPerSecond).toFixed(1)],
      ...[(mean / wald).toFixed(2), hasTarget ? String(mostOfBound) : ''],
    ]),
  ]);
}

function showVerdicts(title: string, verdicts: readonly Verdict[], expected: string): void {
  const right = verdicts.filter(({ outcome }) => outcome === expected).length;
  print(`${title}: ${right} of ${verdicts.length} ended as ${expected}.`);
  printTable([['what', 'verdict'], ...verdicts.map(({ what, outcome }) => [what, outcome])]);
}

function showHalts({ open, requestsPerSecond, halt, lever, requests }: HaltFigures): void {
  print(`From sending it until the last of the requests that the fault disturbed, in ms, with`);
  print(`${open} experiments open; the agents of all but one are played by the benchmark:`);
  const row = (what: string, { count, p50, p99, max }: Quantiles) => [
    what,
    ...[String(count), ms(p50), ms(p99), ms(max), String(mostHaltMs)],
  ];
  printTable([
    ['ended by', 'times', 'p50', 'p99', 'max', 'target p99'],
    row('halt', halt),
    row('lever', lever),
  ]);
  print(
    `${requests.sent} requests at ${requestsPerSecond} a second, ${requests.disturbed} disturbed`,
  );
}

function showKills(kills: readonly KillFigures[]): void {
  print('When each fault was gone, in seconds after the end of its lease (negative: before), the');
  print('later of a kill while it was being injected and of one while it was there:');
  const faults = [...new Set(kills.map(({ fault }) => fault))];
  const killed = [...new Set(kills.map((each) => each.killed))];
  printTable([
    ['SIGKILL of', ...killed],
    ...faults.map((fault) => [
      fault,
      ...killed.map((victim) =>
        latest(kills.filter((each) => each.fault === fault && each.killed === victim)),
      ),
    ]),
  ]);
  const left = kills.filter((each) => each.left !== undefined).length;
  print(
    `${left} of ${kills.length} left something; target: 0, ${seconds(mostLateMs)} s after its lease`,
  );
}

function latest(kills: readonly KillFigures[]): string {
  if (kills.some(({ left }) => left !== undefined)) return 'LEFT';
  const late = kills.flatMap(({ lateMs }) => lateMs ?? []);
  return late.length === 0 ? 'with the kill' : seconds(Math.max(...late));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
