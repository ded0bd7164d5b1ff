/** One error of a GraphQL response. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly [name: string]: unknown };
}

/**
 * Why a question was not answered. `code` is that of the first error (`docs/API.md` lists them);
 * `NETWORK` when the server could not be reached or did not speak GraphQL, `CLOSED` when a
 * subscription ended for good without its server completing it.
 */
export class SluiceError extends Error {
  readonly code: string;
  /** Every error of the response; empty when there was no response. */
  readonly errors: readonly ResponseError[];
  /** Data of the first error that helps to act: field, allowed values, limit. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, errors: readonly ResponseError[], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SluiceError';
    this.code = code;
    this.errors = errors;
    this.details = errors[0]?.extensions ?? {};
  }
}

/** The error that a list of response errors stands for. */
export function errorOf(errors: readonly ResponseError[]): SluiceError {
  const [first] = errors;
  const message = errors.map((error) => error.message).join('; ');
  return new SluiceError(first?.extensions?.code ?? 'INTERNAL', message, errors);
}
