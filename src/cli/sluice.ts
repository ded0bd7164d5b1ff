#!/usr/bin/env node
process.env.UV_THREADPOOL_SIZE ??= '24';

const { run } = await import('./commands.js');

process.exitCode = await run(process.argv, process.env);

export {};
