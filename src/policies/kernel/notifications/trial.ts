import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { ChannelSettings, NotificationSettings } from '../../../specs/kernel/notifications.ts';

/** What a person wants to hear from: these channels, those of one route, or all there are. */
export interface TrialChoice {
  channels?: readonly string[];
  /** From 1, as people count the routes in their file. */
  route?: number;
}

export type Trial =
  | { ok: true; settings: NotificationSettings; chosen: ChannelSettings[] }
  | { ok: false; problem: string };

/** Settings by which every notification reaches what was chosen, in the words it would have there. */
export function planTrial(
  { channels, routes }: NotificationSettings,
  { channels: named, route: number }: TrialChoice,
): Trial {
  const names = channels.map(({ name }) => name);
  const unknown = (named ?? []).filter((name) => !names.includes(name));
  const there = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  if (unknown.length > 0) return refused(`no channel is called ${unknown.join(', ')}; ${there}`);
  const route = number === undefined ? undefined : routes[number - 1];
  if (number !== undefined && route === undefined) {
    return refused(`there is no route ${number}; the file has ${routes.length}`);
  }
  const to = named ?? route?.to ?? names;
  if (to.length === 0) return refused('nobody would be notified: it leads to no channel');
  return {
    ok: true,
    chosen: channels.filter(({ name }) => to.includes(name)),
    settings: {
      channels,
      routes: [{ to: [...to], ...(route?.template && { template: route.template }) }],
    },
  };
}

function refused(problem: string): Trial {
  return { ok: false, problem };
}

/** Says of itself that it is a trial. */
export function trialNotification(
  event: 'started' | 'succeeded',
  { id, by, atMs }: { id: string; by: string; atMs: number },
): Notification {
  const what = event === 'started' ? 'a trial of notifications' : 'the trial is over';
  return {
    id: `${id}:${event}`,
    event,
    severity: 'info',
    service: 'belay',
    environment: 'trial',
    version: 'trial',
    workflowId: 'trial',
    rolloutId: id,
    atMs,
    title: `Belay: ${what}`,
    text: `${by} is testing whether this arrives. Nothing was deployed, and no action is needed.`,
    reasons: [],
    commands: [],
  };
}
