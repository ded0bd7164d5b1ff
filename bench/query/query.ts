import type { Benchmark, Figure } from '../benchmark.js';
import { measureQuestions } from './measure-questions.js';
import { USUAL_QUESTIONS } from './questions.js';

/** Every metric by its most usual question. */
export const query: Benchmark = {
  name: 'query',
  run: (): Promise<readonly Figure[]> => measureQuestions('query', USUAL_QUESTIONS),
};
