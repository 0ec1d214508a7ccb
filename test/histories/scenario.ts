import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** Plays one way through the workflows; returns the workflow ID whose runs are recorded. */
export type Scenario = (env: TestWorkflowEnvironment, again?: Again) => Promise<string>;

/** The scenario once more, about something of another name. */
export interface Again {
  name: string;
  /** What is left in the end. */
  show(left: object): void;
}

/** What plays need beside the server. It is stopped before the recording. */
export interface Stage<H, P> {
  open(env: TestWorkflowEnvironment): Promise<H>;
  play(host: H, play: P, name: string): Promise<string>;
  /** What a play has left on its hosts. */
  left?(host: H, name: string): object;
  close(host: H): Promise<void>;
}

/** Gives every play a stage of its own. */
export function onStage<H, P>(
  stage: Stage<H, P>,
  plays: Record<string, P>,
): Record<string, Scenario> {
  const scenarioOf =
    (usual: string, play: P): Scenario =>
    async (env, again) => {
      const name = again?.name ?? usual;
      const host = await stage.open(env);
      try {
        const workflowId = await stage.play(host, play, name);
        again?.show(stage.left?.(host, name) ?? {});
        return workflowId;
      } finally {
        await stage.close(host);
      }
    };
  return Object.fromEntries(
    Object.entries(plays).map(([name, play]) => [name, scenarioOf(name, play)]),
  );
}
