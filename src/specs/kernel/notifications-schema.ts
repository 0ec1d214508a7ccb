/** The settings file's form. No message repeats a value that could be a secret in the wrong place. */
import * as z from 'zod';
import { notificationEvents, severities } from '../../kinds/notification-events.ts';
import { readTemplate, placeholderNames } from '../../policies/kernel/notifications/template.ts';
import { isMapping } from './finding.ts';
import { refusal } from './given.ts';
import { offerKnown } from './known-keys.ts';
import type { SecretRef, Template } from './notifications.ts';
import { isAddress } from './notifications-secrets.ts';
import { refuseReference, secretReference, secretRef } from './secret-ref.ts';
import { choice, mapping, text, wholeNumber } from './written.ts';

const channelName = /^[a-z0-9](?:[a-z0-9-]{0,39})$/;

const openAddress =
  'write an address such as https://example.com/belay, without credentials or a query in it';

/** What was given is not shown. */
function unshown(accepted: string) {
  return ({ input }: { input?: unknown }): string => {
    if (input === undefined) return `missing; ${accepted}`;
    return input === null ? `empty; ${accepted}` : `not accepted; ${accepted}`;
  };
}

function plain(accepted: string, pattern: RegExp) {
  const error = unshown(accepted);
  return z.string({ error }).regex(pattern, { error });
}

/** A mapping, where text in its place could be a secret. */
function section<Shape extends z.ZodRawShape>(shape: Shape, mistaken: Record<string, string> = {}) {
  const accepted = `write a mapping with the keys ${Object.keys(shape).join(', ')}`;
  return z
    .unknown()
    .refine(isMapping, { error: (issue) => unshown(accepted)(issue), abort: true })
    .pipe(mapping(shape, mistaken));
}

const slackSchema = section(
  { url: secretRef('the webhook address') },
  { channel: 'the webhook address belongs to one channel; leave it out' },
);

const mailbox = plain(
  'write an address such as ops@example.com, or Belay <belay@example.com>',
  /^(?:[^<>@\r\n"]{1,100} <)?[^\s<>@",;]{1,64}@[A-Za-z0-9.-]{1,253}>?$/,
).refine((written) => written.includes('<') === written.endsWith('>'), {
  error: unshown('write an address such as ops@example.com, or Belay <belay@example.com>'),
});

const defaultPorts = { starttls: 587, implicit: 465, none: 25 };

const emailSchema = section(
  {
    host: plain('write the name of the SMTP server, without a scheme', /^[A-Za-z0-9.:-]{1,253}$/),
    port: wholeNumber(1, 65_535).exactOptional(),
    tls: choice(['starttls', 'implicit', 'none']).prefault('starttls'),
    from: mailbox,
    to: oneOrMore(mailbox, 'empty; name at least one recipient'),
    ehlo: plain(
      'write the name of this machine, such as belay.example.com',
      /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
    ).exactOptional(),
    auth: section(
      {
        user: plain('write the name to log in with', /^[^\r\n\0]{1,200}$/),
        password: secretRef('the password'),
      },
      { pass: 'write password: { env: NAME } or { file: /absolute/path }' },
    ).exactOptional(),
    caFile: plain('write the absolute path of a file', /^\/[^\0]+$/).exactOptional(),
  },
  {
    secure: 'write tls: starttls, implicit or none',
    helo: 'write ehlo',
    name: 'write ehlo: the name given to the server',
  },
)
  .refine(({ tls, auth }) => tls !== 'none' || auth === undefined, {
    path: ['auth'],
    error: 'a password is sent over TLS alone; write tls: starttls or implicit',
  })
  .transform(({ port, ...email }) => ({ ...email, port: port ?? defaultPorts[email.tls] }));

const pagerDutySchema = section(
  {
    routingKey: secretRef('the routing key'),
    url: address().prefault('https://events.pagerduty.com/v2/enqueue'),
  },
  { routing_key: 'write routingKey', integrationKey: 'write routingKey' },
);

const webhookSchema = section({
  url: addressOrReference(),
  secret: secretRef('the signing key'),
});

function isOpenAddress(url: string): boolean {
  return isAddress(url) && !/[?#]/.test(url);
}

function address() {
  const error = unshown(openAddress);
  return z.string({ error }).refine(isOpenAddress, { error });
}

/** An address may be a secret as a whole, as those of chat programs are. */
function addressOrReference() {
  return z.unknown().transform((given, context): string | SecretRef => {
    const message =
      typeof given === 'string'
        ? isOpenAddress(given)
          ? undefined
          : `not accepted; ${openAddress}, or keep it elsewhere: ${secretReference}`
        : refuseReference(given, 'the address');
    if (message === undefined) return given as string | SecretRef;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function templateText(longest: number) {
  return text('write text with placeholders, in quotes').superRefine((template, context) => {
    const { unknown, isUnclosed } = readTemplate(template);
    for (const name of unknown) {
      context.addIssue(
        `there is no placeholder {{${name}}}; ${offerKnown(name, placeholderNames)}`,
      );
    }
    if (isUnclosed)
      context.addIssue('{{ and }} do not match; a placeholder is written {{version}}');
    if (template.length > longest) {
      context.addIssue(`has ${template.length} characters; at most ${longest}`);
    }
  });
}

const templateSchema = mapping(
  { title: templateText(300).exactOptional(), text: templateText(2_000).exactOptional() },
  { subject: 'write title', body: 'write text' },
).transform((template): Template => template);

export const channelSchema = section({
  slack: slackSchema.exactOptional(),
  email: emailSchema.exactOptional(),
  pagerduty: pagerDutySchema.exactOptional(),
  webhook: webhookSchema.exactOptional(),
  template: templateSchema.exactOptional(),
});

function pattern(what: string) {
  return text(
    `write the name of ${what}, in which * stands for any characters, such as prod-*`,
    /^[a-z0-9*-]{1,63}$/,
  );
}

function oneOrMore<Item extends z.ZodType>(item: Item, error = 'empty; leave it out for any') {
  return z.preprocess(listed, z.array(item).min(1, { error }));
}

function listed(given: unknown): unknown {
  return Array.isArray(given) ? given : [given];
}

const routeSchema = mapping(
  {
    event: oneOrMore(choice(notificationEvents)).exactOptional(),
    severity: oneOrMore(choice(severities)).exactOptional(),
    service: oneOrMore(pattern('a service')).exactOptional(),
    environment: oneOrMore(pattern('an environment')).exactOptional(),
    to: z.preprocess(
      (given) => (given === undefined ? [undefined] : listed(given)),
      z.array(text('write the name of a channel, a list of them, or [] for nobody', channelName)),
    ),
    template: templateSchema.exactOptional(),
  },
  {
    events: 'write event',
    channels: 'write to',
    continue: 'the first route that fits decides; name all its channels in to',
  },
);

export const settingsSchema = mapping({
  channels: z
    .unknown()
    .refine(isMapping, {
      error: unshown('write a mapping of names to channels'),
      abort: true,
    })
    .pipe(
      z.record(
        plain('a channel is named by lowercase letters, digits and "-", at most 40', channelName),
        channelSchema,
      ),
    ),
  routes: z.array(routeSchema, { error: refusal('write a list of routes') }),
});
