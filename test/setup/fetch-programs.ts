import { loadConfig } from '../../src/config/load-config.ts';
import { locateTemporal, locateTestServer } from '../../src/embedded/locate.ts';
import { provideOtlpReceiver } from './provide-otlp-receiver.ts';
import { provideAlertmanager } from './provide-alertmanager.ts';
import { providePrometheus } from './provide-prometheus.ts';
import { provideSeaweedfs } from './provide-seaweedfs.ts';

/** Fetches what tests run once, so that test files do not fetch it side by side. */
export async function setup(): Promise<void> {
  const { cache } = loadConfig();
  await locateTemporal({ cache });
  await locateTestServer({ cache });
  await providePrometheus(cache);
  await provideAlertmanager(cache);
  await provideOtlpReceiver(cache);
  await provideSeaweedfs(cache);
}
