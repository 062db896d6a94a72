import type { Api } from '../../src/kube/api.ts';
import { pagesOf } from '../../src/kube/list.ts';

/** Reads all Pods in pages as large as a scan's and does nothing with them, as the base line for a scan. */
export async function countPods(api: Api): Promise<number> {
  let pods = 0;
  for await (const { items } of pagesOf(api, '/api/v1/pods', { limit: 100, resumes: true }))
    for (const _ of items) pods++;
  return pods;
}
