import { expectThat } from './expectation.ts';
import type { Machine } from './machine.ts';
import { narrate } from './narration.ts';
import type { Stage } from './stage.ts';

/** Processes on this machine; nothing else is needed. */
export function openLocalStage(): Promise<Stage> {
  return Promise.resolve({
    specs: 'examples/demo',
    environment: {},
    open: bringFirstReleaseOut,
    afterwards: `
  temporal workflow start --type canaryDeployment --task-queue belay \\
    --workflow-id rollout/demo/shop --input-file examples/canary.json --fail-existing
  temporal workflow update execute --workflow-id rollout/demo/shop --name promote --input '{"by":"you"}'
  temporal workflow signal --workflow-id rollout/demo/shop --name abort --input '{"by":"you","why":"..."}'
  temporal workflow query --workflow-id rollout/demo/shop --type status

  Without a temporal of your own: belay temporal workflow ...`,
    close: () => Promise.resolve(),
  });
}

async function bringFirstReleaseOut(machine: Machine): Promise<string> {
  narrate.scene('v1, the first release: nothing to compare with, so straight to 100 %');
  const first = await machine.belay(['deploy', '-f', 'examples/demo/v1.yaml', '--watch']);
  expectThat(first.exitCode === 0, 'v1 was promoted');
  const { output } = await machine.belay(['status', 'demo/shop', '--json'], { quietly: true });
  const { service } = JSON.parse(output) as { service?: { url?: string } };
  expectThat(service?.url !== undefined, 'the service has an address');
  return service.url;
}
