import type { V1Pod } from '@kubernetes/client-node';
import { MIRROR_ANNOTATION } from '../annotations.ts';
import type { Pod } from '../kube.ts';
import { fillInDefaults } from './defaults.ts';
import { encoded } from './encoded.ts';
import { type ClassOfPod, fillInByPlugins } from './plugins.ts';

/**
 * The Pod of a manifest as an API server sends it to webhooks, which is what a rule of a policy reads there. Pure; it makes a
 * copy.
 *
 * @param pod a Pod that `readPod` accepted
 * @param runtimeClass the one that the Pod names; undefined where there is none
 */
export function asSent(pod: Pod, runtimeClass?: ClassOfPod): Pod {
  const sent = encoded(pod, '') as V1Pod;
  sent.apiVersion ??= 'v1';
  sent.kind ??= 'Pod';
  sent.metadata ??= {};
  sent.status ??= {};
  const { spec } = sent;
  if (spec) {
    fillInDefaults(spec);
    fillInByPlugins(spec, {
      isMirror: Object.hasOwn(sent.metadata.annotations ?? {}, MIRROR_ANNOTATION),
      runtimeClass,
    });
  }
  return sent as unknown as Pod;
}
