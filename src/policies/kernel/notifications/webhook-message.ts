import type { Notification, WebhookMessage } from '../../../contracts/kernel/notifications.ts';
import type { Template } from '../../../specs/kernel/notifications.ts';
import { readable, shorten } from './bounded-text.ts';
import { contentOf } from './content.ts';
import { linkTo } from './link.ts';
import { linesOf, plainText } from './template.ts';

/** Raised when a field changes its meaning or goes; fields are added without. */
const schema = 'belay.notification/v1';

/** Described in docs/notifications.md. */
export function webhookMessage(notification: Notification, template: Template): WebhookMessage {
  const { event, severity, service, environment, version, previousVersion, stage } = notification;
  const link = linkTo(notification.url);
  return {
    id: headerValue(notification.id),
    body: {
      schema,
      id: notification.id,
      event,
      severity,
      at: new Date(notification.atMs).toISOString(),
      service,
      environment,
      ...(version !== undefined && { version: readable(version) }),
      ...(previousVersion !== undefined && { previousVersion: readable(previousVersion) }),
      ...(stage !== undefined && { stage }),
      workflowId: notification.workflowId,
      rolloutId: notification.rolloutId,
      ...contentOf(notification, template, plainText),
      reasons: linesOf(notification.reasons),
      commands: linesOf(notification.commands),
      ...(link !== undefined && { url: link }),
    },
  };
}

/** Without full stops, which divide what is signed. */
function headerValue(id: string): string {
  return shorten(id, 200).replace(/[^A-Za-z0-9_:/-]/g, '-');
}
