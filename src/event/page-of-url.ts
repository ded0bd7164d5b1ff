import { nfc } from './text-value.js';

/** The parts of a URL that questions are asked about. Absent parts are the empty string. */
export interface UrlParts {
  /** Lower-case, without port, user and final dot; `www.` is kept. */
  readonly host: string;
  /** See {@link pageOf}. Empty only for an empty URL. */
  readonly page: string;
  /** Raw query without `?`. */
  readonly query: string;
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;
const NO_PARTS: UrlParts = { host: '', page: '', query: '' };

/**
 * Splits a URL by RFC 3986 (appendix B), without resolving anything: `https://a.example/b?c#d`,
 * `//a.example/b`, `/b?c`, `b`, `android-app://com.example.app`. Never throws; what is no URL
 * is a path.
 */
export function urlParts(url: string): UrlParts {
  const text = url.trim();
  if (text === '') return NO_PARTS;
  const fragmentAt = text.indexOf('#');
  const withoutFragment = fragmentAt === -1 ? text : text.slice(0, fragmentAt);
  const queryAt = withoutFragment.indexOf('?');
  const query = queryAt === -1 ? '' : withoutFragment.slice(queryAt + 1);
  let path = queryAt === -1 ? withoutFragment : withoutFragment.slice(0, queryAt);
  const scheme = SCHEME.exec(path);
  if (scheme !== null) path = path.slice(scheme[0].length);
  let host = '';
  if (path.startsWith('//')) {
    const pathAt = path.indexOf('/', 2);
    host = hostOf(path.slice(2, pathAt === -1 ? undefined : pathAt));
    path = pathAt === -1 ? '' : path.slice(pathAt);
  }
  return { host, page: pageOf(path), query };
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return nfc((host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase());
}

/**
 * The page of a path (METRICS-SPEC §1): percent-decoded UTF-8, trailing white space trimmed,
 * empty = `/`; case and trailing slash are kept. Escapes that are no UTF-8 stay as they are.
 */
function pageOf(path: string): string {
  const page = nfc(percentDecode(path)).trimEnd();
  return page === '' ? '/' : page;
}

/** Percent-decodes what is valid UTF-8 and leaves every other escape untouched. Never throws. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Some escape is broken: decode the others one run at a time.
    return text.replace(ESCAPES, decodeRun);
  }
}

/** Number of bytes of the UTF-8 sequence that starts with this byte; 0 when none does. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

function decodeRun(run: string): string {
  let decoded = '';
  for (let at = 0; at < run.length; ) {
    const length = sequenceLength(Number.parseInt(run.slice(at + 1, at + 3), 16)) * 3;
    const sequence = length === 0 ? '' : run.slice(at, at + length);
    const character = sequence.length === length && length > 0 ? decodeSequence(sequence) : null;
    if (character === null) {
      decoded += run.slice(at, at + 3);
      at += 3;
    } else {
      decoded += character;
      at += length;
    }
  }
  return decoded;
}

function decodeSequence(sequence: string): string | null {
  try {
    return decodeURIComponent(sequence);
  } catch {
    // An overlong form, a surrogate or a missing continuation byte: not UTF-8.
    return null;
  }
}
