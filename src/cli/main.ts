#!/usr/bin/env node
import { leaveQuietlyWhenNobodyReads } from './output.ts';
import { createProgram } from './program.ts';
import { everyRun } from './registry.ts';
import { runProgram } from './run-program.ts';

// Applies to what is loaded from here on: commands, and what they connect to.
if (process.env['BELAY_DEBUG'] === '1') process.setSourceMapsEnabled(true);
leaveQuietlyWhenNobodyReads();
const args = process.argv.slice(2);
await runProgram(await createProgram(everyRun, args[0]), args);
