import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  changeControlMessages,
  changeControlQuery,
  giveBackSignal,
  type ChangeControlReceipt,
  type ChangeControlState,
  type PermitAnswer,
} from '../../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Read } from '../../../src/policies/kernel/change-control/message-fields.ts';
import { readFreeze } from '../../../src/policies/kernel/change-control/read-freeze.ts';
import {
  readEngageLever,
  readGiveBack,
  readPermitRequest,
  readReleaseLever,
  readThaw,
} from '../../../src/policies/kernel/change-control/read-messages.ts';
import { reasonOf } from '../reason-of.ts';
import { answerPermit } from './answer-permit.ts';
import { engageLever, freeze, releaseLever, thaw } from './answer-people.ts';
import type { Desk } from './desk.ts';

/** All messages that change control takes: what runs ask, and what people say. */
export function registerChangeControl(desk: Desk): void {
  setHandler(defineQuery<ChangeControlState>(changeControlQuery), () => desk.state, {
    description: 'Freezes, permits and the safety lever',
  });
  setHandler(
    defineUpdate<PermitAnswer, [unknown]>(changeControlMessages.askPermit),
    (given) => answered(desk, () => answerPermit(desk, accepted(readPermitRequest(given)))),
    {
      description: 'Asked by a run before its first act',
      validator: (given: unknown) => {
        accepted(readPermitRequest(given));
      },
    },
  );
  setHandler(
    defineSignal<[unknown]>(giveBackSignal),
    (given) => {
      const read = readGiveBack(given);
      if (read.ok) desk.takeBack(read.value);
    },
    { description: 'Sent by a run at its end' },
  );
  registerPeople(desk);
}

function registerPeople(desk: Desk): void {
  fromPeople(desk, changeControlMessages.freeze, {
    description: 'Nothing starts that changes the environment, or the services that are named',
    read: (given) => readFreeze(given, Date.now()),
    answer: (wanted) => freeze(desk, wanted),
  });
  fromPeople(desk, changeControlMessages.thaw, {
    description: 'Ends a freeze',
    read: readThaw,
    answer: (input) => thaw(desk, input),
  });
  fromPeople(desk, changeControlMessages.engageLever, {
    description: 'The safety lever: aborts chaos, trains and migrations, and lets none start',
    read: readEngageLever,
    answer: (input) => engageLever(desk, input),
  });
  fromPeople(desk, changeControlMessages.releaseLever, {
    description: 'Chaos, trains and migrations may start again',
    read: readReleaseLever,
    answer: (input) => releaseLever(desk, input),
  });
}

interface Message<Input> {
  description: string;
  read: (given: unknown) => Read<Input>;
  answer: (input: Input) => ChangeControlReceipt | Promise<ChangeControlReceipt>;
}

/** An update, for the answer; and a signal, which waits where no worker runs. */
function fromPeople<Input>(
  desk: Desk,
  name: string,
  { description, read, answer }: Message<Input>,
): void {
  setHandler(
    defineUpdate<ChangeControlReceipt, [unknown]>(name),
    (given) => answered(desk, async () => answer(accepted(read(given)))),
    {
      description,
      validator: (given: unknown) => {
        accepted(read(given));
      },
    },
  );
  setHandler(
    defineSignal<[unknown]>(name),
    async (given) => {
      try {
        await answered(desk, async () => answer(accepted(read(given))));
      } catch (error) {
        desk.record(`${name} was ignored: ${reasonOf(error)}`);
      }
    },
    { description },
  );
}

/** The state keeps what it was if this throws. */
async function answered<T>(desk: Desk, answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    throw error instanceof ApplicationFailure ? error : toFailure(error);
  } finally {
    desk.answeredAt = workflowInfo().historyLength;
  }
}

/** What an activity said, so that a sender can tell bad input from a change control that fails. */
function toFailure(error: unknown): ApplicationFailure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return ApplicationFailure.nonRetryable(reasonOf(error), failureTypes.changeControlUnavailable);
}

function accepted<T>(read: Read<T>): T {
  if (read.ok) return read.value;
  throw ApplicationFailure.nonRetryable(read.reason, failureTypes.invalidInput);
}
