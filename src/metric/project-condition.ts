import type { BoundParameters } from './bound-parameters.js';

/**
 * Holds a read of a table to one project: the only place where statements of questions get this
 * condition. A check finds conditions on the project written elsewhere, the meter refuses
 * statements that do not bind their project at all, and on a server row policies hold besides.
 */
export function inProject(parameters: BoundParameters, projectId: string): string {
  return `project_id = ${parameters.bind('String', projectId)}`;
}
