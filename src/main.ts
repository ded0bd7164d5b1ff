// The engine runs statements on libuv's thread pool, whose size is read once, at its first use.
process.env.UV_THREADPOOL_SIZE ??= '24';
// graphql-js compares types twice as fast when it need not explain a second copy of itself.
process.env.NODE_ENV ??= 'production';

const { start } = await import('./start.js');

await start(process.env);

export {};
