/** Monaco asks for its workers at import, so this module comes first. */
const WORKERS: Readonly<Record<string, string>> = {
  graphql: '/graphql.worker.js',
  json: '/json.worker.js',
};

(globalThis as { MonacoEnvironment?: unknown }).MonacoEnvironment = {
  getWorker: (_: string, label: string) =>
    new Worker(WORKERS[label] ?? '/editor.worker.js', { type: 'module' }),
};

export {};
