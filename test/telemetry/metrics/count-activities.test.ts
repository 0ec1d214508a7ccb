import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { BelayMetrics } from '../../../src/telemetry/metrics/belay-metrics.ts';
import { countActivities } from '../../../src/telemetry/metrics/count-activities.ts';

const later = ApplicationFailure.create({
  message: 'not yet',
  category: ApplicationFailureCategory.BENIGN,
});

test.each([
  ['ends', undefined, 'completed'],
  ['breaks', new Error('no'), 'failed'],
  ['is cancelled', new CancelledFailure('stop'), 'cancelled'],
  ['asks to be tried again', later, 'benign'],
] as const)(
  'an activity that %s counts once, with its time, and runs no more',
  async (_, error, result) => {
    const metrics = new BelayMetrics();
    const activity = new MockActivityEnvironment({ activityType: 'setWeight' });
    const { inbound } = countActivities(metrics, 'acts')(activity.context);
    const during: string[] = [];
    const running = inbound?.execute?.({ args: [], headers: {} }, async () => {
      during.push(await metrics.text());
      if (error !== undefined) throw error;
      return 'done';
    });
    await (error === undefined
      ? expect(running).resolves.toBe('done')
      : expect(running).rejects.toBe(error));
    expect(during[0]).toContain('belay_activities_running{queue="acts",activity="setWeight"} 1');
    const text = await metrics.text();
    expect(text).toContain('belay_activities_running{queue="acts",activity="setWeight"} 0');
    expect(text).toContain(`belay_activities_total{activity="setWeight",result="${result}"} 1`);
    expect(text).toContain(
      `belay_activity_duration_seconds_count{activity="setWeight",result="${result}"} 1`,
    );
  },
);
