import { OUTCOMES, VERDICTS } from '../../decision/decision.ts';
import { ISOLATIONS } from '../../profiles/isolation.ts';
import { MAX_OBJECTS } from '../../source/limits.ts';
import { list, object, type Schema } from '../../source/schema.ts';

/** Written into each file; another version means that a file is to be read in another way. */
export const BASELINE_VERSION = 1;

const word = (description: string, choices: readonly string[]): Schema => ({
  type: 'string',
  description,
  enum: choices,
});
const line = (description: string): Schema => ({ type: 'string', description });

/** The schema of the file that `--write-baseline` writes. */
export const BASELINE_SCHEMA = object(
  'What is known of some manifests.',
  {
    version: { type: 'integer', description: 'Of the form of this file.', enum: [BASELINE_VERSION] },
    objects: list(
      'Those that were sandboxed or rejected.',
      20 * MAX_OBJECTS,
      object(
        'One of them.',
        {
          object: line('Kind, namespace and name.'),
          file: line('Where it stood.'),
          verdict: word('Its verdict.', VERDICTS),
          outcome: word('Why it was that.', OUTCOMES),
          required: word('The isolation that was required.', ISOLATIONS),
          score: word('The isolation that its score alone asked for.', ISOLATIONS),
          isolation: word('What it ran in; left out of what was rejected.', ISOLATIONS),
          findings: list(
            'What led to it.',
            20 * MAX_OBJECTS,
            object(
              'One of them.',
              {
                signal: line('Its id.'),
                at: line('Where it was found, for whoever reads this.'),
                fingerprint: {
                  type: 'string',
                  description: 'What it is known by.',
                  pattern: '^[0-9a-f]{64}$',
                },
              },
              ['signal', 'at', 'fingerprint'],
            ),
          ),
        },
        ['object', 'file', 'verdict', 'outcome', 'required', 'score', 'findings'],
      ),
    ),
  },
  ['version', 'objects'],
);
