import { judgeSkips } from './allowed-skips.ts';
import type { TestSummary } from './summary-reporter.ts';

const slowestShown = 20;

interface SummaryPage {
  lines: string[];
  /** The number of skipped tests that are not allowed to be skipped. */
  refusedSkips: number;
}

/** The summary of a test run for people: slow files, skipped, retried and failed tests. */
export function summarize(
  { failed, retried, skipped, files }: TestSummary,
  platform: NodeJS.Platform = process.platform,
): SummaryPage {
  const { allowed, refused } = judgeSkips(skipped, platform);
  const slowest = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, slowestShown);
  return {
    refusedSkips: refused.length,
    lines: [
      ...section(
        `The ${slowest.length} slowest test files`,
        slowest.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${file}`),
      ),
      ...section('Skipped, as scripts/checks/allowed-skips.ts allows', allowed),
      ...section('SKIPPED, and not in scripts/checks/allowed-skips.ts', refused),
      ...section('FLAKY: passed only when it was retried', retried),
      ...section('FAILED', failed),
    ],
  };
}

function section(title: string, lines: string[]): string[] {
  if (lines.length === 0) return [];
  return ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
