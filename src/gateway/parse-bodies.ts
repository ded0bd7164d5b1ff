import type { FastifyInstance } from 'fastify';
import { checkLimit, MAX_VARIABLE_DEPTH, MAX_VARIABLE_VALUES } from './limits.js';

/** Levels of a body around its variables, and more members than it has besides them. */
const LEVELS_AROUND = 2;
const MEMBERS_BESIDES = 100;

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON as Fastify does, once it is known to be neither too deep nor of too many values: the
 * parser of the runtime takes a third of a second for a megabyte of brackets, and nobody else is
 * answered meanwhile.
 */
export function parseBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      checkShape(String(body));
    } catch (error) {
      done(error as Error);
      return;
    }
    parse(request, String(body), done);
  });
}

/**
 * Counts brackets and commas outside of texts, whether they belong together or not. What it lets through
 * may still be too much: the variables themselves are counted behind it.
 *
 * @throws AppError `LIMIT_EXCEEDED` for a body that is nested deeper, or has more values, than variables may.
 */
export function checkShape(text: string): void {
  let depth = 0;
  let commas = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === COMMA) {
      commas += 1;
      checkLimit('variableValues', commas - MEMBERS_BESIDES, MAX_VARIABLE_VALUES);
    }
    // `[` and `{`, `]` and `}` differ in one bit.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      checkLimit('variableDepth', depth - LEVELS_AROUND, MAX_VARIABLE_DEPTH);
    } else if ((code | 0x20) === 0x7d) depth -= 1;
  }
}
