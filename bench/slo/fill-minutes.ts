import { sql } from 'kysely';
import { openLibsql } from '../../src/adapters/ledger/libsql/open-libsql.ts';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { Objective, SloMonitorSpec } from '../../src/specs/objectives/objective.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const environment = 'bench';

/** So many objectives of a Prometheus, each over 30 days. */
export function monitorOf(count: number): SloMonitorSpec {
  const objectives = Array.from({ length: count }, (_, index): Objective => {
    const total = `bench_requests_total{route="${routeOf(index)}"}`;
    return {
      ...{ name: routeOf(index), service: `service-${index % 100}`, indicator: 'availability' },
      source: {
        ...{ of: 'prometheus', total },
        part: { of: 'bad', selector: `bench_requests_total{route="${routeOf(index)}",code="500"}` },
      },
      ...{ comparison: 'atLeast', target: 0.999, gatesBudget: false },
      window: { of: 'rolling', lengthMs: 30 * dayMs },
      floor: { events: 20, failures: 3 },
    };
  });
  return {
    ...{ kind: 'sloMonitor', environment, lagMs: minuteMs, keepMinutesMs: 400 * dayMs },
    ...{ leastCoverage: 0.9, silentAfterMs: 15 * minuteMs, objectives },
  };
}

export function routeOf(index: number): string {
  return `route-${String(index).padStart(4, '0')}`;
}

const [goodPerMinute, badPerHour] = [99, 1];

/** Minutes of whole hours of all objectives, as a monitor would have written them. */
export async function fillMinutes(
  home: string,
  count: number,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Promise<void> {
  const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
  await ledger.check();
  await ledger.close();
  const { db, close } = openLibsql(homeLayout(home).ledgerDatabase);
  const minutes = JSON.stringify(
    Array.from({ length: 60 }, (_, index) => [index, goodPerMinute, index === 0 ? badPerHour : 0]),
  );
  const good = goodPerMinute * 60;
  try {
    for (let dayFromMs = fromMs; dayFromMs < untilMs; dayFromMs += dayMs) {
      const dayUntilMs = Math.min(dayFromMs + dayMs, untilMs);
      await sql`
        with recursive
          hours(at) as (select ${dayFromMs} union all select at + ${hourMs} from hours where at + ${hourMs} < ${dayUntilMs}),
          routes(number) as (select 0 union all select number + 1 from routes where number + 1 < ${count})
        insert into belay_slo_hours
          (environment, objective, hour_ms, version, good, bad, good_ms, bad_ms, no_data_ms, idle_ms, unknown_ms, busiest, minutes)
        select ${environment}, printf('route-%04d', number), at, 60, ${good}, ${badPerHour},
          ${hourMs - minuteMs}, ${minuteMs}, 0, 0, 0, ${goodPerMinute + badPerHour}, ${minutes}
        from routes cross join hours where true on conflict do nothing`.execute(db);
    }
  } finally {
    await close();
  }
}
