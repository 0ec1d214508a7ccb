/** A worker for the workflows of tests, as a process that can be killed. */
import { NativeConnection, Worker } from '@temporalio/worker';
import * as z from 'zod';

const { address, taskQueue, codePath } = z
  .object({ address: z.string(), taskQueue: z.string(), codePath: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''));

const worker = await Worker.create({
  ...{ connection: await NativeConnection.connect({ address }), taskQueue },
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '1 s',
});
await worker.run();
