import { addContainer, adding, secure } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const onSecond =
  (...names: string[]) =>
  (pod: Parameters<typeof addContainer>[0]) =>
    adding(...names)(addContainer(pod, 'container'));
const at = (i: number) => `spec.containers[1].securityContext.capabilities.add[${i}]`;

export const CAPABILITIES = [
  ...cases(
    'capabilityHostRoot',
    ['SYS_ADMIN', onSecond('SYS_ADMIN'), `${at(0)} = SYS_ADMIN`],
    ['other spellings', onSecond(' cap_sys_ptrace', 'all'), `${at(0)} = SYS_PTRACE`, `${at(1)} = ALL`],
    ['letters that Go takes for Latin ones', onSecond('\u017fys_adm\u0131n'), `${at(0)} = SYS_ADMIN`],
    ['one of several', onSecond('CHOWN', 'DAC_READ_SEARCH'), `${at(1)} = DAC_READ_SEARCH`],
    ['no Cyrillic letters', onSecond('\u0405YS_ADMIN')],
    [
      'dropped',
      pod => secure({ capabilities: { drop: ['ALL', 'SYS_ADMIN'] } })(addContainer(pod, 'container')),
    ],
  ),
  ...cases(
    'capabilityHostKernel',
    ['SYS_MODULE', onSecond('SYS_MODULE'), `${at(0)} = SYS_MODULE`],
    ['BPF and PERFMON', onSecond('BPF', 'CAP_PERFMON'), `${at(0)} = BPF`, `${at(1)} = PERFMON`],
    ['SYS_NICE', onSecond('SYS_NICE')],
  ),
  ...cases(
    'capabilityNetAdmin',
    ['NET_ADMIN', onSecond('net_admin'), `${at(0)} = NET_ADMIN`],
    ['NET_BROADCAST', onSecond('NET_BROADCAST')],
  ),
  ...cases(
    'capabilityNetRaw',
    ['NET_RAW', onSecond('CAP_NET_RAW'), `${at(0)} = NET_RAW`],
    ['NET_BIND_SERVICE', onSecond('NET_BIND_SERVICE')],
  ),
  ...cases(
    'capabilityOther',
    ['known', onSecond('SYS_NICE'), `${at(0)} = SYS_NICE`],
    ['unknown', onSecond('SYS_EVERYTHING'), `${at(0)} = SYS_EVERYTHING`],
    ['Cyrillic letters', onSecond('\u0405YS_ADMIN'), `${at(0)} = \u0405YS_ADMIN`],
    ['Baseline in another spelling', onSecond('chown', 'CAP_KILL'), `${at(0)} = CHOWN`, `${at(1)} = KILL`],
    ['empty', onSecond(''), `${at(0)} = `],
    ['Baseline, and those with signals of their own', onSecond('CHOWN', 'NET_RAW', 'SYS_ADMIN', 'SYSLOG')],
  ),
];
