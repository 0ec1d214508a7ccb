import * as z from 'zod';
import { judgedBy, isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { idPart, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';

export interface StatusPageSpec {
  name: string;
  url?: string;
  environment: string;
  zone: string;
  days: number;
  services: { service: string; name: string; description?: string }[];
}

const publicName = text('write what the public knows it by', /^(?=.*\S)[^\n]{1,80}$/);

const serviceSchema = mapping(
  {
    service: idPart('service').describe('The service of the objectives.'),
    name: publicName.exactOptional().describe('What the public knows it by. Default: service.'),
    description: text('write one line', /^(?=.*\S)[^\n]{1,200}$/)
      .exactOptional()
      .describe('What people do with it.'),
  },
  { title: 'write name' },
);

/** Nothing is on a public page but what is listed here. */
export const statusPageSchema: z.ZodType<StatusPageSpec> = mapping(
  {
    name: publicName.describe('Whose page it is.'),
    url: z
      .string({ error: refusal('write an address such as https://status.example.com') })
      .regex(/^https?:\/\/[^\s@]+$/, {
        error: refusal('write an address such as https://status.example.com'),
      })
      .exactOptional()
      .describe('Where it is served: feeds and JSON name it.'),
    environment: idPart('environment').describe('Whose objectives it shows.'),
    zone: zone.prefault('UTC').describe('Where days begin. Default: UTC.'),
    days: wholeNumber(7, 366).prefault(90).describe('How many days it shows. Default: 90.'),
    services: listOf(serviceSchema, 'write a list of services').describe(
      'What it shows, in this order.',
    ),
  },
  { title: 'write name', timezone: 'write zone', address: 'write url' },
)
  .check(judgedBy(judgeServices))
  .transform(({ services, ...page }): StatusPageSpec => ({
    ...page,
    services: services.map(({ service, name = service, ...more }) => ({ service, name, ...more })),
  }));

function judgeServices({ services }: Unfinished): Finding[] {
  if (!Array.isArray(services)) return [];
  const names = new Set<unknown>();
  return services.flatMap((each: unknown, index): Finding[] => {
    if (!isMapping(each) || typeof each['service'] !== 'string') return [];
    const { service } = each;
    if (!names.has(service)) {
      names.add(service);
      return [];
    }
    return [
      { path: ['services', index, 'service'], message: `${String(service)} is listed twice` },
    ];
  });
}
