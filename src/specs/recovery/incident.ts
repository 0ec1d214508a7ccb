import * as z from 'zod';
import {
  incidentRoles,
  incidentSeverities,
  type IncidentRole,
  type IncidentSeverity,
} from '../../kinds/incident-words.ts';
import { readMoment } from '../../policies/kernel/change-control/read-moment.ts';
import { refusal } from '../kernel/given.ts';
import {
  choice,
  duration,
  flag,
  idPart,
  listOf,
  mapping,
  text,
  wholeNumber,
} from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';
import { severityRules, type SeverityRules } from './severity-rules.ts';

/** Whom a level of an escalation notifies. */
export interface EscalationLevel {
  afterMs: number;
  /** Names of channels; absent: as the routes of notifications say. */
  to?: string[];
  /** People, as the notification names them. */
  who?: string[];
}

/** What `resolveSpec('incident', …)` returns. */
export interface IncidentSpec {
  kind: 'incident';
  environment: string;
  incident: string;
  summary: string;
  severity: IncidentSeverity;
  /** Nobody said how severe it is. */
  isSeverityUnsure?: true;
  services: string[];
  impactAtMs?: number;
  detectedAtMs?: number;
  alert?: string;
  roles: Partial<Record<IncidentRole, string>>;
  escalation?: EscalationLevel[];
  rules: Record<IncidentSeverity, SeverityRules>;
  zone: string;
  holidays: string[];
  freeze: 'no' | 'services' | 'environment';
  resolveWithAlerts: boolean;
}

const person = text('write a name, at most 200 characters', /^(?=.*\S).{1,200}$/);
const channel = text(
  'write the name of a channel of the notifications',
  /^[a-z0-9](?:[a-z0-9-]{0,39})$/,
);

function severities() {
  const accepted = `write ${incidentSeverities.join(', ')}, or a list of those that it may be`;
  return z.preprocess(
    (given): unknown => (Array.isArray(given) ? given : [given]),
    listOf(choice(incidentSeverities), accepted),
  );
}

function moment() {
  return text('write a time with its offset, such as 2026-12-24T17:00Z').transform(
    (written, context) => {
      const read = readMoment(written);
      if ('ms' in read) return read.ms;
      context.addIssue(read.problem);
      return z.NEVER;
    },
  );
}

const date = text(
  'write a date such as 2026-12-24',
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
);

const levelSchema = mapping({
  after: duration(0, 7 * 86_400_000).describe(
    'How long nobody has acknowledged when it is notified. The first level is usually 0.',
  ),
  to: listOf(channel, 'name at least one channel, or leave it out')
    .exactOptional()
    .describe('Channels of the notifications. Default: as their routes say.'),
  who: listOf(person, 'name somebody, or leave it out')
    .exactOptional()
    .describe('People whom the notification names.'),
}).transform(({ after, ...level }): EscalationLevel => ({ afterMs: after, ...level }));

const termSchema = z
  .union([
    mapping({ days: wholeNumber(1, 90).describe('Days of 24 hours.') }),
    mapping({
      businessDays: wholeNumber(1, 90).describe(
        'Business days in the zone; the last one counts whole.',
      ),
    }),
    z.literal('none'),
  ])
  .describe('When the postmortem is due after the end: { days: 3 }, { businessDays: 5 } or none.');

const rulesSchema = mapping({
  acknowledgeWithin: duration(60_000, 7 * 86_400_000)
    .exactOptional()
    .describe('After this long without an acknowledgement the next level is notified.'),
  updateEvery: duration(60_000, 7 * 86_400_000)
    .exactOptional()
    .describe('How often somebody says how it stands. Default: 15m.'),
  rto: duration(1_000).exactOptional().describe('From the impact until traffic is served again.'),
  rpo: duration(0).exactOptional().describe('From the newest recovered commit to the impact.'),
  postmortem: termSchema.exactOptional(),
});

const roleShape = Object.fromEntries(
  incidentRoles.map((role) => [role, person.exactOptional().describe(`Who is ${role}.`)] as const),
) as Record<IncidentRole, z.ZodExactOptional<typeof person>>;

const severityShape = Object.fromEntries(
  incidentSeverities.map(
    (severity) =>
      [severity, rulesSchema.exactOptional().describe(`The rules of ${severity}.`)] as const,
  ),
) as Record<IncidentSeverity, z.ZodExactOptional<typeof rulesSchema>>;

/** What an alert or a person may leave to a policy that is written down once. */
export const incidentPolicyKeys = {
  severities: mapping(severityShape)
    .prefault({})
    .describe('Changes the rules of a severity; what is left out keeps its default.'),
  escalation: listOf(levelSchema, 'write at least one level, or leave it out')
    .superRefine((levels, context) => {
      levels.forEach(({ afterMs }, index) => {
        const before = levels[index - 1]?.afterMs ?? -1;
        if (afterMs > before) return;
        context.addIssue({
          code: 'custom',
          path: [index, 'after'],
          message: 'is not later than the level before it; write the levels in their order',
        });
      });
    })
    .exactOptional()
    .describe('Whom it notifies until somebody acknowledges. Default: three levels by severity.'),
  zone: zone.prefault('UTC').describe('Whose business days count.'),
  holidays: z
    .array(date, { error: refusal('write a list of dates') })
    .max(400, { error: 'write at most 400 dates' })
    .prefault([])
    .describe('Dates that are no business days.'),
  freeze: choice(['no', 'services', 'environment'])
    .prefault('no')
    .describe('What may not be changed while a SEV-1 or SEV-2 is open.'),
  resolveWithAlerts: flag()
    .prefault(false)
    .describe('Resolve it when the last of its alerts has ended. Default: a person does.'),
};

export const incidentSchema: z.ZodType<IncidentSpec> = mapping(
  {
    kind: z
      .literal('incident', { error: refusal('write incident, or leave kind out') })
      .prefault('incident')
      .describe('incident. Required by `belay start`.'),
    environment: idPart('environment').describe('Where it is.'),
    incident: idPart('incident').describe(
      'Its name: one incident of a name is open at a time. Usually that of the service.',
    ),
    summary: text(
      'write what is wrong in one line, at most 200 characters',
      /^(?=.*\S)[^\n]{1,200}$/,
    ).describe('What is wrong.'),
    severity: severities()
      .exactOptional()
      .describe('sev1 to sev4; of several the worst counts. Default: sev1, as nobody is sure.'),
    services: listOf(idPart('service'), 'name at least one service, or leave it out')
      .exactOptional()
      .describe('Default: the one that it is called after.'),
    impactAt: moment().exactOptional().describe('When users began to suffer.'),
    detectedAt: moment()
      .exactOptional()
      .describe('When it was seen. Default: when it is declared.'),
    alert: text('write the ID of an alert', /^\S{1,300}$/)
      .exactOptional()
      .describe('The ID of the alert that declares it.'),
    roles: mapping(roleShape).prefault({}).describe('Who does what from the start.'),
    ...incidentPolicyKeys,
  },
  {
    service: 'write services: [name]',
    name: 'write incident',
    title: 'write summary',
    description: 'write summary',
  },
).transform((written): IncidentSpec => {
  const { impactAt, detectedAt, severity, services, severities: changed, ...spec } = written;
  return {
    ...spec,
    severity: worstOf(severity ?? ['sev1']),
    ...(severity === undefined && { isSeverityUnsure: true as const }),
    services: services ?? [spec.incident],
    ...(impactAt !== undefined && { impactAtMs: impactAt }),
    ...(detectedAt !== undefined && { detectedAtMs: detectedAt }),
    rules: severityRules(changed),
  };
});

/** Whoever is not sure takes the worse one. */
function worstOf(given: readonly IncidentSeverity[]): IncidentSeverity {
  return incidentSeverities.find((severity) => given.includes(severity)) ?? 'sev1';
}
