#!/usr/bin/env node
process.env.UV_THREADPOOL_SIZE ??= '24';
// graphql-js compares types twice as fast when it need not explain a second copy of itself.
process.env.NODE_ENV ??= 'production';

const { run } = await import('./commands.js');

process.exitCode = await run(process.argv, process.env);

export {};
