/**
 * The agent of the visitor when an event names none: the header of a browser. Programs that send
 * events for others (`curl/8`, `node`, `okhttp/4`) name themselves there, not the visitor; taken for
 * one they would turn every event of a server into a bot's.
 */
export function visitorAgent(header: string): string {
  return /^(?:Mozilla|Opera)\//.test(header) ? header : '';
}
