import type { GraphQLFormattedError } from 'graphql';
import type { GatewayMetrics } from './gateway-metrics.js';

/**
 * The same formatter, which counts each error that it shows to a client by its code: as one of the
 * request where no field is to blame, so that nothing was answered, else as one of a field.
 */
export function observeErrors(
  formatError: (error: unknown) => GraphQLFormattedError,
  metrics: Pick<GatewayMetrics, 'error'>,
): (error: unknown) => GraphQLFormattedError {
  return (error) => {
    const shown = formatError(error);
    const stage = shown.path === undefined ? 'request' : 'field';
    metrics.error({ code: String(shown.extensions?.code), stage });
    return shown;
  };
}
