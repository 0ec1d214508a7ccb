import { hourMs, minuteMs } from '../../src/contracts/objectives/minute.ts';
import type { ReportedDay } from '../../src/contracts/objectives/slo-report.ts';
import type { PageService, StatusPage } from '../../src/contracts/objectives/status-page.ts';
import { emptyTally, type Tally } from '../../src/contracts/objectives/tally.ts';

const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 30, 12);
const firstMs = Date.UTC(2026, 10, 30) - 89 * dayMs;

/** Ninety days, all good but for what is said of some. */
function daysWith(changes: Readonly<Record<number, Partial<Tally>>>): ReportedDay[] {
  return Array.from({ length: 90 }, (_, index) => {
    const fromMs = firstMs + index * dayMs;
    const untilMs = Math.min(nowMs, fromMs + dayMs);
    const { [index]: more = {} } = changes;
    const spent = (more.badMs ?? 0) + (more.noDataMs ?? 0) + (more.excludedMs ?? 0);
    return {
      ...{ name: new Date(fromMs).toISOString().slice(0, 10), fromMs, untilMs },
      tally: { ...emptyTally, goodMs: untilMs - fromMs - spent, ...more },
    };
  });
}

const silentNight = { noDataMs: 8 * hourMs, unknownMs: 8 * hourMs };

const shop: PageService = {
  ...{ service: 'shop', name: 'Shop', state: 'partial_outage', uptime: 0.99951 },
  days: daysWith({
    ...{ 12: { badMs: 40 * minuteMs }, 31: silentNight, 55: { excludedMs: 2 * hourMs } },
    89: { badMs: 70 * minuteMs },
  }),
  objectives: [
    { aim: 'availability at least 99.9%', value: '99.951%', verdict: 'met' },
    {
      ...{ aim: 'share of requests that are fast enough at least 95%', value: '93.8%' },
      verdict: 'breached',
    },
  ],
  recordedByHand: [
    {
      fromMs: firstMs + 12 * dayMs + hourMs,
      untilMs: firstMs + 12 * dayMs + hourMs + 40 * minuteMs,
    },
  ],
};

/** Invented, with everything that a page can show. */
export const samplePage: StatusPage = {
  ...{ name: 'Acme', url: 'https://status.acme.example', zone: 'Europe/Berlin' },
  writtenAtMs: nowMs,
  services: [
    shop,
    {
      ...{ service: 'cart', name: 'Cart', description: 'Baskets and wish lists' },
      ...{
        state: 'operational',
        uptime: 1,
        days: daysWith({}),
        objectives: [],
        recordedByHand: [],
      },
    },
    {
      ...{ service: 'search', name: 'Search', state: 'under_maintenance', uptime: 0.9987 },
      days: daysWith({ 70: { badMs: 3 * hourMs }, 89: { excludedMs: hourMs } }),
      ...{ objectives: [], recordedByHand: [] },
    },
    {
      ...{ service: 'partners', name: 'Partners', state: 'no_data', uptime: 0.997 },
      days: daysWith({ 88: { noDataMs: dayMs, unknownMs: dayMs }, 89: silentNight }),
      ...{ objectives: [], recordedByHand: [] },
    },
  ],
  incidents: [
    {
      ...{ id: '0a1b2c3d4e5f', title: 'Checkout fails', impact: 'major', services: ['shop'] },
      startedAtMs: nowMs - 70 * minuteMs,
      updates: [
        {
          ...{ atMs: nowMs - 60 * minuteMs, by: 'ana', state: 'investigating' },
          text: 'Some orders cannot be paid.',
        },
        {
          ...{ atMs: nowMs - 20 * minuteMs, by: 'ana', state: 'identified' },
          text: 'The payment provider answers slowly; orders are kept and paid later.',
        },
      ],
    },
  ],
  maintenances: [
    {
      ...{ id: '5f4e3d2c1b0a', title: 'Faster search', services: ['search'], state: 'in_progress' },
      ...{ announcedAtMs: nowMs - 7 * dayMs, fromMs: nowMs - hourMs, untilMs: nowMs + hourMs },
    },
    {
      ...{ id: '5f4e3d2c1b0b', services: ['shop', 'cart'], state: 'scheduled' },
      ...{ announcedAtMs: nowMs - dayMs, fromMs: nowMs + 6 * dayMs },
      untilMs: nowMs + 6 * dayMs + 2 * hourMs,
    },
  ],
};
