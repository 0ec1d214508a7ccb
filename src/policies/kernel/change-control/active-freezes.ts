import type { Freeze, PermitRequest, Window } from '../../../contracts/kernel/change-control.ts';

/** A freeze that holds at a moment, and when that ends; absent: when it is thawed. */
export interface ActiveFreeze {
  freeze: Freeze;
  untilMs?: number;
}

/** The freezes that forbid these scopes to be changed now. */
export function activeFreezes(
  freezes: readonly Freeze[],
  { scopes }: Pick<PermitRequest, 'scopes'>,
  nowMs: number,
): ActiveFreeze[] {
  return freezes
    .filter(({ services }) => services === undefined || covers(services, scopes))
    .flatMap((freeze) => activeNow(freeze, nowMs));
}

/** Undefined while it does not hold. */
export function activeNow(freeze: Freeze, nowMs: number): ActiveFreeze[] {
  if (isOver(freeze, nowMs)) return [];
  const { untilMs, calendar } = freeze;
  if (calendar === undefined) return [{ freeze, ...(untilMs !== undefined && { untilMs }) }];
  const open = calendar.windows.filter((window) => isIn(window, nowMs));
  if (open.length === 0) return [];
  const windowEndMs = Math.max(...open.map((window) => window.untilMs));
  return [{ freeze, untilMs: Math.min(windowEndMs, untilMs ?? Infinity) }];
}

export function isOver({ untilMs }: Freeze, nowMs: number): boolean {
  return untilMs !== undefined && untilMs <= nowMs;
}

/** The next window of a calendar that begins later, and before the freeze ends. */
export function nextWindow(
  { calendar, untilMs = Infinity }: Freeze,
  nowMs: number,
): Window | undefined {
  return calendar?.windows.find(({ fromMs }) => fromMs > nowMs && fromMs < untilMs);
}

function isIn({ fromMs, untilMs }: Window, nowMs: number): boolean {
  return fromMs <= nowMs && nowMs < untilMs;
}

/** What changes the whole environment changes its services, too. */
function covers(services: readonly string[], scopes: PermitRequest['scopes']): boolean {
  return scopes.some(
    ({ of, name }) => of === 'environment' || (of === 'service' && services.includes(name)),
  );
}
