import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** Plays one way through the workflows; returns the workflow ID whose runs are recorded. */
export type Scenario = (env: TestWorkflowEnvironment) => Promise<string>;

/** What plays need beside the server. It is stopped before the recording. */
export interface Stage<H, P> {
  open(env: TestWorkflowEnvironment): Promise<H>;
  play(host: H, play: P, name: string): Promise<string>;
  close(host: H): Promise<void>;
}

/** Gives every play a stage of its own. */
export function onStage<H, P>(
  stage: Stage<H, P>,
  plays: Record<string, P>,
): Record<string, Scenario> {
  const scenarioOf =
    (name: string, play: P): Scenario =>
    async (env) => {
      const host = await stage.open(env);
      try {
        return await stage.play(host, play, name);
      } finally {
        await stage.close(host);
      }
    };
  return Object.fromEntries(
    Object.entries(plays).map(([name, play]) => [name, scenarioOf(name, play)]),
  );
}
