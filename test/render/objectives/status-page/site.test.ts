import * as z from 'zod';
import { describe, expect, it, test } from 'vitest';
import { hourMs } from '../../../../src/contracts/objectives/minute.ts';
import { pageIncidents } from '../../../../src/policies/objectives/status-page/page-incidents.ts';
import { pageMaintenances } from '../../../../src/policies/objectives/status-page/page-maintenances.ts';
import { siteFiles } from '../../../../src/render/objectives/status-page/site-files.ts';
import { badge } from '../../../../src/render/objectives/status-page/badge.ts';
import {
  daysOf,
  pageIncident,
  pageMaintenance,
  pageNow,
  pageService,
  statusPage,
} from '../../../fixtures/status-page.ts';

const files = siteFiles(statusPage());
const file = (name: string, of = files) => {
  const content = of.get(name);
  if (content === undefined) throw new Error(`no ${name}`);
  return content;
};

/** From the public documentation of the API v2 of Atlassian Statuspage. */
const moment = z.iso.datetime({ offset: true });
const page = z.strictObject({
  ...{
    id: z.string(),
    name: z.string(),
    url: z.string(),
    time_zone: z.string(),
    updated_at: moment,
  },
});
const status = z.strictObject({
  indicator: z.enum(['none', 'minor', 'major', 'critical']),
  description: z.string(),
});
const component = z.strictObject({
  ...{ id: z.string().regex(/^[a-z0-9]{12}$/), name: z.string(), page_id: z.string() },
  status: z.enum([
    'operational',
    'degraded_performance',
    'partial_outage',
    'major_outage',
    'under_maintenance',
  ]),
  ...{ description: z.string().nullable(), position: z.int(), group: z.boolean() },
  ...{ group_id: z.string().nullable(), showcase: z.boolean(), only_show_if_degraded: z.boolean() },
  ...{ created_at: moment, updated_at: moment, start_date: z.string().nullable() },
});
const update = (states: string[]) =>
  z.strictObject({
    ...{ id: z.string(), incident_id: z.string(), status: z.enum(states), body: z.string() },
    ...{ created_at: moment, updated_at: moment, display_at: moment },
    affected_components: z.array(z.object({})).nullable(),
  });
const incidentStates = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem'];
const incident = z.strictObject({
  ...{ id: z.string(), name: z.string(), page_id: z.string(), shortlink: z.string() },
  ...{ status: z.enum(incidentStates), impact: z.enum(['none', 'minor', 'major', 'critical']) },
  ...{ created_at: moment, started_at: moment, updated_at: moment },
  ...{ monitoring_at: moment.nullable(), resolved_at: moment.nullable() },
  incident_updates: z.array(update(incidentStates)).min(1),
  components: z.array(component),
});
const maintenanceStates = ['scheduled', 'in_progress', 'verifying', 'completed'];
const maintenance = z.strictObject({
  ...incident.shape,
  ...{ status: z.enum(maintenanceStates), impact: z.literal('maintenance') },
  ...{ scheduled_for: moment, scheduled_until: moment },
  incident_updates: z.array(update(maintenanceStates)).min(1),
});
const incidents = z.array(incident);
const scheduled_maintenances = z.array(maintenance);
const schemas: Readonly<Record<string, z.ZodType>> = {
  'summary.json': z.strictObject({
    ...{ page, status, components: z.array(component), incidents, scheduled_maintenances },
  }),
  'status.json': z.strictObject({ page, status }),
  'components.json': z.strictObject({ page, components: z.array(component) }),
  'incidents.json': z.strictObject({ page, incidents }),
  'incidents/unresolved.json': z.strictObject({ page, incidents }),
  'scheduled-maintenances.json': z.strictObject({ page, scheduled_maintenances }),
  'scheduled-maintenances/active.json': z.strictObject({ page, scheduled_maintenances }),
  'scheduled-maintenances/upcoming.json': z.strictObject({ page, scheduled_maintenances }),
};

const everything = statusPage({
  services: [
    pageService({ state: 'partial_outage' }),
    pageService({ service: 'cart', name: 'Cart', state: 'no_data', description: 'Baskets' }),
    pageService({ service: 'search', name: 'Search', state: 'under_maintenance' }),
  ],
  incidents: [pageIncident(), pageIncident({ id: '0a1b2c3d4e50', resolvedAtMs: pageNow - hourMs })],
  maintenances: [
    pageMaintenance(),
    pageMaintenance({ id: '5f4e3d2c1b00', state: 'in_progress', services: ['search'] }),
    pageMaintenance({ id: '5f4e3d2c1b01', state: 'completed' }),
  ],
});

describe('the JSON of the page', () => {
  it.each(Object.keys(schemas))('%s is what clients of Atlassian Statuspage read', (name) => {
    const json: unknown = JSON.parse(file(`api/v2/${name}`, siteFiles(everything)));
    expect(schemas[name]?.safeParse(json)).toMatchObject({ success: true });
  });

  it('does not say operational of what nobody measures', () => {
    const json = JSON.parse(file('api/v2/components.json', siteFiles(everything))) as {
      components: { name: string; status: string; description: string }[];
    };
    const cart = json.components.find(({ name }) => name === 'Cart');
    expect(cart).toMatchObject({ status: 'degraded_performance' });
    expect(cart?.description).toContain('No data');
  });

  it('keeps its IDs whatever is published', () => {
    const idsOf = (of: Map<string, string>) =>
      (JSON.parse(file('api/v2/incidents.json', of)) as { incidents: { id: string }[] })
        .incidents[0]?.id;
    const [first] = pageIncident().updates;
    if (first === undefined) throw new Error('no update');
    const later = statusPage({
      incidents: [
        pageIncident({ title: 'Payment fails', updates: [first, { ...first, atMs: pageNow }] }),
      ],
    });
    expect(idsOf(siteFiles(later))).toBe(idsOf(files));
  });

  it('keeps the ID of an update when another one follows, so that no client tells it twice', () => {
    const [first] = pageIncident().updates;
    if (first === undefined) throw new Error('no update');
    const updatesOf = (of: Map<string, string>) =>
      (
        JSON.parse(file('api/v2/incidents.json', of)) as {
          incidents: { incident_updates: { id: string; body: string }[] }[];
        }
      ).incidents[0]?.incident_updates ?? [];
    const later = statusPage({
      incidents: [
        pageIncident({ updates: [first, { ...first, atMs: pageNow, text: 'It is a disk.' }] }),
      ],
    });
    const [newest, oldest] = updatesOf(siteFiles(later));
    expect(oldest?.id).toBe(updatesOf(files)[0]?.id);
    expect(newest?.id).not.toBe(oldest?.id);
  });
});

describe('the pages', () => {
  it('need no script and load nothing', () => {
    for (const [name, content] of files) {
      if (!name.endsWith('.html')) continue;
      expect(content).toContain("default-src 'none'");
      expect(content).not.toMatch(/<script|src=|@import|url\(/);
    }
  });

  it('are under 100 KB with twenty-five services that had bad days', () => {
    const days = daysOf(
      Object.fromEntries([...Array(12).keys()].map((index) => [index * 7, { badMs: hourMs }])),
    );
    const services = Array.from({ length: 25 }, (_, index) =>
      pageService({ service: `service-${index}`, name: `Service ${index}`, days }),
    );
    const index = file('index.html', siteFiles(statusPage({ services })));
    expect(Buffer.byteLength(index)).toBeLessThan(100_000);
  });

  it('draw bars by time: a night without the monitor is as long as it was', () => {
    const [grey] = /<path class="none" d="[^"]*"/.exec(file('index.html')) ?? [];
    // Eight of 24 hours of 34 pixels.
    expect(grey).toContain('v11.3');
  });

  it('say in words what bars show', () => {
    expect(file('index.html')).toMatch(
      /role="img" aria-label="Shop, 90 days: [^"]*1h bad, 8h no data; bad time on 2026-09-12"/,
    );
  });

  it('show every day of a service in a table', () => {
    const page = file('services/shop.html');
    expect(page).toContain('<th scope="row" class="fixed">2026-11-30</th>');
    expect(page.match(/<tr>/g)?.length).toBeGreaterThan(90);
  });

  it('say as of when they are, with the zone', () => {
    expect(file('index.html')).toContain('2026-11-30 12:00</time>, UTC');
  });

  it('have nothing in them that somebody else could have written as markup', () => {
    const nasty = statusPage({
      incidents: [
        pageIncident({
          title: '<img src=x>]]>',
          updates: [{ atMs: 1, by: 'ana', state: 'identified', text: '<b>&</b> ]]> \u0000' }],
        }),
      ],
    });
    for (const [name, content] of siteFiles(nasty)) {
      // JSON has its own way to write text.
      if (!name.endsWith('.json')) expect(content).not.toMatch(/<img|<b>|\u0000/);
    }
  });
});

describe('the feed', () => {
  it('has one entry of an incident, which moves up with each update and says that it is fixed', () => {
    const [first] = pageIncident().updates;
    if (first === undefined) throw new Error('no update');
    const fixed = { ...first, atMs: pageNow, state: 'resolved' as const, text: 'Fixed.' };
    const before = file('feed.atom');
    const after = file(
      'feed.atom',
      siteFiles(
        statusPage({
          incidents: [pageIncident({ updates: [first, fixed], resolvedAtMs: pageNow })],
        }),
      ),
    );
    const ids = (feed: string) => [...feed.matchAll(/<id>([^<]*)<\/id>/g)].map(([, id]) => id);
    expect(ids(after).sort()).toEqual(ids(before).sort());
    expect(after).toContain('resolved: Fixed.');
    expect(after).toContain(`<updated>${new Date(pageNow).toISOString()}</updated>`);
  });

  it('has maintenance in it, too', () => {
    expect(file('feed.atom')).toContain('Planned maintenance: New disks');
    const { title: _, ...untitled } = pageMaintenance();
    const feed = file('feed.atom', siteFiles(statusPage({ maintenances: [untitled] })));
    expect(feed).toContain('<title>Planned maintenance</title>');
  });
});

test('no file says by what name anything is known inside', () => {
  const runRef = '20261130T094512-5c1f00d2';
  const [update] = pageIncident().updates;
  if (update === undefined) throw new Error('no update');
  const incidents = pageIncidents(
    [
      {
        ...{ runRef, startedAtMs: pageNow - hourMs, services: ['shop', 'database-3'] },
        ...{ severity: 'sev2', published: [{ ...update, by: 'ana@laptop' }] },
      },
    ],
    ['shop'],
  );
  const maintenances = pageMaintenances(
    [
      {
        ...{ id: 'm-90ab12cd', environment: 'prod', why: 'Disk 3 of rack B', by: 'ana@laptop' },
        ...{ approvedBy: 'bo', announcedAtMs: pageNow - hourMs },
        ...{ fromMs: pageNow + hourMs, untilMs: pageNow + 2 * hourMs },
      },
    ],
    ['shop'],
    pageNow,
  );
  for (const [name, content] of siteFiles(statusPage({ incidents, maintenances }))) {
    expect(content, name).not.toMatch(/5c1f00d2|90ab12cd|rack B|ana@laptop|database-3|checkout/);
  }
});

test('a badge says how a service is, also during maintenance', () => {
  expect(badge(pageService({ state: 'under_maintenance' }))).toContain('Under maintenance 99.95%');
  expect(file('badges/shop.svg')).toContain('aria-label="Shop: Operational 99.95%"');
});
