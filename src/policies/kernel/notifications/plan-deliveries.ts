import type {
  DeliveryPlan,
  Notification,
  PlannedDelivery,
} from '../../../contracts/kernel/notifications.ts';
import type {
  ChannelSettings,
  NotificationSettings,
  Route,
  Template,
} from '../../../specs/kernel/notifications.ts';
import { chooseRoute, concerns } from './choose-route.ts';
import { emailMessage } from './email-message.ts';
import { endsIncident, pagerDutyMessage } from './pagerduty-message.ts';
import { slackMessage } from './slack-message.ts';
import { webhookMessage } from './webhook-message.ts';

/** Which channels get a notification, and in which words; the others, and why they do not. */
export function planDeliveries(
  { channels, routes }: NotificationSettings,
  notification: Notification,
): DeliveryPlan {
  const route = chooseRoute(routes, notification);
  const named = channelsNamed(channels, notification, route);
  const isChosen = (channel: ChannelSettings) =>
    named.includes(channel.name) || isToEnd(channel, routes, notification);
  return {
    deliveries: channels
      .filter(isChosen)
      .map((channel) => planDelivery(channel, notification, route?.template)),
    skipped: channels
      .filter((channel) => !isChosen(channel))
      .map(({ name, kind }) => ({ channel: name, kind, reason: whyNot(routes, route) })),
  };
}

/** A name that no channel has must not keep a notification from people: then the routes count, too. */
function channelsNamed(
  channels: readonly ChannelSettings[],
  { to }: Notification,
  route: Route | undefined,
): readonly string[] {
  const routed = route?.to ?? [];
  if (to === undefined) return routed;
  const isKnown = to.every((name) => channels.some((channel) => channel.name === name));
  return isKnown ? to : [...to, ...routed];
}

/**
 * A channel that may have been paged is also notified of the end, even where the end is routed
 * elsewhere: nothing else closes the incident. PagerDuty ignores the end of what it does not know.
 */
function isToEnd(
  { kind, name }: ChannelSettings,
  routes: readonly Route[],
  notification: Notification,
): boolean {
  if (kind !== 'pagerduty' || !endsIncident(notification.event)) return false;
  return routes.some((route) => route.to.includes(name) && concerns(route, notification));
}

function whyNot(routes: readonly Route[], route: Route | undefined): string {
  return route === undefined
    ? 'no route takes this'
    : `route ${routes.indexOf(route) + 1}, the first that takes this, does not lead here`;
}

function planDelivery(
  channel: ChannelSettings,
  notification: Notification,
  ofRoute: Template = {},
): PlannedDelivery {
  const template = { ...channel.template, ...ofRoute };
  switch (channel.kind) {
    case 'slack':
      return { kind: 'slack', channel, message: slackMessage(notification, template) };
    case 'email':
      return { kind: 'email', channel, message: emailMessage(notification, template) };
    case 'pagerduty':
      return { kind: 'pagerduty', channel, message: pagerDutyMessage(notification, template) };
    case 'webhook':
      return { kind: 'webhook', channel, message: webhookMessage(notification, template) };
  }
}
