import { list } from '../../report/text.ts';
import { API_VERSION, GROUP, KINDS, VERSION } from '../../source/group.ts';
import { defineCheck, failure, idle } from '../check.ts';
import type { Definition } from '../state.ts';

/** The kinds of this project, in the version that this program reads. */
export const definitions = defineCheck({
  id: 'definitions',
  group: 'Installation',
  title: `the kinds of ${GROUP} are served as ${VERSION}`,
  reads: ['crds'],
  run: ({ crds }) => {
    const own = crds.filter(({ spec }) => spec?.group === GROUP);
    if (own.length === 0) return idle('not installed');
    const absent = KINDS.filter(kind => !own.some(one => one.spec?.names?.kind === kind && serves(one)));
    if (absent.length === 0) return { remarks: [] };
    const fix = 'Apply the CustomResourceDefinitions of the version that is installed.';
    return { remarks: [failure(`${list(absent)} cannot be read as ${API_VERSION}.`, fix)] };
  },
});

const serves = ({ spec, status }: Definition): boolean =>
  (spec?.versions ?? []).some(({ name, served }) => name === VERSION && served === true) &&
  (status?.conditions ?? []).some(one => one.type === 'Established' && one.status === 'True');
