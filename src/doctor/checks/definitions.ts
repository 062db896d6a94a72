import { API_VERSION, GROUP, KINDS, VERSION } from '../../source/group.ts';
import { list } from '../../source/text.ts';
import { defineCheck, failure, idle } from '../check.ts';
import type { Definition } from '../state.ts';
import { homesOf, isOwn } from '../webhooks.ts';

/** The kinds of this project, in the version that this program reads. */
export const definitions = defineCheck({
  id: 'definitions',
  group: 'Installation',
  title: `the kinds of ${GROUP} are served as ${VERSION}`,
  reads: ['crds', 'mutating', 'validating'],
  run: ({ crds, mutating, validating }) => {
    const own = crds.filter(({ spec }) => spec?.group === GROUP);
    if (own.length === 0) {
      // Whoever runs the webhook outside of the cluster may have all policies in files.
      if (homesOf([...mutating, ...validating].filter(isOwn)).length === 0)
        return idle('Cofferdam is not installed');
      return { remarks: [failure(`The kinds of ${GROUP} do not exist in this cluster, so ${LOST}`, FIX)] };
    }
    const absent = KINDS.filter(kind => !own.some(one => one.spec?.names?.kind === kind && serves(one)));
    if (absent.length === 0) return { remarks: [] };
    return {
      remarks: [
        failure(`${list(absent)} cannot be read as ${API_VERSION}, so their objects are not in force.`, FIX),
      ],
    };
  },
});

const FIX =
  'Apply the CustomResourceDefinitions of the installed version: kubectl apply --server-side -f charts/cofferdam/files/crds';
const LOST =
  'no policy, exemption or profile of the cluster is in force. Only what is built in, and what files say, is.';

const serves = ({ spec, status }: Definition): boolean =>
  (spec?.versions ?? []).some(({ name, served }) => name === VERSION && served === true) &&
  (status?.conditions ?? []).some(one => one.type === 'Established' && one.status === 'True');
