import { parentPort, workerData } from 'node:worker_threads';
import { FakeApiServer } from './api-server.ts';
import { ObjectStore } from './object-store.ts';
import { namespace, node, runtimeClass } from './objects.ts';
import { podPage } from './pod-pages.ts';

/** This thread is the API server of a cluster with many Pods, on 127.0.0.1; it posts its kubeconfig. */
const { pods, perNamespace } = workerData as { readonly pods: number; readonly perNamespace: number };
const leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
const reports = new ObjectStore('/apis/openreports.io/v1alpha1', 'reports');
const api = new FakeApiServer();
api.intercept = (call, response) => {
  // The server would otherwise remember every call of a long run.
  api.calls.length = 0;
  if (leases.answer(call, response) || reports.answer(call, response)) return true;
  if (call.url.pathname !== '/api/v1/pods') return false;
  const page = podPage(call.url.searchParams, pods, perNamespace);
  response.setHeader('content-type', 'application/json').end(page);
  return true;
};
await api.start();
api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
api.put('RuntimeClass', runtimeClass('kata', 'kata-qemu'));
api.put('Node', node('node-1', [{ name: 'runsc' }, { name: 'kata-qemu' }]));
for (let i = 0; i < pods / perNamespace; i++) api.put('Namespace', namespace(`ns-${i}`));
parentPort?.postMessage(api.kubeconfig());
