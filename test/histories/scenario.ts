import type { TestWorkflowEnvironment } from '@temporalio/testing';

/** Plays one way through the workflows; returns the workflow ID whose runs are recorded. */
export interface Scenario {
  (env: TestWorkflowEnvironment): Promise<string>;
  /** The same, again and again. */
  open?(env: TestWorkflowEnvironment): Promise<OpenScenario>;
}

export interface OpenScenario {
  /** About something of that name. */
  play(name: string): Promise<{ workflowId: string; left: object }>;
  close(): Promise<void>;
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
  const scenarioOf = (usual: string, play: P): Scenario => {
    const open = async (env: TestWorkflowEnvironment): Promise<OpenScenario> => {
      const host = await stage.open(env);
      return {
        play: async (name) => {
          const workflowId = await stage.play(host, play, name);
          return { workflowId, left: stage.left?.(host, name) ?? {} };
        },
        close: () => stage.close(host),
      };
    };
    const once = async (env: TestWorkflowEnvironment) => {
      const opened = await open(env);
      try {
        return (await opened.play(usual)).workflowId;
      } finally {
        await opened.close();
      }
    };
    return Object.assign(once, { open });
  };
  return Object.fromEntries(
    Object.entries(plays).map(([name, play]) => [name, scenarioOf(name, play)]),
  );
}
