// The engine runs statements on libuv's thread pool, whose size is read once, at its first use.
process.env.UV_THREADPOOL_SIZE ??= '24';

const { start } = await import('./start.js');

await start(process.env);

export {};
