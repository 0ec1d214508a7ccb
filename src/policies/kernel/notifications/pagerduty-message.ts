import type { Notification, PagerDutyMessage } from '../../../contracts/kernel/notifications.ts';
import type { NotificationEvent } from '../../../kinds/notification-events.ts';
import type { Template } from '../../../specs/kernel/notifications.ts';
import { shorten } from './bounded-text.ts';
import { contentOf } from './content.ts';
import { linkTo } from './link.ts';
import { linesOf, plainText } from './template.ts';

/** Ended as it should, or as a person wanted it: there is nothing left to look at. */
const ends: readonly NotificationEvent[] = [
  'succeeded',
  'aborted',
  'superseded',
  'incident-resolved',
  'postmortem-done',
];

export function endsIncident(event: NotificationEvent): boolean {
  return ends.includes(event);
}

/** An event of PagerDuty's Events API v2, without the routing key. One rollout is one incident. */
export function pagerDutyMessage(notification: Notification, template: Template): PagerDutyMessage {
  const { event, workflowId, rolloutId } = notification;
  const identity = { dedup_key: shorten(`${rolloutId}/${workflowId}`, 255) };
  if (endsIncident(event)) return { body: { event_action: 'resolve', ...identity } };
  const link = linkTo(notification.url);
  return {
    body: {
      event_action: 'trigger',
      ...identity,
      client: 'Belay',
      ...(link !== undefined && {
        client_url: link,
        links: [{ href: link, text: 'Open in Temporal' }],
      }),
      payload: payload(notification, template),
    },
  };
}

function payload(notification: Notification, template: Template) {
  const { title, text } = contentOf(notification, template, plainText);
  const { event, severity, service, environment, version, previousVersion, atMs } = notification;
  return {
    summary: title || event,
    source: `${environment}/${service}`,
    severity,
    timestamp: new Date(atMs).toISOString(),
    component: service,
    group: environment,
    class: event,
    custom_details: {
      text,
      version,
      ...(previousVersion !== undefined && { previousVersion }),
      reasons: linesOf(notification.reasons),
      commands: linesOf(notification.commands),
    },
  };
}
