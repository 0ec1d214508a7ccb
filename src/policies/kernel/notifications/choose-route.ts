import type { Notification } from '../../../contracts/kernel/notifications.ts';
import type { Route } from '../../../specs/kernel/notifications.ts';

type NotificationSubject = Pick<Notification, 'event' | 'severity' | 'service' | 'environment'>;

/** The first route whose conditions are all met. */
export function chooseRoute(
  routes: readonly Route[],
  subject: NotificationSubject,
): Route | undefined {
  return routes.find(
    (route) =>
      meets(route.event, subject.event) &&
      meets(route.severity, subject.severity) &&
      concerns(route, subject),
  );
}

/** Whether a route is about this service, whatever happened to it. */
export function concerns(
  { service, environment }: Route,
  subject: Pick<NotificationSubject, 'service' | 'environment'>,
): boolean {
  return matches(service, subject.service) && matches(environment, subject.environment);
}

function meets<Value>(wanted: readonly Value[] | undefined, value: Value): boolean {
  return wanted?.includes(value) ?? true;
}

function matches(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns?.some((pattern) => matchesPattern(pattern, name)) ?? true;
}

/** Piece by piece, as a regular expression with many stars may take for ever. */
function matchesPattern(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return name === head;
  if (!name.startsWith(head)) return false;
  let from = head.length;
  for (const piece of rest) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return name.length - tail.length >= from && name.endsWith(tail);
}
