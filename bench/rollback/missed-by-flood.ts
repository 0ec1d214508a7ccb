import type { FloodFigures } from './measure-flood.ts';

/** Anything kept for each webhook would make the memory grow by more than this. */
const mostGrowth = 1.25;
/** Until then the program itself warms up. */
const warmTenths = 2;

/** The missed targets of the flood, one line each. */
export function missedByFlood({ kinds, alerts, services, gatewayMb }: FloodFigures): string[] {
  const wrong = kinds.filter(({ sent, asExpected }) => asExpected < sent);
  const warm = gatewayMb[warmTenths - 1] ?? NaN;
  const last = gatewayMb.at(-1) ?? NaN;
  return [
    ...wrong.map(
      ({ kind, sent, asExpected }) =>
        `${sent - asExpected} of ${sent} "${kind}" were not answered as expected`,
    ),
    ...(alerts.lost > 0 ? [`${alerts.lost} of ${alerts.expected} alerts were lost`] : []),
    ...(services.rolledBack < services.expected
      ? [
          `${services.expected - services.rolledBack} of ${services.expected} canaries were not rolled back`,
        ]
      : []),
    ...(services.twice > 0 ? [`${services.twice} services were acted on twice`] : []),
    ...(last <= warm * mostGrowth ? [] : [`the gateway grew from ${warm} to ${last} MB`]),
  ];
}
