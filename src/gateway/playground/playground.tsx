/** The playground: GraphiQL against the server that served the page, with a field for the key. */
import './monaco-workers.js';
import 'graphiql/style.css';
import './playground.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { starterTabs } from './starter-tabs.js';

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
  const connection = useMemo(() => {
    const authorization: Record<string, string> =
      key === '' ? {} : { authorization: `Bearer ${key}` };
    const wsClient = createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      connectionParams: authorization,
      lazy: true,
    });
    const fetcher = createGraphiQLFetcher({ url: '/graphql', headers: authorization, wsClient });
    return { fetcher, wsClient };
  }, [key]);
  // The subscriptions of a key end with its use.
  useEffect(() => () => void connection.wsClient.dispose(), [connection]);
  const defaultTabs = useMemo(starterTabs, []);
  // Taken once it is typed: every new key asks for the schema anew.
  const take = (input: HTMLInputElement): void => setKey(input.value.trim());
  return (
    <div className="playground">
      <label className="playground-key">
        Key
        <input
          type="password"
          defaultValue={key}
          autoComplete="off"
          placeholder="sl_… with scope read"
          onBlur={(event) => take(event.currentTarget)}
          onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
            if (event.key === 'Enter') take(event.currentTarget);
          }}
        />
      </label>
      <GraphiQL
        key={key}
        fetcher={connection.fetcher}
        defaultTabs={defaultTabs}
        shouldPersistHeaders={false}
      />
    </div>
  );
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Playground />);
