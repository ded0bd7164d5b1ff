/** The playground: GraphiQL against the server that served the page, with a field for the key. */
import './monaco-workers.js';
import 'graphiql/style.css';
import './playground.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { STARTER_TABS } from './starter-tabs.js';

const STORAGE_KEY = 'sluice.key';

/** A key behind `#key=` is taken over and removed from the address, so that it is not shared by accident. */
function initialKey(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given !== null) {
    history.replaceState(null, '', location.pathname);
    return given;
  }
  return localStorage.getItem(STORAGE_KEY) ?? '';
}

function Playground() {
  const [key, setKey] = useState(initialKey);
  useEffect(() => localStorage.setItem(STORAGE_KEY, key), [key]);
  const fetcher = useMemo(() => {
    const authorization: Record<string, string> =
      key === '' ? {} : { authorization: `Bearer ${key}` };
    return createGraphiQLFetcher({
      url: '/graphql',
      headers: authorization,
      wsClient: createClient({
        url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
        connectionParams: authorization,
        lazy: true,
      }),
    });
  }, [key]);
  return (
    <div className="playground">
      <label className="playground-key">
        Key
        <input
          type="password"
          value={key}
          autoComplete="off"
          placeholder="sl_… with scope read"
          onChange={(event) => setKey(event.target.value.trim())}
        />
      </label>
      <GraphiQL fetcher={fetcher} defaultTabs={STARTER_TABS} shouldPersistHeaders={false} />
    </div>
  );
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Playground />);
