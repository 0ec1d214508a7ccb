/** The rules that Sloth generates for an objective, and the monitor, on the same recorded series. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { judgeObjectives } from '../../activities/objectives/support/judge-objectives.ts';
import { MinuteBook } from '../../activities/objectives/support/minute-book.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { minuteMs } from '../../src/contracts/objectives/minute.ts';
import type { ViolationKind } from '../../src/contracts/objectives/violation.ts';
import { runBriefly } from '../../src/embedded/run-briefly.ts';
import { countMinutes, silentMinute } from '../../src/policies/objectives/count-minutes.ts';
import { monitorOf } from '../activities/objectives/monitor-world.ts';
import { readingAt } from '../fixtures/objective.ts';
import { providePromtool } from '../setup/provide-promtool.ts';

const promtool = await providePromtool(loadConfig().cache);
if (promtool === undefined) console.warn('no promtool: the rules of Sloth are not evaluated');

/** What Sloth has generated for an availability of 99.9 % over 30 days. */
const generated = new URL('sloth/getting-started.yml', import.meta.url);

interface Rule {
  alert?: string;
  labels?: Record<string, string>;
  annotations?: object;
}

const minutes = 13 * 60;
/** Each of them fails so many of a hundred requests, from one minute until another. */
const outages = [
  { from: 97, until: 101, percent: 60 },
  { from: 240, until: 420, percent: 1 },
  { from: 500, until: 503, percent: 100 },
  { from: 640, until: 760, percent: 4 },
];

/** What had been counted at the end of each minute: a thousand requests a minute. */
const counters = Array.from({ length: minutes + 1 }, (_, minute) => {
  const bad = outages.reduce((sum, { from, until, percent }) => {
    return sum + Math.max(0, Math.min(minute, until) - from) * percent * 10;
  }, 0);
  return { total: minute * 1_000, bad };
});

/** What is violated after each minute, as the monitor judges it. */
async function violatedBy(isMissing: (minute: number) => boolean): Promise<ViolationKind[][]> {
  const spec = monitorOf({ window: { of: 'rolling', lengthMs: 30 * 1_440 * minuteMs } });
  const book = new MinuteBook(0);
  const found: ViolationKind[][] = [[]];
  for (let minute = 1; minute <= minutes; minute++) {
    const [then, now] = [minute - 1, minute].map((at) => ({
      pod: { sinceMs: -1, total: counters[at]?.total ?? 0, bad: counters[at]?.bad ?? 0 },
    }));
    const counted = isMissing(minute)
      ? [silentMinute((minute - 1) * minuteMs, 'no samples')]
      : countMinutes(readingAt((minute - 1) * minuteMs, then ?? {}), {
          ...{ atMs: minute * minuteMs, counters: now ?? {} },
        });
    book.add('checkout', counted);
    const untilMs = minute * minuteMs;
    const pause = () => Promise.resolve();
    const { changed } = await judgeObjectives(spec, book, { untilMs, open: [], pause });
    found.push(changed.map(({ kind }) => kind));
  }
  return found;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-sloth-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(promtool === undefined)('a monitor', () => {
  test('opens burn rates in the same minutes as the rules that Sloth generates, where there are no gaps', async () => {
    const written = parse(await readFile(generated, 'utf8')) as { groups: { rules: Rule[] }[] };
    const rules = written.groups.flatMap((group) => group.rules);
    // What they say is no part of when they fire.
    for (const rule of rules) delete rule.annotations;
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify(written));
    const alerts = rules.filter(({ alert }) => alert !== undefined);
    const { sloth_window: _, ...recorded } = rules[0]?.labels ?? {};
    const severityOf = { 'burn-page': 'page', 'burn-ticket': 'ticket' } as const;
    const violated = await violatedBy(() => false);
    const series = (code: string, count: (at: { total: number; bad: number }) => number) => ({
      series: `http_request_duration_seconds_count{job="myservice",code="${code}"}`,
      values: counters.map((at) => count(at)).join(' '),
    });
    const tests = violated.flatMap((kinds, minute) =>
      minute < 10
        ? []
        : [
            {
              ...{ eval_time: `${minute}m`, alertname: 'MyServiceHighErrorRate' },
              exp_alerts: alerts
                .filter(({ labels }) =>
                  kinds.some(
                    (kind) =>
                      kind in severityOf &&
                      severityOf[kind as keyof typeof severityOf] === labels?.['sloth_severity'],
                  ),
                )
                .map(({ labels }) => ({ exp_labels: { ...recorded, ...labels } })),
            },
          ],
    );
    const file = join(folder, 'tests.yaml');
    await writeFile(
      file,
      JSON.stringify({
        rule_files: [join(folder, 'rules.yaml')],
        ...{ evaluation_interval: '1m' },
        tests: [
          {
            interval: '1m',
            input_series: [
              series('200', ({ total, bad }) => total - bad),
              series('500', ({ bad }) => bad),
            ],
            alert_rule_test: tests,
          },
        ],
      }),
    );
    // Or the comparison says little.
    const opened = (kind: ViolationKind) =>
      violated.filter((kinds, at) => kinds.includes(kind) && !violated[at - 1]?.includes(kind));
    expect(opened('burn-page').length).toBeGreaterThanOrEqual(2);
    expect(opened('burn-ticket').length).toBeGreaterThanOrEqual(1);
    const { ok, stdout, stderr } = await runBriefly(
      promtool ?? '',
      ['test', 'rules', file],
      240_000,
    );
    expect(ok, `${stdout}${stderr}`.slice(0, 4_000)).toBe(true);
  }, 300_000);

  test('says that it knows nothing where there is a gap, which those rules do not', async () => {
    const violated = await violatedBy((minute) => minute > 650 && minute <= 690);
    const silent = violated.flatMap((kinds, minute) => (kinds.includes('silent') ? [minute] : []));
    expect(silent).toEqual(Array.from({ length: 26 }, (_, index) => 665 + index));
    expect(violated.slice(670, 690).flat()).not.toContain('burn-page');
  });
});
